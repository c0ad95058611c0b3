using System.Globalization;
using System.Text.RegularExpressions;
using ReleaseGate.Documentation;

namespace ReleaseGate.Package.Tests;

/// <summary>
/// A page that somebody follows at a terminal, followed here: in one folder, with the packed packages as what the registries offer. HTML comments before
/// the blocks, which no reader sees, say what each is:
/// <list type="bullet">
/// <item><c>run: NAME</c>: commands, one a line; the last may end with another code: <c>run: NAME, exit 1</c>. <c>text</c> blocks behind show lines of
/// what they print, in order; <c>…</c> stands for anything, a line of its own for any lines.</item>
/// <item><c>file: PATH</c>: the whole of a file; <c>into: PATH</c>: lines to stand before the last one of a file that is there.</item>
/// <item><c>today: DATE</c>, anywhere: the day on which the page was written; dates in its blocks move along with it.</item>
/// </list>
/// What differs from run to run is not compared: times, digests, sizes and numbers of rules in the line of an artifact.
/// </summary>
internal sealed partial class Guide : IDisposable
{
    // The folder that a page's output shows, in place of the sandbox.
    private const string Home = "/home/dev";

    private readonly MarkdownPage _page;
    private readonly Sandbox _sandbox;
    private readonly int _days;
    private string _folder;

    public Guide(string path)
    {
        _page = MarkdownPage.Read(Feed.Repository, path);
        _sandbox = new Sandbox("guide");
        _folder = _sandbox.Folder;
        var today = _page.Prose.Select(p => Today().Match(p.Text)).FirstOrDefault(m => m.Success);
        if (today is not null) _days = DateOnly.FromDateTime(DateTime.UtcNow).DayNumber - Date(today.Groups[1].Value).DayNumber;
    }

    /// <summary>How many command lines were run.</summary>
    public int Ran { get; private set; }

    /// <summary>How many blocks of output were compared.</summary>
    public int Compared { get; private set; }

    public void Follow()
    {
        if (_page.Blocks.Any(b => b.Text.Contains("ReleaseGate.Core", StringComparison.Ordinal))) Feed.RequireLibraries();
        var said = "";
        for (var i = 0; i < _page.Blocks.Count; i++)
        {
            var block = _page.Blocks[i];
            var (verb, rest) = block.Mark.Split(": ", 2) is [var first, var second] ? (first, second) : ("", "");
            switch (verb)
            {
                case "file":
                    Write(rest, Real(block.Text));
                    break;
                case "into":
                    var before = File.ReadAllText(In(rest)).TrimEnd();
                    var last = before.LastIndexOf('\n') + 1;
                    Write(rest, before[..last] + Real(block.Text) + before[last..] + "\n");
                    break;
                case "run":
                    said = Run(block, rest.Split(", exit ") is [_, var code] ? int.Parse(code, CultureInfo.InvariantCulture) : 0);
                    for (var shown = i + 1; _page.Blocks.ElementAtOrDefault(shown) is { Language: "text" } text; shown++) Compare(text, said);
                    break;
                case "":
                    break;
                default:
                    Assert.Fail($"{_page.Path}({block.Line}): nobody knows what to do with '{block.Mark}'");
                    break;
            }
        }
    }

    public void Dispose() => _sandbox.Dispose();

    private string Run(FencedBlock block, int code)
    {
        var said = "";
        var lines = block.Lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').ToArray();
        for (var i = 0; i < lines.Length; i++)
        {
            Ran++;
            var run = Run([.. Word().Matches(Real(lines[i])).Select(m => m.Value.Replace("\"", "").Replace("'", ""))]);
            said += run.Output;
            Assert.That(run.ExitCode, Is.EqualTo(i == lines.Length - 1 ? code : 0), $"{_page.Path}({block.Line}): {lines[i]}\n{run.Output}");
        }

        return said;
    }

