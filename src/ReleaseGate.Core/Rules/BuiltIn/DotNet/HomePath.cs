using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn.DotNet;

/// <summary>
/// Finds paths into somebody's home folder in any bytes, by anchors, and tells them from what only looks like one: URLs, routes of a web application,
/// examples in a documentation.
/// </summary>
internal static class HomePath
{
    private const int LongestName = 40;
    private const int LongestPath = 260;
    private const int FarthestBack = 96;
    private const int CodeViewHead = 24; // "RSDS", GUID, age

    /// <summary>What a path into a home folder contains. Windows writes its folders in either case, and JSON and C double the backslash.</summary>
    public static readonly AnchorLiteral[] Literals =
    [
        new("/home/"), new("/Users/"), new(":\\Users\\", ignoreCase: true), new(":/Users/", ignoreCase: true), new(":\\\\Users\\\\", ignoreCase: true),
    ];

    private const int FirstWindows = 2;

    /// <summary>The path around an anchor that leads into a person's home folder, or null.</summary>
    public static string? Find(in AnchorMatch match, Entry entry)
    {
        var window = match.Window;
        var isWindows = match.Literal >= FirstWindows;
        var nameStart = match.Start + match.Length;
        var name = Name(window[nameStart..], isWindows);
        if (name.IsEmpty) return null;
        var tailStart = nameStart + name.Length;
        while (tailStart < window.Length && IsSeparator(window[tailStart])) tailStart++;
        if (tailStart == nameStart + name.Length) return null;
        var end = End(window, tailStart);
        if (end == tailStart) return null;

        var isBinary = !PackageLayout.IsText(entry.Kind);
        var start = isWindows ? WindowsStart(window, match.Start) : UnixStart(window, match.Start, isBinary);
        if (start < 0 || IsCodeView(window, start)) return null;
        var tail = window[tailStart..end];
        if (!isWindows && !IsBuildTail(tail, isBinary)) return null;
        return Known.NoOne.Contains(Encoding.Latin1.GetString(name)) ? null : Encoding.UTF8.GetString(window[start..end]).Replace("\\\\", "\\", StringComparison.Ordinal);
    }

