namespace ReleaseGate.Artifacts;

/// <summary>The order of versions: Semantic Versioning, with the fourth number and the missing ones that NuGet takes. Build metadata has no say; labels are compared without case, as NuGet does.</summary>
/// <remarks>https://semver.org/#spec-item-11 · https://learn.microsoft.com/nuget/concepts/package-versioning#normalized-version-numbers</remarks>
internal sealed class PackageVersion
{
    private readonly string[] _numbers;
    private readonly string[] _labels;

    private PackageVersion(string[] numbers, string[] labels)
    {
        _numbers = numbers;
        _labels = labels;
    }

    /// <summary>Reads a version; null where the text is none.</summary>
    public static PackageVersion? Parse(string? text)
    {
        if (text is null) return null;
        text = text.TrimStart('v', '=', ' ');
        if (!Policy.PackageNames.IsVersion(text)) return null;
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        if (plus >= 0) text = text[..plus];
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return new PackageVersion((dash < 0 ? text : text[..dash]).Split('.'), dash < 0 ? [] : text[(dash + 1)..].Split('.'));
    }

    /// <summary>Less than 0 where <paramref name="a"/> comes before <paramref name="b"/>. What is no version comes before every version.</summary>
    public static int Compare(PackageVersion? a, PackageVersion? b)
    {
        if (a is null || b is null) return (a is null ? 0 : 1) - (b is null ? 0 : 1);
        for (var i = 0; i < Math.Max(a._numbers.Length, b._numbers.Length); i++)
        {
            var order = Numbers(i < a._numbers.Length ? a._numbers[i] : "0", i < b._numbers.Length ? b._numbers[i] : "0");
            if (order != 0) return order;
        }

        // A release comes behind its prereleases.
        if (a._labels.Length == 0 || b._labels.Length == 0) return (a._labels.Length == 0 ? 1 : 0) - (b._labels.Length == 0 ? 1 : 0);
        for (var i = 0; i < Math.Min(a._labels.Length, b._labels.Length); i++)
        {
            var (left, right) = (IsNumber(a._labels[i]), IsNumber(b._labels[i]));
            var order = left && right ? Numbers(a._labels[i], b._labels[i]) : left != right ? (left ? -1 : 1) : string.Compare(a._labels[i], b._labels[i], StringComparison.OrdinalIgnoreCase);
            if (order != 0) return order;
        }

        return a._labels.Length.CompareTo(b._labels.Length);
    }

    private static bool IsNumber(string label) => !label.AsSpan().ContainsAnyExceptInRange('0', '9');

    // Of any length: dates and build numbers outgrow integers.
    private static int Numbers(string a, string b)
    {
        var left = a.AsSpan().TrimStart('0');
        var right = b.AsSpan().TrimStart('0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }
}
