using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// What runs on the machine of whoever installs the package: the scripts that <c>npm install</c> runs (https://docs.npmjs.com/cli/using-npm/scripts), and those of NuGet that
/// Visual Studio runs (<c>prepare</c> runs for git dependencies only, <c>build/*.targets</c> run in every build and are what such packages are for).
/// </summary>
internal sealed class InstallScript() : ArtifactRule(new Descriptor("RG5003", nameof(InstallScript),
    "A script of the package runs on the machine of whoever installs it.",
    "Ship what the script would make, or do it when the program first runs.",
    Severity.Warning))
{
    private const int MostShown = 100;
    private const int LongestWord = 20;

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory.Package is not { } package) return;
        if (package.Npm is { } npm) InspectNpm(inventory, package, npm, context);
        else InspectNuGet(inventory, context);
    }

    private static void InspectNpm(Inventory inventory, PackageMetadata package, NpmMetadata npm, RuleContext context)
    {
        foreach (var name in (ReadOnlySpan<string>)["preinstall", "install", "postinstall"])
            if (npm.Scripts.TryGetValue(name, out var script) && script.Length > 0)
                context.Report(package.Entry, $"'{name}' runs when it is installed: {Shown(script)}");

        // What npm does with a package that says nothing of its own: a compiler on the user's machine.
        if (npm.DeclinesGyp || Runs(npm, "preinstall") || Runs(npm, "install")) return;
        foreach (var entry in inventory.Entries)
            if (entry.Path is { Depth: 0, Inner: "binding.gyp" })
                context.Report(entry, "npm runs 'node-gyp rebuild' when the package is installed, since it has a binding.gyp and no 'install' script",
                    "Ship the compiled add-on and set \"gypfile\": false in package.json.");
    }

    private static bool Runs(NpmMetadata npm, string name) => npm.Scripts.TryGetValue(name, out var script) && script.Length > 0;

    // install.ps1 and uninstall.ps1 may also stand in a folder of a framework: tools/net48/install.ps1.
    private static void InspectNuGet(Inventory inventory, RuleContext context)
    {
        foreach (var entry in inventory.Entries)
        {
            if (entry.Path.Depth > 0 || entry.Type == EntryType.Directory) continue;
            var segments = entry.Path.Inner.Split('/');
            if (segments.Length is not (2 or 3) || !segments[0].Equals("tools", StringComparison.OrdinalIgnoreCase)) continue;
            var name = segments[^1];
            if (segments.Length == 2 && name.Equals("init.ps1", StringComparison.OrdinalIgnoreCase))
                context.Report(entry, "Visual Studio runs it in its package manager console whenever a solution is opened that uses the package", "Leave it out; a package brings what a build needs in build/{id}.targets.");
            else if (name.Equals("install.ps1", StringComparison.OrdinalIgnoreCase) || name.Equals("uninstall.ps1", StringComparison.OrdinalIgnoreCase))
                context.Report(entry, $"it runs when the package is {(name.Length == "install.ps1".Length ? "installed into" : "uninstalled from")} a project with packages.config, and never in one with PackageReference",
                    "Leave it out; a package brings what a build needs in build/{id}.targets.");
        }
    }

    /// <summary>A script on one line, cut, and without what may be secret in it: credentials in addresses, values of settings named like secrets, long words with digits.</summary>
    private static string Shown(string script)
    {
        var text = new StringBuilder();
        var behindName = false;
        foreach (var word in script.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (text.Length > MostShown) break;
            if (text.Length > 0) text.Append(' ');
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var named = SecretName.Is(Encoding.UTF8.GetBytes(equals > 0 ? word[..equals] : word));
            if (behindName) text.Append('…');
            else if (equals > 0 && named) text.Append(word, 0, equals + 1).Append('…');
            else AppendWord(text, word);
            behindName = named && equals < 0;
        }

        var cut = text.Length > MostShown;
        if (cut) text.Length = MostShown;
        return EntryPath.Printable(text.ToString()) + (cut ? "…" : "");
    }

    private static void AppendWord(StringBuilder text, string word)
    {
        var scheme = word.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0 && word.LastIndexOf('@') is var at && at > scheme)
        {
            text.Append(word, 0, scheme + 3).Append('…');
            word = word[at..];
        }

        for (var i = 0; i < word.Length;)
        {
            var end = i;
            while (end < word.Length && (char.IsAsciiLetterOrDigit(word[end]) || word[end] is '_' or '-' or '+')) end++;
            if (end - i >= LongestWord && word.AsSpan(i, end - i).IndexOfAnyInRange('0', '9') >= 0) text.Append('…');
            else text.Append(word, i, end - i);
            if (end < word.Length) text.Append(word[end++]);
            i = end;
        }
    }
}
