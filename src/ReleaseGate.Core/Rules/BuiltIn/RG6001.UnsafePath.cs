using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class UnsafePath() : EntryRule(new Descriptor("RG6001", nameof(UnsafePath),
    "The path of an entry leaves its folder, hides what it is, or cannot be unpacked everywhere.",
    "Give the entry a plain relative path: letters, digits and '/', no '..', no backslash, no control characters."))
{
    // Windows and most file systems stop at 255; no tool is obliged to take longer paths than 1,024.
    private const int SegmentLimit = 255;
    private const int PathLimit = 1024;

    private static readonly string[] Reserved = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        // As spelled by the archive: the npm root that Path lacks could be "..".
        var path = entry.ArchivePath.Inner;
        var reasons = Reasons(path);
        foreach (var reason in reasons) context.Report(entry, reason);
        // As spelled for consumers: what an escape stood for.
        if (inventory.Kind is not (ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage) || entry.Path.Inner == path) return;
        foreach (var reason in Reasons(entry.Path.Inner))
            if (!reasons.Contains(reason)) context.Report(entry, reason);
    }

    /// <summary>What is wrong with a path, each thing once.</summary>
    internal static IReadOnlyList<string> Reasons(string path)
    {
        if (IsPlain(path)) return [];
        var reasons = new List<string>();
        void Add(bool wrong, string reason)
        {
            if (wrong && !reasons.Contains(reason)) reasons.Add(reason);
        }

        Add(path.Length == 0, "its path is empty");
        Add(path.StartsWith('/'), "its path is absolute");
        var drive = path.Length >= 2 && char.IsAsciiLetter(path[0]) && path[1] == ':';
        Add(drive, "its path begins with a drive letter");
        Add(!drive && path.Contains(':'), "its path holds a colon, which names a hidden stream on Windows");
        Add(path.Contains('\\'), "its path holds a backslash, which separates folders on Windows only");
        foreach (var c in path)
        {
            Add(char.IsControl(c) || c is '\u2028' or '\u2029', "its path holds a control character");
            Add(c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c', "its path holds a character that turns the direction of text");
            Add(c is (>= '\u200b' and <= '\u200d') or '\u2060' or '\ufeff' or '\u00ad', "its path holds an invisible character");
            Add(c == '\ufffd', "its path is not valid UTF-8");
        }

        Add(path.Length > PathLimit, $"its path is longer than {PathLimit} characters");
        Segments(path, Add);
        // NuGet unescapes part names when it unpacks.
        if (path.Contains('%') && Uri.UnescapeDataString(path) is var unescaped && unescaped != path)
            Add(Steps(unescaped).Count > Steps(path).Count, "its path leaves its folder once it is unescaped");
        return reasons;
    }

    /// <summary>Whether nothing can be wrong with it, as with nearly every path: seen without making anything, since there may be a hundred thousand.</summary>
    private static bool IsPlain(string path)
    {
        if (path.Length is 0 or > PathLimit) return false;
        var start = 0;
        for (var i = 0; i <= path.Length; i++)
        {
            if (i < path.Length && path[i] is var c && c != '/')
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or '+' or '@' or '~' or '(' or ')' or '[' or ']' or ' ' or '$' or '&' or ',')) return false;
                continue;
            }

            var segment = path.AsSpan(start, i - start);
            start = i + 1;
            // A folder ends with '/'.
            if (segment.IsEmpty && i == path.Length && i > 1) continue;
            if (segment.IsEmpty || segment.Length > SegmentLimit / 4 || segment[^1] is '.' or ' ' || IsReserved(segment)) return false;
        }

        return true;
    }

    private static void Segments(string path, Action<bool, string> add)
    {
        var segments = path.Split('/', '\\');
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            // A folder ends with '/', an absolute path begins with it, and "./" is how tar names the present folder.
            var edge = i == 0 || i == segments.Length - 1;
            add(segment.Length == 0 && !edge, "its path holds an empty segment");
            add(segment == ".." , "its path leaves its folder ('..')");
            add(segment == "." && i > 0, "its path holds a '.' segment");
            add(segment.Length > 0 && segment.Trim('.').Length > 0 && segment[^1] is '.' or ' ', "a segment of its path ends with a dot or blank, which Windows drops");
            add(IsReserved(segment), "its path holds a name that Windows keeps for a device");
            add(segment.Length > SegmentLimit / 4 && Encoding.UTF8.GetByteCount(segment) > SegmentLimit, $"a segment of its path is longer than {SegmentLimit} bytes");
        }
    }

    private static List<string> Steps(string path) => [.. path.Split('/', '\\').Where(s => s == "..")];

    private static bool IsReserved(ReadOnlySpan<char> segment)
    {
        var dot = segment.IndexOf('.');
        var name = (dot < 0 ? segment : segment[..dot]).TrimEnd(' ');
        foreach (var reserved in Reserved)
            if (name.Equals(reserved, StringComparison.OrdinalIgnoreCase)) return true;
        return name.Length == 4 && (name.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || name.StartsWith("LPT", StringComparison.OrdinalIgnoreCase))
            && name[3] is (>= '1' and <= '9') or '\u00b9' or '\u00b2' or '\u00b3';
    }
}