    // What every shell has is done here, so that no shell is needed.
    private Run Run(string[] words)
    {
        switch (words)
        {
            case ["cd", var folder]:
                _folder = Path.GetFullPath(In(folder));
                Assert.That(_folder, Does.Exist.And.StartsWith(_sandbox.Folder));
                return new Run(0, "");
            case ["mkdir", .. var folders]:
                foreach (var folder in folders.Where(f => f != "-p")) Directory.CreateDirectory(In(folder));
                return new Run(0, "");
            case ["rm", .. var files]:
                foreach (var file in files.Where(f => f is not ("-f" or "-r" or "-rf")))
                {
                    if (Directory.Exists(In(file))) Directory.Delete(In(file), recursive: true);
                    else File.Delete(In(file));
                }

                return new Run(0, "");
            case ["cp", var from, var to]:
                File.Copy(In(from), Directory.Exists(In(to)) ? Path.Combine(In(to), Path.GetFileName(from)) : In(to), overwrite: true);
                return new Run(0, "");
            case ["cat", var file]:
                return new Run(0, File.ReadAllText(In(file)));
            case ["ls", .. var folder]:
                return new Run(0, string.Concat(Directory.EnumerateFileSystemEntries(folder is [var one] ? In(one) : _folder).Select(f => Path.GetFileName(f) + "\n").Order(StringComparer.Ordinal)));
            case ["dotnet", .. var arguments]:
                // What is packed for the tests is a prerelease, which nothing takes without being told to.
                var names = arguments is ["tool", "install", ..] or ["add", "package", ..] or ["package", "add", ..] or ["add", _, "package", ..] && arguments.Any(a => a is "ReleaseGate" or "ReleaseGate.Tool" or "ReleaseGate.Core" or "ReleaseGate.Testing");
                return Start("dotnet", [.. arguments, .. names ? (string[])["--version", Feed.Version] : []]);
            case ["npm", "install", "--save-dev", "releasegate"]:
                return Start("npm", ["install", "--save-dev", "--no-audit", "--no-fund", "--fetch-retries=0", "--registry", "http://127.0.0.1:9/", "--cache", _sandbox.In(".npm"), NpmWrapper.Wrapper, NpmWrapper.Platform]);
            case ["npm", "install", .. var arguments]:
                return Start("npm", ["install", "--no-audit", "--no-fund", .. arguments]);
            case ["npx" or "npm" or "node" or "git", .. var arguments]:
                return Start(words[0], arguments);
            case ["releasegate", .. var arguments]:
                return Start("dotnet", [Path.Combine(Feed.Tool, "releasegate.dll"), .. arguments]);
            default:
                Assert.Fail($"{_page.Path}: '{string.Join(' ', words)}' is no command that a page may have; see {nameof(Guide)}");
                throw new InvalidOperationException();
        }
    }

    private Run Start(string program, string[] arguments)
    {
        var start = NpmWrapper.Start(program == "dotnet" && Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : NpmWrapper.Program(program), _folder, arguments);
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("GIT_", StringComparison.Ordinal) || n is "GITHUB_ACTIONS" or "TF_BUILD" or "DOTNET_HOST_PATH" || n.StartsWith("VSTEST", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in ((string, string)[])[
            ("NUGET_PACKAGES", Feed.Cache), ("DOTNET_CLI_UI_LANGUAGE", "en"), ("DOTNET_NOLOGO", "1"), ("MSBUILDTERMINALLOGGER", "off"), ("NO_COLOR", "1"),
            ("GIT_CONFIG_GLOBAL", _sandbox.In(".gitconfig")), ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Dev"), ("GIT_AUTHOR_EMAIL", "dev@acme.example"), ("GIT_COMMITTER_NAME", "Dev"), ("GIT_COMMITTER_EMAIL", "dev@acme.example")])
            start.Environment[name] = value;
        return NpmWrapper.Run(start);
    }

    private void Compare(FencedBlock shown, string said)
    {
        Compared++;
        var actual = Alike(Shown(said)).Split('\n').Select(l => l.Trim()).ToArray();
        var at = 0;
        foreach (var line in shown.Lines)
        {
            var wanted = Alike(line).Trim();
            if (wanted.Length == 0 || wanted == "…") continue;
            var pattern = new Regex("^" + string.Join(".*", wanted.Split('…').Select(Regex.Escape)) + "$");
            var found = Array.FindIndex(actual, at, l => pattern.IsMatch(l));
            Assert.That(found, Is.Not.Negative, $"{_page.Path}({shown.Line}): this line was not printed, or not there:\n{line}\n\nWhat was printed:\n{Shown(said)}");
            at = found + 1;
        }
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
    }

    private string In(string path) => Path.Combine([_folder, .. path.Split('/')]);

    /// <summary>What a page says, as it is here and today.</summary>
    private string Real(string text) => Moved(text, _days).Replace("\"0.1.0\"", $"\"{Feed.Version}\"", StringComparison.Ordinal);

    /// <summary>What was printed here and today, as a page would show it.</summary>
    private string Shown(string text) => Moved(Colour().Replace(text, ""), -_days).Replace(_sandbox.Folder, Home, StringComparison.Ordinal).Replace(Feed.Version, "0.1.0", StringComparison.Ordinal).Replace('\\', '/');

    private static string Moved(string text, int days) =>
        days == 0 ? text : IsoDate().Replace(text, m => DateOnly.TryParseExact(m.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : m.Value);

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Alike(string text) => RulesText().Replace(SizeText().Replace(DigestText().Replace(TimeText().Replace(text, "# ms"), "sha256 #"), "$1, #,"), "# rules");

    [GeneratedRegex("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+")]
    private static partial Regex Word();

    [GeneratedRegex("^<!-- today: ([0-9-]+) -->$")]
    private static partial Regex Today();

    [GeneratedRegex(@"(?<![\d-])20\d\d-\d\d-\d\d(?![\d-])")]
    private static partial Regex IsoDate();

    [GeneratedRegex(@"[\d,]+ ms\b")]
    private static partial Regex TimeText();

    [GeneratedRegex(@"sha256 [0-9a-f]{4,}…?")]
    private static partial Regex DigestText();

    [GeneratedRegex(@"(entries|entry), [\d.,]+ (?:bytes?|[KMG]B),")]
    private static partial Regex SizeText();

    [GeneratedRegex(@"\b\d+ rules\b")]
    private static partial Regex RulesText();

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex Colour();
}
