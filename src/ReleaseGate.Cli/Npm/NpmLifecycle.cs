using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Npm;

/// <summary>Which script of npm, if any, <c>releasegate npm</c> was started by (npm's documentation, 'scripts').</summary>
internal static class NpmLifecycle
{
    /// <summary>The folders that <c>releasegate npm</c> packs just now, so that it notices when it is called from its own <c>npm pack</c>.</summary>
    public const string Packing = "RELEASEGATE_PACKING";

    /// <summary>Stands between them: the separator of PATH is a letter that folders may have.</summary>
    public const char Separator = '\n';

    /// <summary>Whether npm is about to publish the package in the folder: the script is its <c>prepublishOnly</c>.</summary>
    /// <param name="surroundings">The environment.</param>
    /// <param name="folder">The folder that is to be packed; a full path.</param>
    /// <exception cref="GateException">RG0007: in this script the gate would call itself, come too late, or inspect something else than what is published.</exception>
    public static bool IsBeforePublish(Surroundings surroundings, string folder)
    {
        var path = surroundings.Files.Path;
        foreach (var packing in (surroundings.Variable(Packing) ?? "").Split(Separator))
            if (packing == folder) throw Misplaced("a script that 'npm pack' runs", "it would call itself without end");

        // A script of another package may gate this one.
        if (surroundings.Variable("npm_package_json") is { } package && path.GetDirectoryName(package) != folder) return false;
        var script = surroundings.Variable("npm_lifecycle_event");
        switch (script)
        {
            case "prepack" or "prepare" or "postpack":
                throw Misplaced($"the script '{script}'", "npm runs it while packing, so the gate would call itself without end");
            case "publish" or "postpublish":
                throw Misplaced($"the script '{script}'", "npm runs it when everything is published");
            case "prepublish":
                throw Misplaced($"the script '{script}'", "npm runs it at 'npm install' and not before it publishes");
            case "prepublishOnly":
                break;
            default:
                return false;
        }

        // pnpm and yarn run the same script, and then pack by rules of their own: other ranges, other files, even another folder.
        if (surroundings.Variable("npm_config_user_agent") is { } agent && agent.Split('/')[0] is var manager && manager != "npm")
            throw new GateException(GateRules.NothingInspected.Id,
                $"'{EntryPath.Printable(manager)}' publishes, and packs differently from npm, so what npm packs here says nothing about it. Pack first and publish what was checked: {Recipe(manager)}");
        return true;
    }

    /// <summary>Whether a variable tells npm about the command that started us, and would make the <c>npm pack</c> inside another one.</summary>
    public static bool IsOfTheRun(string variable)
    {
        if (!variable.StartsWith("npm_", StringComparison.OrdinalIgnoreCase)) return false;
        return variable.ToUpperInvariant() switch
        {
            "NPM_COMMAND" or "NPM_CONFIG_DRY_RUN" or "NPM_CONFIG_JSON" or "NPM_CONFIG_PACK_DESTINATION" or "NPM_CONFIG_LOCAL_PREFIX" => true,
            "NPM_CONFIG_WORKSPACE" or "NPM_CONFIG_WORKSPACES" or "NPM_CONFIG_INCLUDE_WORKSPACE_ROOT" => true,
            var name => name.StartsWith("NPM_LIFECYCLE_", StringComparison.Ordinal) || name.StartsWith("NPM_PACKAGE_", StringComparison.Ordinal),
        };
    }

    private static string Recipe(string manager) => manager == "pnpm"
        ? "'pnpm pack', 'releasegate check' on the tarball, 'pnpm publish' with its path"
        : $"'{EntryPath.Printable(manager)} pack', 'releasegate check' on the tarball, 'npm publish' with its path";

    private static GateException Misplaced(string where, string why) => new(GateRules.NothingInspected.Id,
        $"'releasegate npm' stands in {where}: {why}. Call it from 'prepublishOnly', or run it instead of 'npm pack' and publish the tarball it leaves");
}
