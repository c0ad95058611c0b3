using System.Globalization;
using System.Text.RegularExpressions;

namespace ReleaseGate.Package.Tests;

/// <summary>How a project that leaks comes to live with the gate, from the first red build to the last waiver gone: with the real packages and tools, the clock turned forward.</summary>
public sealed class StoryTests
{
    private const string Leak = "content/appsettings.Development.json";

    [TestCase("task")]
    [TestCase("process")]
    public void A_library_is_adopted_and_mended(string host)
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        sandbox.Write("Acme/more/appsettings.Development.json", "{}");
        var manifest = sandbox.In("Acme", "releasegate.json");
        Run Pack(params string[] more) => sandbox.Pack(["Acme", "-p:ReleaseGateHost=" + host, .. more]);

        var leaky = Pack();
        Assert.That(leaky.Errors, Does.Contain("RG2013"), leaky.Output);

        var init = sandbox.ReleaseGate("init", "--project", "Acme/Acme.csproj", "--waive-today", "--owner", "alice@acme.example");
        Assert.That(init.ExitCode, Is.Zero, init.Output);
        Assert.That(init.Lines, Does.Contain($"W-1 RG2013 DevelopmentConfiguration: {Leak}"));
        Assert.That(init.Output, Does.Contain("passes by it until then: dotnet pack "));
        Assert.That(sandbox.Packages(), Is.Empty, "what init packs it takes away again");

