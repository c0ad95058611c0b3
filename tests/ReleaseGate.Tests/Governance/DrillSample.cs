using System.Text;
using ReleaseGate.Tests.Cli;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Governance;

/// <summary>Artifacts of every kind that pass under the profile 'closed', for drills.</summary>
internal static class DrillSample
{
    /// <summary>Lets every entry pass and leaves what an archive or a file is to the rules.</summary>
    public const string AllowAll = """{ "artifacts": [ { "match": "**", "allow": ["**"] } ] }""";

    public const string PackageJson = """{"name":"@acme/cli","version":"1.0.0","files":["dist"],"license":"MIT"}""";

    private const string Nuspec = "<package><metadata><id>Acme</id><version>1.0.0</version><authors>Acme</authors><description>What Acme does.</description></metadata></package>";

    /// <summary>Writes one below the folder of a terminal.</summary>
    /// <returns>Its path there, as one would name it.</returns>
    public static string Write(Terminal terminal, string kind)
    {
        switch (kind)
        {
            case "nupkg":
                var path = ReceiptSample.Zip(terminal, "Acme.1.0.0.nupkg", System.IO.Compression.CompressionLevel.Optimal, ("Acme.nuspec", Nuspec), ("README.md", "# Acme"), ("lib/net8.0/Acme.xml", "<doc/>"));
                using (var zip = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Update))
                {
                    var entry = zip.CreateEntry("lib/net8.0/Acme.dll");
                    entry.LastWriteTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
                    using var stream = entry.Open();
                    stream.Write(new AssemblyBuilder { Name = "Acme" }.Image);
                }

                return "Acme.1.0.0.nupkg";
            case "tgz":
                DiffCommandTests.Written.Write(terminal.Folder, "acme-cli-1.0.0.tgz", $"""
                      entry package/package.json
                        | {PackageJson}
                      entry package/dist/cli.js mode=755
                        | run(1);
                        @repeat 3000 "step(2);\n"
                      entry package/README.md mode=644
                        | # Acme
                    """);
                return "acme-cli-1.0.0.tgz";
            case "tar":
                DiffCommandTests.Written.Write(terminal.Folder, "acme.tar", """
                      entry acme/app.js mode=644
                        | run(1);
                      entry acme/README.md mode=644
                        | # Acme
                    """);
                return "acme.tar";
            case "zip":
                ReceiptSample.Zip(terminal, "acme.zip", System.IO.Compression.CompressionLevel.Fastest, ("app.js", "run(1);\n"), ("README.md", "# Acme"), ("empty.txt", ""));
                return "acme.zip";
            case "folder":
                terminal.Write("publish/index.html", "<html></html>");
                terminal.Write("publish/assets/app.js", "run(1);\n");
                terminal.Write("publish/README.md", "# Acme");
                return "publish";
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such sample");
        }
    }

    /// <summary>The request that a drill of it is.</summary>
    public static GateRequest Request(Terminal terminal, string path, string? manifest = null) => new()
    {
        Artifacts = [path],
        SearchFrom = terminal.Folder,
        Profile = manifest is null ? "closed" : null,
        Manifest = manifest is null ? null : terminal.Write("drill.releasegate.json", manifest),
        AsDirectory = Directory.Exists(Path.Combine(terminal.Folder, path)),
    };

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
