namespace ReleaseGate.Package.Tests;

/// <summary>Every form of packing: what passes is released, what does not leaves nothing where a push would find it.</summary>
public sealed class PackTests
{
    private const string Leak = "more/appsettings.Development.json";

    [Test]
    public void A_clean_package_passes()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();

        var run = sandbox.Pack("Acme");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
        Assert.That(sandbox.Staged().Concat(sandbox.Rejected()), Is.Empty);
        var package = sandbox.In("Acme", "bin", "Release", "Acme.1.0.0.nupkg");
        Assert.That(run.Lines, Has.One.Matches<string>(l => l.StartsWith(package + ": passed, ") && l.Contains(", sha256 ")));
        // The form that the terminal logger shows.
        Assert.That(run.Lines, Has.One.EqualTo($"Acme -> {package} (passed ReleaseGate)"));
        Assert.That(run.Warnings, Is.Empty);
    }

    [Test]
    public void A_leaky_package_fails_until_the_leak_is_gone()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        Assert.That(sandbox.Pack("Acme").ExitCode, Is.Zero);
        sandbox.Write("Acme/" + Leak, "{}");

        foreach (var arguments in (string[][])[["Acme", "--no-restore"], ["Acme", "--no-restore"], ["Acme", "--no-build"]])
        {
            var run = sandbox.Pack(arguments);

            Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
            Assert.That(run.Errors, Does.Contain("RG2013"), run.Output);
            Assert.That(sandbox.Packages(), Is.Empty, "the old package must be gone and the new one put aside");
            Assert.That(sandbox.Rejected(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
            Assert.That(sandbox.Staged(), Is.Empty);
            var rejected = Path.Combine(sandbox.Folder, "Acme", "obj", "Release", Sandbox.Framework, "releasegate", $"Acme-{Sandbox.Framework}-", "rejected");
            Assert.That(run.Lines, Has.One.Matches<string>(l => l.Contains(".csproj : error : ") && l.Contains(rejected)));
            Assert.That(run.Output, Does.Contain(Path.Combine(sandbox.Folder, "Acme", "Acme.csproj") + " : error RG2013: content/appsettings.Development.json: "));
        }

        File.Delete(sandbox.In("Acme", "more", "appsettings.Development.json"));
        var mended = sandbox.Pack("Acme", "--no-build");

        Assert.That(mended.ExitCode, Is.Zero, mended.Output);
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
        Assert.That(sandbox.Rejected(), Is.Empty);
    }

    [TestCase("-o", "out")]
    [TestCase("--artifacts-path", "arts")]
    [TestCase("-p:PackageOutputPath=../../elsewhere", "")]
    [TestCase("-p:OutputFileNamesWithoutVersion=true", "")]
    [TestCase("-c", "Release")]
    [TestCase("-mt", "")]
    [TestCase("-p:PackageVersion=1.2.3.0", "")]
    [TestCase("-p:InstallPackageToOutputPath=true", "")]
    public void Other_ways_to_call_it(string option, string value)
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        string[] arguments = value == "" ? ["Acme", option] : ["Acme", option, value];
        string[] expected = [option.Contains("WithoutVersion") ? "Acme.nupkg" : option.Contains("1.2.3.0") ? "Acme.1.2.3.nupkg" : "Acme.1.0.0.nupkg"];

        var clean = sandbox.Pack(arguments);
        var elsewhere = option.Contains("elsewhere") ? Path.Combine(Feed.Root, "work", "elsewhere") : sandbox.Folder;
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(Names(elsewhere), Is.EqualTo(expected));
        if (option.Contains("Install")) Assert.That(File.Exists(sandbox.In("Acme", "bin", "Release", "Acme.1.0.0.nupkg.sha512")));

        sandbox.Write("Acme/" + Leak, "{}");
        var leaky = sandbox.Pack([.. arguments, "--no-restore"]);
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2013"), leaky.Output);
        Assert.That(Names(elsewhere), Is.Empty);

        static string[] Names(string folder) => Directory.GetFiles(folder, "*.nupkg", SearchOption.AllDirectories)
            .Where(f => !f.Contains("releasegate" + Path.DirectorySeparatorChar + "Acme-")).Select(f => Path.GetFileName(f)).ToArray();
    }

    [Test]
    public void Packages_made_by_a_build()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: "<GeneratePackageOnBuild>true</GeneratePackageOnBuild>");

        var clean = sandbox.Dotnet("build", "Acme", "-c", "Release", "-tl:off", "-nologo");
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));

        // Clean and Build in one project instance: the pack targets have calculated their paths before the build begins.
        var rebuilt = sandbox.Dotnet("build", "Acme", "-c", "Release", "-t:Rebuild", "--no-restore", "-tl:off", "-nologo");
        Assert.That(rebuilt.ExitCode, Is.Zero, rebuilt.Output);
        Assert.That(rebuilt.Lines, Has.One.Contains(": passed, "));
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));

        var cleaned = sandbox.Dotnet("clean", "Acme", "-c", "Release", "-tl:off", "-nologo");
        Assert.That(cleaned.ExitCode, Is.Zero, cleaned.Output);
        Assert.That(sandbox.Packages(), Is.Empty);

        sandbox.Write("Acme/" + Leak, "{}");
        var leaky = sandbox.Dotnet("build", "Acme", "-c", "Release", "--no-restore", "-tl:off", "-nologo");
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2013"));
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [TestCase("snupkg", "Acme.1.0.0.snupkg")]
    [TestCase("symbols.nupkg", "Acme.1.0.0.symbols.nupkg")]
    public void A_package_and_its_symbols_are_released_together_or_not_at_all(string format, string symbols)
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: $"<IncludeSymbols>true</IncludeSymbols><SymbolPackageFormat>{format}</SymbolPackageFormat>");
        // The old format repeats the whole package beside the symbols, which the closed profile does not expect.
        if (format != "snupkg") sandbox.Write("Acme/releasegate.json", """
            { "extends": "closed", "artifacts": [ { "match": "*.symbols.nupkg", "allow": ["lib/**/*.pdb"] } ], "rules": { "RG2006": "off" } }
            """);

        var clean = sandbox.Pack("Acme");
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(sandbox.Packages(), Is.EquivalentTo(new[] { "Acme.1.0.0.nupkg", symbols }));
        Assert.That(clean.Lines.Count(l => l.Contains(": passed, ")), Is.EqualTo(2));

        sandbox.Write("Acme/" + Leak, "{}");
        var leaky = sandbox.Pack("Acme", "--no-build");
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
        Assert.That(sandbox.Rejected(), Is.EquivalentTo(new[] { "Acme.1.0.0.nupkg", symbols }));
    }

    [Test]
    public void A_nuspec_file_that_names_another_package_than_the_project()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: "<NuspecFile>other.nuspec</NuspecFile>");
        Nuspec("README.md");

        var clean = sandbox.Pack("Acme");
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Quite.Other.9.9.9.nupkg" }));

        sandbox.Write("Acme/" + Leak, "{}");
        Nuspec("more/*.json");
        var leaky = sandbox.Pack("Acme", "--no-build");
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
        Assert.That(sandbox.Rejected(), Is.EqualTo(new[] { "Quite.Other.9.9.9.nupkg" }));

        void Nuspec(string file) => sandbox.Write("Acme/other.nuspec", $"""
            <package><metadata><id>Quite.Other</id><version>9.9.9</version><authors>Acme</authors><description>Other.</description></metadata>
            <files><file src="{file}" target="" /><file src="bin/Release/{Sandbox.Framework}/Acme.dll" target="lib/{Sandbox.Framework}" /></files></package>
            """);
    }

    [Test]
    public void A_project_that_packs_another_one_fails_with_it()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        sandbox.Write("Acme/" + Leak, "{}");
        sandbox.Write("caller.proj", """
            <Project>
              <PropertyGroup><GoOn Condition="'$(GoOn)' == ''">false</GoOn></PropertyGroup>
              <Target Name="Build">
                <MSBuild Projects="Acme/Acme.csproj" Targets="Restore" Properties="Restoring=true" />
                <MSBuild Projects="Acme/Acme.csproj" Targets="Pack" Properties="Configuration=Release" ContinueOnError="$(GoOn)" />
                <Message Importance="high" Text="the caller went on" />
              </Target>
            </Project>
            """);

        var run = sandbox.Dotnet("msbuild", "caller.proj", "-tl:off", "-nologo");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Does.Contain("RG2013"));
        Assert.That(run.Output, Does.Not.Contain("the caller went on"));
        Assert.That(sandbox.Packages(), Is.Empty);

        // Who asks to go on goes on without a package.
        var on = sandbox.Dotnet("msbuild", "caller.proj", "-tl:off", "-nologo", "-p:GoOn=true");
        Assert.That(on.ExitCode, Is.Not.Zero, on.Output);
        Assert.That(on.Output, Does.Contain("the caller went on"));
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [Test]
    public void Switched_off_it_says_so()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        sandbox.Write("Acme/" + Leak, "{}");

        var run = sandbox.Pack("Acme", "-p:ReleaseGateEnabled=false");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Output, Does.Contain("warning ReleaseGateDisabled: ReleaseGate is switched off"));
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
    }

    [Test]
    public void A_pack_that_goes_past_the_stage_fails_and_leaves_nothing()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(more: """
            <Target Name="Unstage" BeforeTargets="GenerateNuspec" DependsOnTargets="_ReleaseGateStagePackages">
              <PropertyGroup><PackageOutputAbsolutePath>$(_ReleaseGateFinal)</PackageOutputAbsolutePath></PropertyGroup>
            </Target>
            """);

        var run = sandbox.Pack("Acme");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Is.EqualTo(new[] { "RG0007" }), run.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Pack_targets_that_are_not_known_fail_and_leave_nothing(bool theOtherHookIsLostToo)
    {
        using var sandbox = new Sandbox();
        if (theOtherHookIsLostToo) sandbox.Write("Directory.Build.targets", "<Project><PropertyGroup><PackDependsOn></PackDependsOn></PropertyGroup></Project>");
        // Stands for a NuGet whose pack no longer says that it is one.
        sandbox.Library(more: """
            <Target Name="Rename" AfterTargets="_IntermediatePack">
              <PropertyGroup><ContinuePackingAfterGeneratingNuspec /><Renamed>true</Renamed></PropertyGroup>
            </Target>
            <Target Name="RenameBack" AfterTargets="_ReleaseGateStagePackages">
              <PropertyGroup><ContinuePackingAfterGeneratingNuspec>true</ContinuePackingAfterGeneratingNuspec></PropertyGroup>
            </Target>
            """);

        var run = sandbox.Pack("Acme");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Is.EqualTo(new[] { "RG0007" }), run.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [Test]
    public void A_lost_hook_fails()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        sandbox.Write("Directory.Build.targets", "<Project><PropertyGroup><PackDependsOn></PackDependsOn></PropertyGroup></Project>");

        var run = sandbox.Pack("Acme");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Is.EqualTo(new[] { "RG0007" }), run.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [Test]
    public void A_step_between_packing_and_the_check_is_checked_too()
    {
        using var sandbox = new Sandbox();
        // As a step that signs or adds to the package, only a worse one.
        sandbox.Library(more: """
            <Target Name="Replace" AfterTargets="GenerateNuspec">
              <ItemGroup><_Packed Include="@(NuGetPackOutput)" Condition="'%(Extension)' == '.nupkg'" /></ItemGroup>
              <ZipDirectory SourceDirectory="other" DestinationFile="%(_Packed.FullPath)" Overwrite="true" />
            </Target>
            """);
        sandbox.Write("Acme/other/Acme.nuspec", "<package><metadata><id>Acme</id><version>1.0.0</version><authors>Acme</authors><description>A</description></metadata></package>");
        sandbox.Write("Acme/other/content/appsettings.Development.json", "{}");

        var run = sandbox.Pack("Acme");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Does.Contain("RG2013"), run.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [Test]
    public void Builds_that_pack_nothing_run_no_task_of_the_gate()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();

        string[][] others =
        [
            ["build", "Acme", "-c", "Release"],
            // As an editor asks a project what it consists of.
            ["msbuild", "Acme", "-p:Configuration=Release", "-p:DesignTimeBuild=true", "-p:BuildingInsideVisualStudio=true", "-p:SkipCompilerExecution=true",
                "-p:ProvideCommandLineArgs=true", "-t:ResolveReferences;Compile;CollectPackageReferences"],
            ["clean", "Acme", "-c", "Release"],
        ];
        foreach (var arguments in others)
        {
            var run = sandbox.Dotnet([.. arguments, "-tl:off", "-nologo", "-bl:" + sandbox.In("other.binlog")]);
            Assert.That(run.ExitCode, Is.Zero, run.Output);
            var log = BuildLog.Read(sandbox.In("other.binlog"));
            Assert.That(log.Targets, Is.Not.Empty);
            // A build asks whether it has made any artifacts, which takes no task; a clean takes the receipts away, with MSBuild's own task; the others do not even ask.
            var ours = log.Targets.Where(t => t.Contains("ReleaseGate") && !(arguments[0] == "build" && t.StartsWith("_ReleaseGateArtifacts", StringComparison.Ordinal)));
            Assert.That(ours, Is.EqualTo(arguments[0] == "clean" ? ["_ReleaseGateCleanReceipts"] : Array.Empty<string>()));
            var tasks = log.Tasks.Distinct().Where(t => log.TargetsOf(t).Any(target => target.Contains("ReleaseGate")));
            Assert.That(tasks, Is.EqualTo(arguments[0] == "clean" ? ["RemoveDir"] : Array.Empty<string>()));
            Assert.That(log.Loaded, Has.None.Contains("ReleaseGate"));
        }

        var pack = sandbox.Pack("Acme", "--no-restore", "-bl:" + sandbox.In("pack.binlog"));
        Assert.That(pack.ExitCode, Is.Zero, pack.Output);
        Assert.That(BuildLog.Read(sandbox.In("pack.binlog")).Loaded, Has.Some.Contains("ReleaseGate.Tasks"), "or what is said above says nothing");
    }

    [Test]
    public void Processes_that_live_on_after_a_build_check_the_next_one_as_well()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        sandbox.Library("Other");
        sandbox.Write("All.slnx", """<Solution><Project Path="Acme/Acme.csproj" /><Project Path="Other/Other.csproj" /></Solution>""");
        // One process of the build's own and one beside it; the salt keeps other people's out.
        var environment = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = Feed.Cache, ["MSBUILDDISABLENODEREUSE"] = "0", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "1", ["MSBUILDUSESERVER"] = "1",
            ["MSBUILDNODEHANDSHAKESALT"] = Path.GetFileName(Feed.Root),
        };
        try
        {
            Release(leaky: false);
            sandbox.Write("Acme/" + Leak, "{}");
            Release(leaky: true);
            File.Delete(sandbox.In("Acme", "more", "appsettings.Development.json"));
            Release(leaky: false);
        }
        finally
        {
            var stopped = Dotnet.Run(sandbox.Folder, ["build-server", "shutdown", "--msbuild"], environment);
            Assert.That(stopped.ExitCode, Is.Zero, stopped.Output);
        }

        void Release(bool leaky)
        {
            var run = Dotnet.Run(sandbox.Folder, ["pack", "All.slnx", "-o", "out", "-m:2", "-nr:true", "-tl:off", "-nologo"], environment);
            Assert.That(run.ExitCode, leaky ? Is.Not.Zero : Is.Zero, run.Output);
            Assert.That(run.Errors.Contains("RG2013"), Is.EqualTo(leaky), run.Output);
            Assert.That(sandbox.Packages("out"), leaky ? Is.EqualTo(new[] { "Other.1.0.0.nupkg" }) : Is.EqualTo(new[] { "Acme.1.0.0.nupkg", "Other.1.0.0.nupkg" }));
        }
    }
}
