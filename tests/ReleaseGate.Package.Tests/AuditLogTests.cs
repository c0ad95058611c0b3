using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ReleaseGate.Package.Tests;

/// <summary>The audit log of builds, in both hosts.</summary>
public sealed class AuditLogTests
{
    private static readonly string[] Hosts = ["task", "process"];

    private static readonly string[] Projects = ["One", "Two", "Three"];

    [Test]
    public void Every_project_of_a_parallel_build_has_its_line_and_without_one_nothing_is_released()
    {
        using var sandbox = new Sandbox();
        foreach (var project in Projects) sandbox.Library(project);
        sandbox.Write("all.proj", """
            <Project>
              <ItemGroup><Each Include="*/*.csproj" /></ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(Each)" Targets="Restore" /></Target>
              <Target Name="Pack"><MSBuild Projects="@(Each)" Targets="Pack" BuildInParallel="true" /></Target>
            </Project>
            """);
        var log = sandbox.In("logs", "a.jsonl");
        var restore = sandbox.Dotnet("msbuild", "all.proj", "-t:Restore", "-nologo", "-tl:off");
        Assert.That(restore.ExitCode, Is.Zero, restore.Output);
        foreach (var host in Hosts)
        {
            var run = sandbox.Dotnet("msbuild", "all.proj", "-t:Pack", "-m:3", "-nologo", "-tl:off", "-p:Configuration=Release", $"-p:ReleaseGateHost={host}", $"-p:ReleaseGateLog={log}");
            Assert.That(run.ExitCode, Is.Zero, run.Output);
        }

        var lines = Chain(log);
        Assert.That(lines.Select(l => $"{l["event"]} {l["result"]} {l["artifacts"]![0]!["name"]} {l["artifacts"]![0]!["sha256"]}").Order(StringComparer.Ordinal),
            Is.EqualTo(Projects.SelectMany(p => Enumerable.Repeat($"check passed {p}.1.0.0.nupkg {Hash(File.ReadAllBytes(sandbox.In(p, "bin", "Release", $"{p}.1.0.0.nupkg")))}", Hosts.Length)).Order(StringComparer.Ordinal)));

        // The manifest says it as well, and what can't be logged does not go out.
        sandbox.Write("One/releasegate.json", """{ "extends": "closed", "log": "logs/other.jsonl" }""");
        sandbox.Write("One/logs/other.jsonl", "not ours\n");
        foreach (var host in Hosts)
        {
            var run = sandbox.Pack("One", "--no-restore", $"-p:ReleaseGateHost={host}");
            Assert.That(run.ExitCode, Is.Not.Zero, host);
            Assert.That(run.Output, Does.Contain("error RG0010"), host);
            Assert.That(sandbox.Packages("One"), Is.Empty, host);
        }

        Assert.That(File.ReadAllText(sandbox.In("One", "logs", "other.jsonl")), Is.EqualTo("not ours\n"));
    }

    private static List<JsonNode> Chain(string log)
    {
        var text = File.ReadAllText(log);
        Assert.That(text, Does.EndWith("\n"));
        var lines = new List<JsonNode>();
        var prev = new string('0', 64);
        foreach (var line in text[..^1].Split('\n'))
        {
            Assert.That(line, Does.StartWith(string.Create(CultureInfo.InvariantCulture, $"{{\"prev\":\"{prev}\",\"seq\":{lines.Count},")));
            lines.Add(JsonNode.Parse(line)!);
            prev = Hash(Encoding.UTF8.GetBytes(line));
        }

        return lines;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
}
