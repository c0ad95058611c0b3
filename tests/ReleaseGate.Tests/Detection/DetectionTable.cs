using System.Globalization;
using System.IO.Abstractions;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Detection;

/// <summary>Seeds leaks into a real, clean package and says which are caught.</summary>
internal sealed class DetectionTable
{
    private const string Folder = "content/seed";

    private static readonly DateTime Now = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    private static readonly (Disguise Disguise, string Title)[] Columns =
    [
        (Disguise.NameKept, "name kept"), (Disguise.Renamed, "renamed"), (Disguise.Nested, "in a zip"), (Disguise.Compressed, "gzip"), (Disguise.AcrossBorder, "across 64 KiB"),
        (Disguise.AtStart, "at the start"), (Disguise.AtEnd, "at the end"), (Disguise.Utf16, "UTF-16"), (Disguise.ByteOrderMark, "behind a BOM"), (Disguise.Large, "in 50 MB"),
    ];

    private readonly Dictionary<(Leak Leak, Disguise Disguise), bool> _caught;

    private DetectionTable(IReadOnlyList<Leak> leaks, Dictionary<(Leak Leak, Disguise Disguise), bool> caught, IReadOnlyList<string> unasked)
    {
        Leaks = leaks;
        _caught = caught;
        Unasked = unasked;
    }

    public IReadOnlyList<Leak> Leaks { get; }

    /// <summary>What was said about anything but the leaks: nothing may be.</summary>
    public IReadOnlyList<string> Unasked { get; }

    /// <summary>The leaks that were seeded and not caught.</summary>
    public IEnumerable<string> Missed => _caught.Where(c => !c.Value).Select(c => $"{c.Key.Leak} {c.Key.Disguise}");

    /// <summary>Seeds each leak under each of the disguises into one package and sends it through the gate.</summary>
    public static DetectionTable Measure(string manifest, IReadOnlyList<Leak> leaks, Func<Leak, Disguise, bool> wanted)
    {
        var seeds = new Dictionary<string, (Leak, Disguise)>(StringComparer.Ordinal);
        var folder = Directory.CreateTempSubdirectory("releasegate-detection-");
        try
        {
            var package = Path.Combine(folder.FullName, "System.IO.Abstractions.17.0.24.nupkg");
            using (var clean = ZipFile.OpenRead(CleanPackage))
            using (var zip = ZipFile.Open(package, ZipArchiveMode.Create))
            {
                // Without its signature, which the seeds would break.
                foreach (var entry in clean.Entries.Where(e => e.FullName != ".signature.p7s"))
                {
                    using var from = entry.Open();
                    using var to = zip.CreateEntry(entry.FullName).Open();
                    from.CopyTo(to);
                }

                foreach (var leak in leaks)
                {
                    foreach (var disguise in leak.Disguises.Where(d => wanted(leak, d)))
                    {
                        foreach (var (name, write) in leak.Seed(disguise))
                        {
                            var seed = $"{Folder}/{seeds.Count.ToString(CultureInfo.InvariantCulture)}/";
                            seeds.Add(seed, (leak, disguise));
                            using var entry = zip.CreateEntry(seed + name, disguise == Disguise.Large ? CompressionLevel.Fastest : CompressionLevel.NoCompression).Open();
                            write(entry);
                        }
                    }
                }
            }

            // Inherited, since a pattern of one's own that matches nothing is a finding.
            File.WriteAllText(Path.Combine(folder.FullName, "leaks.json"), manifest);
            File.WriteAllText(Path.Combine(folder.FullName, "releasegate.json"), """{ "extends": "./leaks.json" }""");
            var report = new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [package], Manifest = Path.Combine(folder.FullName, "releasegate.json"), SearchFrom = folder.FullName }, Now);
            return Count(leaks, seeds, report);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static DetectionTable Count(IReadOnlyList<Leak> leaks, Dictionary<string, (Leak Leak, Disguise Disguise)> seeds, GateReport report)
    {
        var found = new HashSet<(string Seed, string Rule)>();
        var unasked = new List<string>();
        foreach (var finding in report.Verdicts.Single().Findings.Select(f => f.Finding))
        {
            var seed = finding.Path is { } path && path.Value.StartsWith(Folder, StringComparison.Ordinal) ? path.Value[..(path.Value.IndexOf('/', Folder.Length + 1) + 1)] : null;
            if (seed is null || seeds[seed].Leak.Rule == "none" || finding.Rule == GateRules.Uninspectable || finding.Rule == GateRules.RuleFailed)
                unasked.Add($"{finding.Rule.Id} {finding.Path}: {finding.Message}{(seed is null ? "" : $" ({seeds[seed].Leak} {seeds[seed].Disguise})")}");
            if (seed is not null) found.Add((seed, finding.Rule.Id.ToString()));
        }

        var caught = new Dictionary<(Leak, Disguise), bool>();
        foreach (var (seed, what) in seeds)
            if (what.Leak.Rule != "none") caught[what] = caught.GetValueOrDefault(what, true) && found.Contains((seed, what.Leak.Rule));
        return new DetectionTable([.. leaks.Where(l => l.Rule != "none")], caught, unasked);
    }

