using System.IO.Abstractions;
using ReleaseGate.Governance;

namespace ReleaseGate.Package.Tests;

/// <summary>The receipts that builds write, in both hosts.</summary>
public sealed class ReceiptTests
{
    private const string Map = """{ "version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA" }""";

    private const string Epoch = "1767225600";

    private static readonly string[] Hosts = ["task", "process"];

    [Test]
    public void Pack_writes_the_same_receipt_in_both_hosts_and_a_leaky_pack_none()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        var texts = new List<string>();
        foreach (var host in Hosts)
        {
            var run = sandbox.Dotnet(["pack", "Acme", "-tl:off", "-nologo", $"-p:ReleaseGateHost={host}"], new() { [Receipt.EpochVariable] = Epoch });
            Assert.That(run.ExitCode, Is.Zero, run.Output);
            var receipt = Receipts(sandbox).Single();
            Assert.That(receipt, Does.StartWith("Acme/obj/Release/").And.EndWith("/receipts/Acme.1.0.0.nupkg.receipt.json"));
            Same(sandbox, receipt, "Acme/bin/Release/Acme.1.0.0.nupkg");
            texts.Add(File.ReadAllText(sandbox.In(receipt.Split('/'))));
        }

        Assert.That(texts[1], Is.EqualTo(texts[0]));
        Assert.That(texts[0], Does.Contain("\"time\": \"2026-01-01T00:00:00Z\"").And.Not.Contain(sandbox.Folder));

