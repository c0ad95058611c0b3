using System.IO.Abstractions;
using System.IO.Compression;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Inspection;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate;

/// <summary>
/// Checks a package made up in memory, for the sake of the way there: a process that checks for the first time spends most of its time on loading
/// code and tables. A build does that on another core while NuGet still packs. It decides nothing, and nobody sees what it finds.
/// </summary>
internal static class Rehearsal
{
    private const string Nuspec = """
        <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>Rehearsal</id><version>1.0.0</version><authors>Acme</authors><description>None.</description>
        <dependencies><group targetFramework="net8.0"><dependency id="Acme" version="1.0.0" /></group></dependencies></metadata></package>
        """;

    /// <summary>Runs one check from the beginning to the verdict and its receipt, which goes nowhere.</summary>
    /// <param name="files">Where the manifest would lie; a built-in profile serves.</param>
    /// <param name="assembly">The bytes of any small assembly, so that code for these is loaded too.</param>
    public static Verdict Run(IFileSystem files, ReadOnlySpan<byte> assembly)
    {
        var rules = RuleSet.Create([]);
        var manifest = new ManifestReader(files).ReadProfile(ManifestReader.DefaultProfile);
        using var artifact = Artifact.Of("Rehearsal.1.0.0.nupkg", Package(assembly));
        var verdict = Gate.Inspect(artifact, artifact.Name, manifest, [], rules, new Inspections.Share([], SingleThreaded: false, new object(), Progress: null), CancellationToken.None);
        var report = new GateReport(new GateRequest { Artifacts = [artifact.Name], SearchFrom = "" }, manifest, false, [verdict], DateTime.UnixEpoch);
        ReceiptWriter.Write(Receipt.Of(report, verdict, report.Started, files), Stream.Null);
        return verdict;
    }

    private static byte[] Package(ReadOnlySpan<byte> assembly)
    {
        using var package = new MemoryStream();
        using (var zip = new ZipArchive(package, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "Rehearsal.nuspec", System.Text.Encoding.UTF8.GetBytes(Nuspec));
            Add(zip, "README.md", "# Rehearsal"u8);
            Add(zip, "lib/net8.0/Rehearsal.dll", assembly);
        }

        return package.ToArray();
    }

    private static void Add(ZipArchive zip, string path, ReadOnlySpan<byte> bytes)
    {
        using var stream = zip.CreateEntry(path, CompressionLevel.Fastest).Open();
        stream.Write(bytes);
    }
}