    /// <summary>The page: a sum by what a rule goes by, and a row for each kind of leak.</summary>
    public string Render()
    {
        var page = new StringBuilder();
        page.Append("""
            # What is caught

            One leak of every kind, seeded into a real, clean package (System.IO.Abstractions 17.0.24) under ten disguises, each file in a folder of its own; the package goes through the gate,
            and a leak counts as caught if its own rule reports its file. What surrounds the leaks, and the package itself, gives no finding.

            This page is written by

            ```
            dotnet test tests/ReleaseGate.Tests -c Release --filter Name=Write_the_page
            ```

            and a test holds it to what the gate does. The leaks stand in `tests/ReleaseGate.Tests/Detection/leaks.txt`, in the language of the corpus; tokens and keys are made when the test runs.

            `✓` caught · `✗` missed · blank: the disguise makes it something else (a file that is known by its name and gets another one; a binary in UTF-16), or the kind has no such place (a whole file
            has no text around it).

            - **name kept, renamed**: under the name such a file goes by, and as `data.bin`; **in a zip**, **gzip**: as the only entry of an archive in the package, and compressed
            - **across 64 KiB**: three files, in which the border between two reads goes through the first, second and third quarter of the leak
            - **at the start**, **at the end**: the first byte, the last byte of a file; **in 50 MB**: in the middle of a file of that size

            What nobody thought of is not in the table: leaks that are encrypted or encoded, formats that no rule knows. Nor is RG2017, which takes two packages (`tests/corpus/RG2017.txt`).


            """);
        page.Append("| what the rule goes by | seeded | caught | |\n|---|---|---|---|\n");
        foreach (var tier in Enum.GetValues<Tier>())
        {
            var cells = _caught.Where(c => c.Key.Leak.Tier == tier).ToList();
            if (cells.Count == 0) continue;
            var caught = cells.Count(c => c.Value);
            page.Append(CultureInfo.InvariantCulture, $"| {Describe(tier)} | {cells.Count} | {caught} | {100.0 * caught / cells.Count:0.#} % |\n");
        }

        page.Append("\n## Kind by kind\n\n| rule | leak | ").AppendJoin(" | ", Columns.Select(c => c.Title)).Append(" |\n|---|---|").Insert(page.Length, "---|", Columns.Length).Append('\n');
        foreach (var leak in Leaks) page.Append(Row(leak)).Append('\n');
        return page.ToString();
    }

    /// <summary>A kind's row; where a disguise was not measured, what an earlier page says.</summary>
    public string Row(Leak leak, string? earlier = null)
    {
        var cells = earlier?.Split('|');
        return $"| {leak.Rule} | {leak.Title} | " + string.Join(" | ", Columns.Select((c, i) =>
            !leak.Disguises.Contains(c.Disguise) ? "" : _caught.TryGetValue((leak, c.Disguise), out var caught) ? caught ? "✓" : "✗" : cells is null ? "?" : cells[i + 3].Trim())) + " |";
    }

    private static string Describe(Tier tier) => tier switch
    {
        Tier.Proven => "a checksum or a cryptographic structure",
        Tier.Structure => "the structure of a format",
        Tier.Name => "the name of a file",
        _ => "a probability",
    };

    // What this project itself references: always there, never made by us.
    private static string CleanPackage => Path.Combine(
        typeof(DetectionTable).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NuGetPackageRoot").Value!,
        "system.io.abstractions", "17.0.24", "system.io.abstractions.17.0.24.nupkg");
}
