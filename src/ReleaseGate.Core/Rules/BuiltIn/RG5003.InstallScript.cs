using System.Collections.Immutable;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// What runs on the machine of whoever installs the package: the scripts that <c>npm install</c> runs (npm's documentation, 'scripts'), and those of NuGet that
/// Visual Studio runs (<c>prepare</c> runs for git dependencies only, <c>build/*.targets</c> run in every build and are what such packages are for).
/// </summary>
internal sealed class InstallScript() : ArtifactRule(new Descriptor("RG5003", nameof(InstallScript),
    "A script of the package runs on the machine of whoever installs it.",
    "Ship what the script would make, or do it when the program first runs.",
    Severity.Warning))
{
    private const string Rebuild = "node-gyp rebuild";

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        foreach (var hook in HooksOf(inventory)) context.Report(hook.Entry, hook.Message, hook.Fix);
    }

    /// <summary>
    /// What runs when the package is installed, by name, with what it says: of an npm script its text without what may be secret (and its fingerprint, where that leaves something out), of a script of
    /// NuGet its fingerprint. All of it is printable.
    /// </summary>
    public static ImmutableSortedDictionary<string, string> Of(Inventory inventory)
    {
        var hooks = HooksOf(inventory);
        var scripts = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
        // Colliding entries are RG1007; the first stands here.
        foreach (var hook in hooks)
            if (!scripts.ContainsKey(hook.Name)) scripts = scripts.Add(hook.Name, hook.Says);
        return scripts;
    }

    private static List<Hook> HooksOf(Inventory inventory)
    {
        var hooks = new List<Hook>();
        if (inventory.Package is not { } package) return hooks;
        if (package.Npm is { } npm) AddNpm(inventory, package, npm, hooks);
        else AddNuGet(inventory, hooks);
        return hooks;
    }

    private static void AddNpm(Inventory inventory, PackageMetadata package, NpmMetadata npm, List<Hook> hooks)
    {
        foreach (var name in (ReadOnlySpan<string>)["preinstall", "install", "postinstall"])
        {
            if (!npm.Scripts.TryGetValue(name, out var script) || script.Length == 0) continue;
            var shown = Redacted.Show(script);
            var says = shown == script ? script : $"{shown} (sha256 {Secret.Fingerprint(Encoding.UTF8.GetBytes(script))})";
            hooks.Add(new Hook(package.Entry, name, says, $"'{name}' runs when it is installed: {shown}", null));
        }

        // What npm does with a package that says nothing of its own: a compiler on the user's machine.
        if (npm.DeclinesGyp || Runs(npm, "preinstall") || Runs(npm, "install")) return;
        foreach (var entry in inventory.Entries)
            if (entry.Path is { Depth: 0, Inner: "binding.gyp" })
                hooks.Add(new Hook(entry, "install", Rebuild, $"npm runs '{Rebuild}' when the package is installed, since it has a binding.gyp and no 'install' script",
                    "Ship the compiled add-on and set \"gypfile\": false in package.json."));
    }

    private static bool Runs(NpmMetadata npm, string name) => npm.Scripts.TryGetValue(name, out var script) && script.Length > 0;

    // install.ps1 and uninstall.ps1 may also stand in a folder of a framework: tools/net48/install.ps1.
    private static void AddNuGet(Inventory inventory, List<Hook> hooks)
    {
        foreach (var entry in inventory.Entries)
        {
            if (entry.Path.Depth > 0 || entry.Type == EntryType.Directory) continue;
            var segments = entry.Path.Inner.Split('/');
            if (segments.Length is not (2 or 3) || !segments[0].Equals("tools", StringComparison.OrdinalIgnoreCase)) continue;
            var name = segments[^1];
            if (segments.Length == 2 && name.Equals("init.ps1", StringComparison.OrdinalIgnoreCase))
                Add("Visual Studio runs it in its package manager console whenever a solution is opened that uses the package");
            else if (name.Equals("install.ps1", StringComparison.OrdinalIgnoreCase) || name.Equals("uninstall.ps1", StringComparison.OrdinalIgnoreCase))
                Add($"it runs when the package is {(name.Length == "install.ps1".Length ? "installed into" : "uninstalled from")} a project with packages.config, and never in one with PackageReference");

            void Add(string message) =>
                hooks.Add(new Hook(entry, entry.Path.ToString(), $"sha256 {entry.Digest.ToString()[..12]}", message, "Leave it out; a package brings what a build needs in build/{id}.targets."));
        }
    }

    private sealed record Hook(Entry Entry, string Name, string Says, string Message, string? Fix);
}
