using System.IO.Compression;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>Artifacts that pass, for tests of receipts.</summary>
internal static class ReceiptSample
{
    /// <summary>Lets everything pass but source maps; warns of TypeScript and of signatures that are none.</summary>
    public const string Manifest = """
        { "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "RG3001": "warning", "RG1006": "warning", "RG1008": "off" } }
        """;

    public static string Nupkg(Terminal terminal, string path, string version, params (string Name, string Text)[] entries) =>
        Zip(terminal, path, CompressionLevel.Optimal, [
            ("Acme.nuspec", $"<package><metadata><id>Acme</id><version>{version}</version><dependencies><group targetFramework=\"net8.0\"><dependency id=\"Other\" version=\"[1.0.0, )\" /></group></dependencies></metadata></package>"),
            .. entries]);

    public static string Zip(Terminal terminal, string path, CompressionLevel level, params (string Name, string Text)[] entries)
    {
        var full = terminal.Write(path);
        using var zip = new ZipArchive(File.Create(full), ZipArchiveMode.Create);
        foreach (var (name, text) in entries)
        {
            var entry = zip.CreateEntry(name, level);
            // Builds of one content are alike.
            entry.LastWriteTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var writer = new StreamWriter(entry.Open());
            writer.Write(text);
        }

        return full;
    }
}
