using System.IO.Abstractions;
using System.IO.Compression;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;

// Not below the namespace of the other tests: these need none of our own packages, so none is packed for them.
namespace ReleaseGate.RealPackages.Tests;

/// <summary>What a validator of others says of receipts.</summary>
public sealed class ReceiptSchemaTests
{
    [Test]
    public void Receipts_fit_their_schema()
    {
        var folder = Directory.CreateTempSubdirectory("releasegate-receipts-").FullName;
        try
        {
            string In(string path) => Path.Combine(folder, path);
            using (var zip = new ZipArchive(File.Create(In("a.nupkg")), ZipArchiveMode.Create))
            {
                foreach (var (path, text) in ((string, string)[])[("x.nuspec", "<package><metadata><id>A:b</id><version>1.0.0</version></metadata></package>"), ("README.md", "# A"), ("odd \u00e4 name.txt", "x")])
                {
                    using var writer = new StreamWriter(zip.CreateEntry(path).Open());
                    writer.Write(text);
                }
            }

            Directory.CreateDirectory(In("site/empty"));
            File.WriteAllText(In("site/a.js"), "x=1");
            File.WriteAllText(In("m.json"), """{ "artifacts": [ { "match": "**", "allow": ["**"] } ] }""");
            var files = new FileSystem();
            var request = new GateRequest { Artifacts = [In("a.nupkg"), In("site")], AsDirectory = true, Manifest = In("m.json"), SearchFrom = folder, Receipts = In("kept") };
            var report = new Gate(files).Check(request, DateTime.UnixEpoch);
            Assert.That(report.Verdicts.SelectMany(v => v.Findings).Where(f => f.Severity == Rules.Severity.Error).Select(f => f.Finding.Message), Is.Empty);
            using (var pending = new ReceiptWriter(files).Prepare(report, DateTime.UnixEpoch)) pending.Release();
            string[] receipts = [In("kept/a.nupkg.receipt.json"), In("kept/site.receipt.json")];
            // It has to find what is wrong, or it proves nothing.
            var broken = JsonNode.Parse(File.ReadAllText(receipts[0]))!.AsObject();
            broken.Remove("waivers");
            File.WriteAllText(In("kept/broken.json"), broken.ToJsonString());

            Assert.That(RealPackageTests.Validate(Receipt.SchemaText(), [.. receipts, In("kept/broken.json")]), Has.Length.EqualTo(2).And.None.Contains("broken"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
