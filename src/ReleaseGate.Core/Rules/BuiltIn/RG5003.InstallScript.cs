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
                context.Report(package.Entry, $"'{name}' runs when it is installed: {Redacted.Show(script)}");

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
}
