namespace ReleaseGate.Artifacts;

/// <summary>A file name taken apart at the version in it: <c>app-1.2.0-linux-x64.zip</c> is <c>app-</c>, <c>1.2.0</c>, <c>-linux-x64.zip</c>.</summary>
/// <param name="Before">What stands before the first number with dots that is a word of its own; the whole name where there is none.</param>
/// <param name="Version">The numbers, or null.</param>
/// <param name="After">What stands behind them, or "".</param>
internal sealed record VersionedName(string Before, string? Version, string After)
{
    /// <summary>Takes a name apart.</summary>
    public static VersionedName Parse(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsAsciiDigit(name[i]) || !BeginsWord(name, i)) continue;
            var end = i;
            var dots = 0;
            while (end < name.Length && (char.IsAsciiDigit(name[end]) || (name[end] == '.' && end + 1 < name.Length && char.IsAsciiDigit(name[end + 1]))))
                if (name[end++] == '.') dots++;
            if (dots is > 0 and < 4 && (end == name.Length || name[end] is '.' or '-' or '_' or '+')) return new VersionedName(name[..i], name[i..end], name[end..]);
            i = end;
        }

        return new VersionedName(name, null, "");
    }

    /// <summary>Whether another name differs in nothing but the version.</summary>
    public bool IsSameBut(VersionedName other) =>
        Before.Equals(other.Before, StringComparison.OrdinalIgnoreCase) && After.Equals(other.After, StringComparison.OrdinalIgnoreCase) && Version is null == other.Version is null;

    // "net8.0" is no version of anything; "v1.0" is one.
    private static bool BeginsWord(string name, int at) =>
        at == 0 || name[at - 1] is '.' or '-' or '_' || (name[at - 1] is 'v' or 'V' && (at == 1 || name[at - 2] is '.' or '-' or '_'));
}
