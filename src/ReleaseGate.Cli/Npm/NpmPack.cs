namespace ReleaseGate.Cli.Npm;

/// <summary>The real <c>npm pack</c>, into a folder of ours.</summary>
internal static class NpmPack
{
    /// <summary>How it is run.</summary>
    /// <param name="surroundings">The environment.</param>
    /// <param name="npm">npm.</param>
    /// <param name="folder">The folder of the package.json; a full path.</param>
    /// <param name="stage">Where the tarballs are to lie; a full path.</param>
    /// <param name="quiet">Whether npm says errors only.</param>
    /// <param name="options">More options.</param>
    /// <param name="said">Takes what it says.</param>
    public static ProgramStart Start(Surroundings surroundings, NpmProgram npm, string folder, string stage, bool quiet, IEnumerable<string> options, Action<string> said)
    {
        var packing = surroundings.Variable(NpmLifecycle.Packing) is { Length: > 0 } outer ? outer + NpmLifecycle.Separator + folder : folder;
        return new ProgramStart
        {
            Program = npm.Program,
            // What an .npmrc or the environment says about these must not count. With the usual log level npm lists every file of the package.
            Arguments = [.. npm.First, "pack", "--pack-destination", stage, "--dry-run=false", "--json=false", "--update-notifier=false", quiet ? "--loglevel=error" : "--loglevel=warn", .. options],
            Folder = folder,
            Variables = new Dictionary<string, string> { [NpmLifecycle.Packing] = packing },
            Withholds = NpmLifecycle.IsOfTheRun,
            Said = said,
        };
    }
}
