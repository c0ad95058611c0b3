using System.Diagnostics;

namespace ReleaseGate.Package.Tests;

/// <summary>A change that cannot exempt itself, and a gate that only warns, in builds: both hosts.</summary>
[TestFixture("task")]
[TestFixture("process")]
public sealed class PolicyFromTests(string host)
{
    private const string Manifest = """
        { "extends": "closed", "artifacts": [ { "match": "*.nupkg", "destination": "public" } ] }
        """;

    [Test]
    public void The_manifest_of_the_revision_judges_a_pack()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: $"<ReleaseGateHost>{host}</ReleaseGateHost><ReleaseGateReportPath>obj/report.json</ReleaseGateReportPath>");
        sandbox.Write("releasegate.json", Manifest);
        sandbox.Write(".gitignore", "obj/\nbin/\n");
        Git(sandbox, "init", "--quiet", "--initial-branch=main");
        Git(sandbox, "add", "--all");
        Git(sandbox, "commit", "--quiet", "--message", "Begin");
        // What the change brings: a stray file, and the permission for it.
        sandbox.Write("Acme/more/notes.sql", "select 1;");
        sandbox.Write("releasegate.json", Manifest.Replace("\"destination\": \"public\"", "\"destination\": \"public\",\n\"allow\": [\"content/notes.sql\"]"));

        var own = sandbox.Pack("Acme");
        Assert.That(own.ExitCode, Is.Zero, own.Output);
        var run = sandbox.Pack("Acme", "--no-build", "-p:ReleaseGatePolicyFrom=main");
        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Does.Contain("RG1001"), run.Output);
        Assert.That(run.Output, Does.Contain("The manifest of this change would let it pass; that counts once it is merged into main.").And.Contain($"{sandbox.In("releasegate.json")}(2,11): needs approval: allows \"content/notes.sql\" in \"*.nupkg\""));
        Assert.That(File.ReadAllText(sandbox.In("Acme", "obj", "report.json")), Does.Contain("\"from\": \"main (").And.Contain("\"needsApproval\": true"));
        Assert.That(sandbox.Packages(), Is.Empty);

        var unknown = sandbox.Pack("Acme", "--no-build", "-p:ReleaseGatePolicyFrom=origin/main");
        Assert.That(unknown.ExitCode, Is.Not.Zero, unknown.Output);
        Assert.That(unknown.Errors, Does.Contain("RG0001"), unknown.Output);
        Assert.That(unknown.Output, Does.Contain("git does not know the revision 'origin/main'").And.Contain("git fetch origin main"));

        Git(sandbox, "commit", "--quiet", "--all", "--message", "Approved");
        var merged = sandbox.Pack("Acme", "--no-build", "-p:ReleaseGatePolicyFrom=main");
        Assert.That(merged.ExitCode, Is.Zero, merged.Output);
        Assert.That(merged.Output, Does.Not.Contain("needs approval"));
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
    }

    [Test]
    public void Only_warned_a_pack_is_released_and_says_so()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: $"<ReleaseGateHost>{host}</ReleaseGateHost><ReleaseGateReportPath>obj/report.json</ReleaseGateReportPath><ReleaseGateWarnOnly>true</ReleaseGateWarnOnly>");

        var clean = sandbox.Pack("Acme");
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Warnings, Is.EqualTo(new[] { "ReleaseGateWarnOnly" }), clean.Output);

        sandbox.Write("Acme/more/appsettings.Development.json", "{}");
        var leaky = sandbox.Pack("Acme", "--no-build");
        Assert.That(leaky.ExitCode, Is.Zero, leaky.Output);
        Assert.That(leaky.Warnings, Does.Contain("RG2013").And.Contain("ReleaseGateWarnOnly"), leaky.Output);
        Assert.That(leaky.Output, Does.Contain("would be blocked (warn only)").And.Contain("WARN ONLY: 1 of 1 artifact would have been blocked").And.Contain("Acme.1.0.0.nupkg (ReleaseGate only warned)").And.Not.Contain("(passed ReleaseGate)"));
        Assert.That(File.ReadAllText(sandbox.In("Acme", "obj", "report.json")), Does.Contain("\"result\": \"blocked\"").And.Contain("\"warnOnly\": true"));
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));

        // Who counts warnings as errors counts these, too. A process is told only where the codes are named.
        var strict = sandbox.Pack("Acme", "--no-build", host == "task" ? "-warnaserror" : "-warnaserror:RG2013");
        Assert.That(strict.ExitCode, Is.Not.Zero, strict.Output);
        Assert.That(strict.Output, Does.Contain("RG2013").And.Contain("ReleaseGateWarnOnly"));
        Assert.That(sandbox.Packages(), Is.Empty);

        // What the gate cannot look at stops it all the same.
        var broken = sandbox.Pack("Acme", "--no-build", "-p:ReleaseGateManifest=missing.json");
        Assert.That(broken.ExitCode, Is.Not.Zero, broken.Output);
        Assert.That(broken.Errors, Does.Contain("RG0001"), broken.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [Test]
    public void Only_warned_a_folder_is_published_without_a_mark()
    {
        using var sandbox = new Sandbox();
        sandbox.Program();
        sandbox.Write("more/app.js.map", """{ "version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA" }""");

        var run = sandbox.Publish("Acme", "-p:ReleaseGateWarnOnly=true", "-p:ReleaseGateHost=" + host, "-o", "out");
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Warnings, Does.Contain("RG2001").And.Contain("ReleaseGateWarnOnly"), run.Output);
        Assert.That(sandbox.Files("out"), Has.One.EndsWith("app.js.map").And.None.EqualTo("releasegate-rejected.txt"));

        var blocked = sandbox.Publish("Acme", "-p:ReleaseGateHost=" + host, "-o", "out");
        Assert.That(blocked.ExitCode, Is.Not.Zero, blocked.Output);
        // The plan stops it, which knows names and first bytes only.
        Assert.That(blocked.Errors, Does.Contain("RG1001"), blocked.Output);
    }

    private static void Git(Sandbox sandbox, params string[] arguments)
    {
        var info = new ProcessStartInfo("git", ["-c", "user.name=Acme", "-c", "user.email=dev@acme.example", "-c", "commit.gpgsign=false", .. arguments]) { WorkingDirectory = sandbox.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output + error.Result);
    }
}
