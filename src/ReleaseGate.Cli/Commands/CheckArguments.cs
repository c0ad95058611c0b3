namespace ReleaseGate.Cli.Commands;

/// <summary>What was written behind <c>releasegate check</c>, unchanged.</summary>
internal sealed record CheckArguments
{
    public required IReadOnlyList<string> Paths { get; init; }

    public string? Manifest { get; init; }

    public string? Profile { get; init; }

    public IReadOnlyList<string> Rules { get; init; } = [];

    public string? Json { get; init; }

    public bool Quiet { get; init; }

    public bool AsDirectory { get; init; }

    public string? Project { get; init; }

    public string? ReleaseTo { get; init; }

    public string? RejectTo { get; init; }

    /// <summary>
    /// Reads the plain form: paths, and options by their names with a blank before the value. The parser library costs about 30 ms of compiling
    /// in each process, a quarter of a run over a small package, so builds and CI do without it. Null for everything else (help, other
    /// spellings, mistakes): then the library reads the line and explains. A test holds both to the same answers.
    /// </summary>
    public static CheckArguments? ReadPlain(string[] args)
    {
        if (args.Length < 2 || args[0] != CheckCommand.Name) return null;
        var paths = new List<string>();
        var rules = new List<string>();
        string? manifest = null, profile = null, json = null, project = null, releaseTo = null, rejectTo = null;
        bool quiet = false, asDirectory = false;
        for (var i = 1; i < args.Length; i++)
        {
            var arg = args[i];
            if (!arg.StartsWith('-'))
            {
                // "/?" asks for help on Windows; an empty path deserves the library's attention too.
                if (arg.Length == 0 || arg == "/?") return null;
                paths.Add(arg);
                continue;
            }

            if (arg == "--quiet")
            {
                // "--quiet false" is possible in the library.
                if (quiet || (i + 1 < args.Length && bool.TryParse(args[i + 1], out _))) return null;
                quiet = true;
                continue;
            }

            if (++i == args.Length || args[i].Length == 0 || args[i].StartsWith('-')) return null;
            var value = args[i];
            switch (arg)
            {
                case "--manifest" when manifest is null: manifest = value; break;
                case "--profile" when profile is null: profile = value; break;
                case "--json" when json is null: json = value; break;
                case "--project" when project is null: project = value; break;
                case "--release-to" when releaseTo is null: releaseTo = value; break;
                case "--reject-to" when rejectTo is null: rejectTo = value; break;
                case "--as" when !asDirectory && value == "directory": asDirectory = true; break;
                case "--rules": rules.Add(value); break;
                default: return null;
            }
        }

        return paths.Count == 0 ? null : new CheckArguments
        {
            Paths = paths, Manifest = manifest, Profile = profile, Rules = rules, Json = json, Quiet = quiet, AsDirectory = asDirectory,
            Project = project, ReleaseTo = releaseTo, RejectTo = rejectTo,
        };
    }
}
