using System.Globalization;
using System.Text;

namespace ReleaseGate.Benchmarks;

/// <summary>
/// Head to head with secretlint, the checker for secrets that npm packages use most, with the rules it recommends: the same files, whole processes. One token that GitHub could
/// have issued is planted among the files, made here and never used, so that it shows that both looked.
/// </summary>
internal static class Secretlint
{
    private const string Version = "9.3.2";
    private const int Rounds = 3;

    public static void Run()
    {
        var tool = Install();
        if (tool is null)
        {
            Console.WriteLine("  (npm is not installed, or cannot fetch secretlint)");
            return;
        }

        var planted = Path.Combine(Fixtures.SmallFolder, "wwwroot", "planted.js");
        File.WriteAllText(planted, $"const token = \"{Token()}\";\n");
        try
        {
            var theirs = new CommandLineProcess("node", [Path.Combine(tool, "node_modules", "secretlint", "bin", "secretlint.js"), "--secretlintrc", Path.Combine(tool, ".secretlintrc.json"), "**/*"], Fixtures.SmallFolder);
            var ours = new CommandLineProcess("dotnet", [CommandLineProcess.Tool, "check", Fixtures.SmallFolder, "--as", "directory", "--profile", "closed"]);
            Variant[] variants = [new($"secretlint {Version}", () => theirs.Run().Code), new("releasegate check, all rules", () => ours.Run().Code)];
            Measurement.Print(variants, Measurement.Time(Rounds, variants), [theirs.Peak(1), ours.Peak(1)]);
            foreach (var (name, process) in (ReadOnlySpan<(string, CommandLineProcess)>)[("secretlint", theirs), ("releasegate", ours)])
            {
                var (code, output) = process.Run();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: exit {code}, {(output.Contains("planted.js", StringComparison.Ordinal) ? "found" : "did not find")} the planted token"));
            }
        }
        finally
        {
            File.Delete(planted);
        }
    }

    private static string? Install()
    {
        var folder = Path.Combine(Path.GetTempPath(), "releasegate-secretlint-" + Version);
        if (Directory.Exists(Path.Combine(folder, "node_modules", "secretlint"))) return folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "package.json"), "{}");
        File.WriteAllText(Path.Combine(folder, ".secretlintrc.json"), """{ "rules": [ { "id": "@secretlint/secretlint-rule-preset-recommend" } ] }""");
        string[] arguments = ["install", $"secretlint@{Version}", $"@secretlint/secretlint-rule-preset-recommend@{Version}", "--ignore-scripts", "--no-audit", "--no-fund"];
        try
        {
            // On Windows npm is a script, which only the command interpreter runs.
            var npm = OperatingSystem.IsWindows() ? new CommandLineProcess("cmd.exe", ["/c", "npm", .. arguments], folder) : new CommandLineProcess("npm", arguments, folder);
            return npm.Run().Code == 0 ? folder : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    private static string Token()
    {
        const string digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var body = string.Concat(Enumerable.Range(0, 30).Select(static i => digits[(i * 37 + 11) % 62]));
        var text = new StringBuilder();
        for (var sum = Checksum(Encoding.ASCII.GetBytes(body)); text.Length < 6; sum /= 62) text.Insert(0, digits[(int)(sum % 62)]);
        return "ghp_" + body + text;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var b in bytes)
        {
            sum ^= b;
            for (var bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ (0xEDB88320 & (0 - (sum & 1)));
        }

        return ~sum;
    }
}