        var waived = Pack();
        Assert.That(waived.ExitCode, Is.Zero, waived.Output);
        Assert.That(waived.Output, Does.Contain("W-1"), "what is waived is seen");
        Assert.That(waived.Errors.Concat(waived.Warnings), Is.Empty, waived.Output);
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));

        var soon = Pack("-p:ReleaseGateAsOf=" + Day(20));
        Assert.That((soon.ExitCode, string.Join(' ', soon.Warnings)), Is.EqualTo((0, "RG0005")), soon.Output);

        var expired = Pack("-p:ReleaseGateAsOf=" + Day(31));
        Assert.That(expired.Errors, Does.Contain("RG0005").And.Contain("RG2013"), expired.Output);
        Assert.That(expired.Output, Does.Contain($"{manifest}({PlaceOf(manifest, "\"id\": \"W-1\"", up: 1)}): error RG0005: "), "the line of the waiver");
        Assert.That(sandbox.Packages(), Is.Empty);

        File.Delete(sandbox.In("Acme", "more", "appsettings.Development.json"));
        var unused = Pack();
        Assert.That(unused.Errors.Where(e => e.StartsWith("RG", StringComparison.Ordinal)), Is.EqualTo(new[] { "RG0004", "RG0006" }), unused.Output);
        Assert.That(unused.Output, Does.Contain($"{manifest}({PlaceOf(manifest, "\"id\": \"W-1\"", up: 1)}): error RG0004: "), "the line of the waiver");
        Assert.That(unused.Output, Does.Contain($"{manifest}({PlaceOf(manifest, $"\"{Leak}\"")}): error RG0006: "), "the line of the entry");

        RemoveWaivers(manifest, Leak);
        var mended = Pack();
        Assert.That(mended.ExitCode, Is.Zero, mended.Output);
        Assert.That(mended.Errors.Concat(mended.Warnings), Is.Empty, mended.Output);
        Assert.That(mended.Output, Does.Not.Contain("W-1"));
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
    }

    [Test]
    public void An_npm_package_is_adopted_and_mended()
    {
        const string map = "dist/index.js.map";
        using var sandbox = new Sandbox();
        sandbox.NpmPackage("cli", "@acme/cli");
        sandbox.Write("cli/" + map, """{ "version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA" }""");
        var manifest = sandbox.In("cli", "releasegate.json");
        Run Release(params string[] more) => sandbox.ReleaseGate(["npm", "cli", "--output", "out", .. more]);

        var leaky = Release();
        Assert.That((leaky.ExitCode, leaky.Errors.Contains("RG2001")), Is.EqualTo((1, true)), leaky.Output);

        var init = sandbox.ReleaseGate("init", "--project", "cli/package.json", "--waive-today", "--owner", "alice@acme.example", "--days", "10");
        Assert.That(init.ExitCode, Is.Zero, init.Output);
        Assert.That(init.Lines, Does.Contain("the artifact passes by it until then: releasegate npm cli"));

        var waived = Release();
        Assert.That(waived.ExitCode, Is.Zero, waived.Output);
        Assert.That(waived.Warnings, Is.EqualTo(new[] { "RG0005" }), "it expires within 14 days: " + waived.Output);
        Assert.That(sandbox.Tarballs(), Is.EqualTo(new[] { "acme-cli-1.0.0.tgz" }));

        var expired = Release("--as-of", Day(11));
        Assert.That(expired.ExitCode, Is.EqualTo(1), expired.Output);
        Assert.That(expired.Errors, Is.EqualTo(new[] { "RG0005", "RG2001", "RG2002" }), expired.Output);
        Assert.That(expired.Output, Does.Contain($"({PlaceOf(manifest, "\"id\": \"W-1\"", up: 1)}): error RG0005: "));
        Assert.That(sandbox.Tarballs(), Is.Empty);

        File.Delete(sandbox.In("cli", "dist", "index.js.map"));
        var unused = Release();
        Assert.That(unused.Errors, Is.EqualTo(new[] { "RG0004", "RG0006" }), unused.Output);
        Assert.That(unused.Output, Does.Contain($"({PlaceOf(manifest, "\"id\": \"W-1\"", up: 1)}): error RG0004: "));

        RemoveWaivers(manifest, map);
        var mended = Release();
        Assert.That(mended.ExitCode, Is.Zero, mended.Output);
        Assert.That(mended.Errors.Concat(mended.Warnings), Is.Empty, mended.Output);
        Assert.That(sandbox.Tarballs(), Is.EqualTo(new[] { "acme-cli-1.0.0.tgz" }));
    }

    [Test]
    public void A_program_that_makes_no_package_is_adopted_by_the_folder_it_publishes()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: "<OutputType>Exe</OutputType><IsPackable>false</IsPackable><DebugType>none</DebugType><UseAppHost>false</UseAppHost>");
        sandbox.Write("Acme/Class1.cs", "System.Console.WriteLine(1);");

        var pack = sandbox.ReleaseGate("init", "--project", "Acme");
        Assert.That(pack.ExitCode, Is.EqualTo(2), pack.Output);
        Assert.That(pack.Output, Does.Contain("the project makes no package (IsPackable is false)").And.Contain("add '--publish'"));
        var init = sandbox.ReleaseGate("init", "--project", "Acme", "--publish");
        Assert.That(init.ExitCode, Is.Zero, init.Output);
        Assert.That(File.ReadAllText(sandbox.In("Acme", "releasegate.json")), Does.Contain("\"match\": \"publish/\"").And.Contain("\"Acme.dll\""));

        var published = sandbox.Dotnet("publish", "Acme", "-tl:off", "-nologo");
        Assert.That(published.ExitCode, Is.Zero, published.Output);
        Assert.That(published.Errors.Concat(published.Warnings), Is.Empty, published.Output);
        Assert.That(published.Output, Does.Contain(": passed, "));
    }

    private static string Day(int ahead) => DateTime.UtcNow.AddDays(ahead).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Line and column of a text in a file, or of what the line that many lines above it begins with.</summary>
    private static string PlaceOf(string file, string text, int up = 0)
    {
        var lines = File.ReadAllLines(file);
        var at = Array.FindIndex(lines, l => l.TrimStart().StartsWith(text, StringComparison.Ordinal));
        Assert.That(at, Is.GreaterThan(0), text);
        var line = lines[at - up];
        return $"{at - up + 1},{line.Length - line.TrimStart().Length + 1}";
    }

    /// <summary>What somebody does in an editor once all is mended.</summary>
    private static void RemoveWaivers(string manifest, string entry)
    {
        var text = Regex.Replace(File.ReadAllText(manifest), """,\n  //[^\n]*\n  "waivers": \[.*\n  \]""", "", RegexOptions.Singleline);
        File.WriteAllText(manifest, Regex.Replace(text, $"""\n *"{Regex.Escape(entry)}"[^\n]*""", ""));
        Assert.That(File.ReadAllText(manifest), Does.Not.Contain("waive").And.Not.Contain(entry));
    }
}
