using System.Globalization;
using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Where an entry stands in an artifact: segments separated by '/', and one "!/" for each archive that was entered,
/// e.g. <c>tools/inner.zip!/data/file.txt</c>. Compared ordinally. Never a path on disk.
/// </summary>
public sealed class EntryPath : IEquatable<EntryPath>, IComparable<EntryPath>
{
    /// <summary>Makes a path.</summary>
    /// <param name="inner">The name as the archive spells it, unchanged, however strange.</param>
    /// <param name="container">The nested archive the entry stands in, or null for the artifact itself.</param>
    public EntryPath(string inner, EntryPath? container = null)
    {
        Inner = inner;
        Container = container;
        Value = container is null ? inner : container.Value + "!/" + inner;
    }

    /// <summary>The path within the innermost archive.</summary>
    public string Inner { get; }

    /// <summary>The path of the nested archive, or null.</summary>
    public EntryPath? Container { get; }

    /// <summary>The whole path, exactly as the archives spell it. May hold control characters: print <see cref="ToString"/>.</summary>
    public string Value { get; }

    /// <summary>How many archives were entered to get here; 0 in the artifact itself.</summary>
    public int Depth => Container is null ? 0 : Container.Depth + 1;

    /// <summary>The last segment.</summary>
    public ReadOnlySpan<char> Name
    {
        get
        {
            var trimmed = Inner.AsSpan().TrimEnd('/');
            return trimmed[(trimmed.LastIndexOf('/') + 1)..];
        }
    }

    /// <summary>The last extension of <see cref="Name"/> with its dot, or empty. The dot of ".env" begins a name, not an extension.</summary>
    public ReadOnlySpan<char> Extension
    {
        get
        {
            var name = Name;
            var dot = name.LastIndexOf('.');
            return dot <= 0 ? default : name[dot..];
        }
    }

    /// <summary>Whether <see cref="Name"/> ends with <paramref name="suffix"/>, ignoring ASCII case (file systems that consumers use do).</summary>
    public bool NameEndsWith(string suffix) => Name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether <see cref="Name"/> is <paramref name="name"/>, ignoring case.</summary>
    public bool NameIs(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether one of the folders above the last segment is named <paramref name="folder"/>, ignoring case, in the innermost archive.</summary>
    public bool HasFolder(string folder)
    {
        var rest = Inner.AsSpan();
        for (int slash; (slash = rest.IndexOf('/')) >= 0; rest = rest[(slash + 1)..])
            if (rest[..slash].Equals(folder, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>The path fit for a terminal or a log: control and bidirectional-format characters are escaped as \uXXXX.</summary>
    public override string ToString() => Printable(Value);

    /// <summary>
    /// Escapes the control, format and lone-surrogate characters of a text that comes from an artifact, and what build servers take for commands
    /// wherever it turns up in a log: "##[" and "##vso[" anywhere, "::" where a line may begin.
    /// </summary>
    public static string Printable(string text)
    {
        StringBuilder? escaped = null;
        for (var i = 0; i < text.Length; i++)
        {
            var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            var category = length == 2 ? CharUnicodeInfo.GetUnicodeCategory(text, i) : CharUnicodeInfo.GetUnicodeCategory(text[i]);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
            {
                escaped ??= new StringBuilder(text.Length + 16).Append(text, 0, i);
                for (var k = 0; k < length; k++)
                    escaped.Append("\\u").Append(((int)text[i + k]).ToString("x4", CultureInfo.InvariantCulture));
            }
            else if (BeginsCommand(text, i))
            {
                escaped ??= new StringBuilder(text.Length + 16).Append(text, 0, i);
                escaped.Append("\\u").Append(((int)text[i]).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped?.Append(text, i, length);
            }

            i += length - 1;
        }

        return escaped?.ToString() ?? text;
    }

    // As the servers' own parsers look for them: ActionCommand.cs of actions/runner, Command.cs of microsoft/azure-pipelines-agent.
    private static bool BeginsCommand(string text, int at) => text[at] switch
    {
        '#' => text.AsSpan(at).StartsWith("##[", StringComparison.Ordinal) || text.AsSpan(at).StartsWith("##vso[", StringComparison.OrdinalIgnoreCase),
        ':' => at + 1 < text.Length && text[at + 1] == ':' && (at == 0 || char.IsWhiteSpace(text[at - 1])),
        _ => false,
    };

    /// <inheritdoc/>
    public int CompareTo(EntryPath? other) => string.CompareOrdinal(Value, other?.Value);

    /// <inheritdoc/>
    public bool Equals(EntryPath? other) => other is not null && string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EntryPath);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(Value, StringComparison.Ordinal);

    /// <summary>Ordinal equality.</summary>
    public static bool operator ==(EntryPath? left, EntryPath? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Ordinal inequality.</summary>
    public static bool operator !=(EntryPath? left, EntryPath? right) => !(left == right);

    /// <summary>Ordinal order.</summary>
    public static bool operator <(EntryPath left, EntryPath right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(EntryPath left, EntryPath right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(EntryPath left, EntryPath right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(EntryPath left, EntryPath right) => left.CompareTo(right) >= 0;
}