    /// <summary>Whether the line of an occurrence begins with the '*' of a documentation comment: what stands there was written for people, not by a build.</summary>
    public static bool IsInComment(in AnchorMatch match)
    {
        var before = match.Window[..match.Start];
        var line = before[(before.LastIndexOf((byte)'\n') + 1)..].TrimStart(" \t"u8);
        return !line.IsEmpty && line[0] == '*';
    }

    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> text, bool isWindows)
    {
        var length = 0;
        while (length < text.Length && length <= LongestName && (char.IsAsciiLetterOrDigit((char)text[length]) || text[length] is (byte)'.' or (byte)'-' or (byte)'_' or (byte)'~' or >= 0x80
            || (isWindows && text[length] == ' ' && length > 0))) length++;
        return length > LongestName || length == text.Length || text[..length].IndexOfAnyExcept((byte)'.', (byte)'-') < 0 ? default : text[..length];
    }

    /// <summary>Where the path ends: at what no build tool writes into a path unquoted.</summary>
    private static int End(ReadOnlySpan<byte> window, int at)
    {
        var most = Math.Min(window.Length, at + LongestPath);
        var end = at;
        while (end < most && IsOfPath(window[end])) end++;
        while (end > at && window[end - 1] is (byte)'.' or (byte)':' or (byte)'\\' or (byte)'/') end--;
        return end;
    }

    private static bool IsOfPath(byte b) =>
        b > ' ' && b != 0x7F && b is not ((byte)'"' or (byte)'\'' or (byte)'`' or (byte)'<' or (byte)'>' or (byte)'|' or (byte)'*' or (byte)'?' or (byte)'(' or (byte)')' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)',' or (byte)';' or (byte)'$' or (byte)'%');

    private static bool IsSeparator(byte b) => b is (byte)'/' or (byte)'\\';

    /// <summary>The drive letter, which no other letter may precede.</summary>
    private static int WindowsStart(ReadOnlySpan<byte> window, int anchor)
    {
        var drive = anchor - 1;
        if (drive < 0 || !char.IsAsciiLetter((char)window[drive])) return -1;
        return drive > 0 && char.IsAsciiLetterOrDigit((char)window[drive - 1]) && !IsEscape(window, drive) ? -1 : drive;
    }

    /// <summary>Where a Unix path begins: at the anchor or at what may stand before it; -1 where the anchor stands within something else.</summary>
    private static int UnixStart(ReadOnlySpan<byte> window, int anchor, bool isBinary)
    {
        var start = anchor;
        while (start > 0 && anchor - start < FarthestBack && IsOfPath(window[start - 1]) && window[start - 1] is not ((byte)'=' or (byte)'@' or (byte)'!')) start--;
        var before = window[start..anchor];
        // Behind a template's part: "${root}/home/…".
        if (before.IsEmpty) return start > 0 && window[start - 1] is (byte)'}' or (byte)')' or (byte)']' or (byte)'%' or (byte)'*' or (byte)'$' ? -1 : anchor;
        if (before.SequenceEqual("file://"u8) || before.SequenceEqual("file:"u8)) return anchor;
        if (before.SequenceEqual("/mnt"u8) || before.SequenceEqual("/private"u8) || before.SequenceEqual("/System/Volumes/Data"u8) || (before.Length == 2 && before[0] == '/')) return start;
        if (IsEscape(window, anchor)) return anchor;
        // -I/home/…, a list of paths.
        if (before.Length == 2 && before[0] == '-') return anchor;
        if (before[^1] == ':' && before[0] == '/') return anchor;
        // Rust puts strings one behind the other with nothing between them.
        return isBinary && before.IndexOf("://"u8) < 0 && before[^1] is not ((byte)'.' or (byte)':' or (byte)'~') && before.IndexOf((byte)'/') < 0 ? anchor : -1;
    }

    // \n, \t, \r, \0 of a text in a text.
    private static bool IsEscape(ReadOnlySpan<byte> window, int at) =>
        at > 1 && window[at - 2] == '\\' && window[at - 1] is (byte)'n' or (byte)'t' or (byte)'r' or (byte)'0';

    // RG2010 speaks of the CodeView entry apart.
    private static bool IsCodeView(ReadOnlySpan<byte> window, int start) => start >= CodeViewHead && window[(start - CodeViewHead)..].StartsWith("RSDS"u8);

    /// <summary>Whether what follows the home folder looks like a build: a folder that developers have, or a file that compilers read or write. Routes of web applications begin with /home/ too.</summary>
    private static bool IsBuildTail(ReadOnlySpan<byte> tail, bool isBinary)
    {
        var slash = tail.IndexOf((byte)'/');
        if (slash > 0 && (tail[0] == '.' || Known.Folders.Contains(Encoding.Latin1.GetString(tail[..slash])))) return true;
        if (isBinary && slash > 0 && tail[(slash + 1)..].Contains((byte)'/')) return true;
        var name = tail[(tail.LastIndexOf((byte)'/') + 1)..];
        var dot = name.LastIndexOf((byte)'.');
        if (dot < 0) return false;
        var extension = name[(dot + 1)..];
        var colon = extension.IndexOf((byte)':'); // file.ts:12:3
        return Known.Extensions.Contains(Encoding.Latin1.GetString(colon < 0 ? extension : extension[..colon]));
    }

    /// <summary>Apart, so that the sets are made when the first path is met and not when the rules are.</summary>
    private static class Known
    {
        // Who documentation talks about, and accounts that are the same for everyone.
        public static readonly HashSet<string> NoOne = new(StringComparer.OrdinalIgnoreCase)
        {
            "user", "users", "username", "user_name", "user-name", "userprofile", "someuser", "some-user", "youruser", "your-user", "yourusername", "your-username", "your_username", "your_user_name",
            "you", "your", "yourname", "your-name", "your_name", "me", "my", "myname", "myself", "myuser", "myusername", "name", "someone", "somebody", "somename", "foo", "bar", "baz", "foobar", "xxx", "xyz", "abc",
            "example", "test", "tester", "testuser", "demo", "john", "johndoe", "john.doe", "john-doe", "jdoe", "jane", "janedoe", "jane.doe", "doe", "alice", "bob", "joe", "path", "to", "home", "u", "x",
            "default", "public", "shared", "guest", "all", "appuser", "app", "root", "admin", "administrator", "containeradministrator", "containeruser", "vagrant", "ubuntu", "debian", "ec2-user", "pi", "node", "jovyan",
            "runner", "runneradmin", "vsts", "vssadministrator", "jenkins", "build", "builder", "buildbot", "buildagent", "buildkite-agent", "teamcity", "gitlab-runner", "travis", "circleci", "appveyor", "ci",
            "vscode", "codespace", "gitpod", "coder", "linuxbrew", "web_user", "emscripten", "docker", "conda", "rust", "git", "www-data", "nobody",
        };

        // What lies in the home folders of those who build things.
        public static readonly HashSet<string> Folders = new(StringComparer.OrdinalIgnoreCase)
        {
            "src", "source", "sources", "repo", "repos", "project", "projects", "documents", "desktop", "downloads", "dev", "devel", "develop", "developer", "development", "work", "workspace", "workspaces", "ws",
            "code", "coding", "git", "github", "gitlab", "go", "build", "builds", "library", "appdata", "onedrive", "dropbox", "node_modules", "packages", "tmp", "temp", "sandbox", "programming", "ideaprojects",
            "webstormprojects", "riderprojects", "pycharmprojects", "androidstudioprojects", "vcpkg", "conda", "miniconda3", "anaconda3", "rpmbuild", "snap",
        };

        public static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
        {
            "cs", "fs", "vb", "csproj", "sln", "dll", "pdb", "exe", "so", "a", "o", "obj", "lib", "c", "cc", "cpp", "cxx", "h", "hpp", "m", "mm", "rs", "go", "java", "kt", "scala", "swift", "py", "rb", "php", "ts", "tsx", "jsx",
            "mts", "cts", "mjs", "cjs", "js", "vue", "svelte", "map", "wasm", "proto", "sql", "sh", "ps1", "toml", "lock", "razor", "cshtml", "xaml",
        };
    }
}