        sandbox.Write("Acme/more/a.map", Map);
        foreach (var host in Hosts)
        {
            Assert.That(sandbox.Pack("Acme", $"-p:ReleaseGateHost={host}").ExitCode, Is.Not.Zero);
            Assert.That(Receipts(sandbox), Is.Empty, host);
            if (host == Hosts[^1]) break;
            File.Delete(sandbox.In("Acme", "more", "a.map"));
            Assert.That(sandbox.Pack("Acme", "--no-restore").ExitCode, Is.Zero);
            Assert.That(Receipts(sandbox), Has.Length.EqualTo(1));
            sandbox.Write("Acme/more/a.map", Map);
        }
    }

    [Test]
    public void A_project_says_where_receipts_go_and_whether()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: "<IncludeSymbols>true</IncludeSymbols><SymbolPackageFormat>snupkg</SymbolPackageFormat>");
        Run Pack(params string[] arguments) => sandbox.Pack(["Acme", .. sandbox.OnceRestored, .. arguments]);
        foreach (var host in Hosts)
        {
            var beside = Pack($"-p:ReleaseGateHost={host}", "-p:ReleaseGateReceipt=package", "-p:SOURCE_DATE_EPOCH=0", "-o", sandbox.In("out"));
            Assert.That(beside.ExitCode, Is.Zero, beside.Output);
            Assert.That(sandbox.Files("out"), Is.EqualTo(new[] { "Acme.1.0.0.nupkg", "Acme.1.0.0.nupkg.receipt.json", "Acme.1.0.0.snupkg", "Acme.1.0.0.snupkg.receipt.json" }));
            Assert.That(Directory.GetFiles(sandbox.In("out"), "*.nupkg").Select(Path.GetFileName), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }), "what a push finds");
            Same(sandbox, "out/Acme.1.0.0.snupkg.receipt.json", "out/Acme.1.0.0.snupkg");
            Assert.That(File.ReadAllText(sandbox.In("out", "Acme.1.0.0.nupkg.receipt.json")), Does.Contain("\"time\": \"1970-01-01T00:00:00Z\""), "a property counts as the variable does");

            var elsewhere = Pack($"-p:ReleaseGateHost={host}", "-o", sandbox.In("out"));
            Assert.That(elsewhere.ExitCode, Is.Zero, elsewhere.Output);
            Assert.That(sandbox.Files("out"), Is.EqualTo(new[] { "Acme.1.0.0.nupkg", "Acme.1.0.0.snupkg" }), "the receipts of the packages before are not those of these");

            var malformed = Pack($"-p:ReleaseGateHost={host}", "-p:ReleaseGateReceipt=package", "-p:SOURCE_DATE_EPOCH=today", "-o", sandbox.In("out"));
            Assert.That(malformed.Errors, Does.Contain("RG0007"), malformed.Output);
            Assert.That(malformed.Output, Does.Contain("SOURCE_DATE_EPOCH is 'today'"));
            Assert.That(sandbox.Files("out"), Is.Empty);

            // Nobody vouches for a run that only warns.
            var warned = Pack($"-p:ReleaseGateHost={host}", "-p:ReleaseGateWarnOnly=true");
            Assert.That(warned.ExitCode, Is.Zero, warned.Output);
            var off = Pack($"-p:ReleaseGateHost={host}", "-p:ReleaseGateReceipt=off");
            Assert.That(off.ExitCode, Is.Zero, off.Output);
            Assert.That(Receipts(sandbox), Is.Empty);
        }

        var wrong = Pack("-p:ReleaseGateReceipt=bin");
        Assert.That(wrong.ExitCode, Is.Not.Zero);
        Assert.That(wrong.Output, Does.Contain("ReleaseGateReceipt is 'bin', and takes obj, package and off only."));
        Assert.That(sandbox.Packages("Acme"), Is.Empty);

        Assert.That(Pack().ExitCode, Is.Zero);
        Assert.That(Receipts(sandbox), Has.Length.EqualTo(2));
        Assert.That(sandbox.Dotnet("clean", "Acme", "-c", "Release", "-nologo").ExitCode, Is.Zero);
        Assert.That(Receipts(sandbox), Is.Empty, "cleaned");
    }

    [TestCase("task")]
    [TestCase("process")]
    public void The_receipt_of_a_publish_is_about_the_folder_as_it_is_in_the_end(string host)
    {
        using var sandbox = new Sandbox();
        sandbox.Program(more: """
            <Target Name="Late" AfterTargets="Publish"><WriteLinesToFile File="$(PublishDir)late.txt" Lines="late" Overwrite="true" /></Target>
            """);
        sandbox.Write("releasegate.json", """{ "extends": "closed", "artifacts": [ { "match": "*/", "allow": ["**/*.txt"] } ] }""");
        sandbox.Write("more/early.txt", "early");

        var run = sandbox.Publish("Acme", "-o", sandbox.In("publish"), $"-p:ReleaseGateHost={host}");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        var receipt = Receipts(sandbox).Single();
        Assert.That(receipt, Does.StartWith("Acme/obj/").And.EndWith("/receipts/publish.receipt.json"));
        Assert.That(Read(sandbox, receipt).Content.Entries.Select(e => e.Path), Does.Contain("late.txt"));
        Same(sandbox, receipt, "publish");

        sandbox.Write("more/a.map", Map);
        Assert.That(sandbox.Publish("Acme", "-o", sandbox.In("publish"), $"-p:ReleaseGateHost={host}").ExitCode, Is.Not.Zero);
        Assert.That(Receipts(sandbox), Is.Empty);
    }

    [Test]
    public void The_receipt_of_a_site_comes_with_its_last_look()
    {
        using var sandbox = new Sandbox();
        sandbox.Program(sdk: "Microsoft.NET.Sdk.Web");

        var run = sandbox.Publish("Acme", "-o", sandbox.In("publish"));

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        var receipt = Receipts(sandbox).Single();
        Assert.That(Read(sandbox, receipt).Content.Entries.Select(e => e.Path), Does.Contain("web.config"));
        Same(sandbox, receipt, "publish");
    }

    [TestCase("task")]
    [TestCase("process")]
    public void Other_artifacts_and_npm_packages_have_theirs(string host)
    {
        using var project = new PlainProject("""
            <PropertyGroup><BuildDependsOn>MakeZip;Stage</BuildDependsOn></PropertyGroup>
            <Target Name="Stage"><Copy SourceFiles="out/site.zip" DestinationFolder="obj/stage" /></Target>
            <ItemGroup><ReleaseGateArtifact Include="obj/stage/site.zip" ReleaseTo="dist/" /><ReleaseGateArtifact Include="out/site.zip" /></ItemGroup>
            """);
        var run = project.Build($"-p:ReleaseGateHost={host}");
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(project.Files("*.receipt.json"), Is.EqualTo(new[] { "obj/releasegate/site---artifacts/receipts/2/site.zip.receipt.json", "obj/releasegate/site---artifacts/receipts/site.zip.receipt.json" }));
        foreach (var receipt in project.Files("*.receipt.json")) Same(project.Sandbox, receipt, "dist/site.zip");
        Assert.That(project.Leaky().Build($"-p:ReleaseGateHost={host}").ExitCode, Is.Not.Zero);
        Assert.That(project.Files("*.receipt.json"), Is.Empty);

        using var sandbox = new Sandbox();
        sandbox.NpmPackage("Acme/cli", "@acme/cli");
        sandbox.NoTargets("Acme", "<ReleaseGateNpmPackage Include=\"cli/\" OutputFolder=\"../out\" />");
        foreach (var beside in (bool[])[false, true])
        {
            var npm = sandbox.Dotnet("build", "Acme", "-tl:off", "-nologo", $"-p:ReleaseGateHost={host}", beside ? "-p:ReleaseGateReceipt=package" : "-p:ReleaseGateReceipt=obj");
            Assert.That(npm.ExitCode, Is.Zero, npm.Output);
            Same(sandbox, Receipts(sandbox).Single(r => r.StartsWith("out/", StringComparison.Ordinal) == beside), "out/acme-cli-1.0.0.tgz");
        }
    }

    [Test]
    public void What_a_build_is_told_to_judge_by_holds_for_npm_packages_too()
    {
        using var sandbox = new Sandbox();
        sandbox.NpmPackage("Acme/cli", "@acme/cli");
        sandbox.Write("Acme/cli/dist/index.js.map", Map);
        sandbox.NoTargets("Acme", "<ReleaseGateNpmPackage Include=\"cli/\" />", "<ReleaseGateReportFormats>sarif;markdown</ReleaseGateReportFormats><ReleaseGateReportPath>gate.json</ReleaseGateReportPath>");

        var run = sandbox.Dotnet("build", "Acme", "-tl:off", "-nologo", "-p:ReleaseGateWarnOnly=true", "-p:ReleaseGateSarifWaived=omit");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Warnings, Does.Contain("RG2001"));
        Assert.That(sandbox.Files("Acme").Where(f => f.StartsWith("gate.", StringComparison.Ordinal)), Is.EqualTo(new[] { "gate.npm.cli.json", "gate.npm.cli.md", "gate.npm.cli.sarif" }));
        Assert.That(Receipts(sandbox), Is.Empty);
        var asOf = sandbox.Dotnet("build", "Acme", "-tl:off", "-nologo", "-p:ReleaseGateAsOf=tomorrow");
        Assert.That(asOf.Output, Does.Contain("'tomorrow' is no day"));
        Assert.That(asOf.ExitCode, Is.Not.Zero);
    }

    private static string[] Receipts(Sandbox sandbox) => [.. sandbox.Files().Where(f => f.Contains(".receipt.json", StringComparison.Ordinal))];

    private static Receipt Read(Sandbox sandbox, string path) => new ReceiptReader(new FileSystem()).Read(sandbox.In(path.Split('/')));

    private static void Same(Sandbox sandbox, string receipt, string artifact)
    {
        var run = sandbox.ReleaseGate("verify", artifact, "--receipt", receipt);
        Assert.That(run.ExitCode, Is.Zero, run.Output);
    }
}
