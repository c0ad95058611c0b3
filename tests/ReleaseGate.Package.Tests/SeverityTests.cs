namespace ReleaseGate.Package.Tests;

/// <summary>The switches of MSBuild work on warnings and never on errors.</summary>
public sealed class SeverityTests
{
    [Test]
    public void Warnings_obey_the_switches_of_the_build()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: "<AllowedOutputExtensionsInPackageBuildOutputFolder>.pdb</AllowedOutputExtensionsInPackageBuildOutputFolder>");
        sandbox.Write("Acme/releasegate.json", """
            { "extends": "closed", "artifacts": [ { "match": "*.nupkg", "allow": ["lib/**/*.pdb"] } ], "rules": { "RG2006": "warning" } }
            """);
        Assert.That(sandbox.Dotnet("build", "Acme", "-c", "Release", "-nologo", "-v:q").ExitCode, Is.Zero);

        foreach (var host in (string[])["task", "process"])
        {
            Passes(host, warns: true);
            Passes(host, warns: false, "-p:NoWarn=RG2006");
            Passes(host, warns: false, "-p:MSBuildWarningsAsMessages=RG2006");
            Fails(host, "-p:WarningsAsErrors=RG2006");
        }

        Fails("task", "-p:MSBuildTreatWarningsAsErrors=true");
        Fails("task", "-warnaserror:RG2006");
        // Without codes MSBuild lets the task believe that its warnings are warnings, as long as the project names codes, which the SDK does.
        Fails("task", "-warnaserror");
        Fails("task", "-warnaserror", "-m:2", "-mt");
        Passes("task", warns: false, "-warnaserror", "-p:NoWarn=RG2006");
        Passes("task", warns: true, "-warnaserror", "-p:WarningsNotAsErrors=RG2006");
        Passes("task", warns: true, "-warnaserror", "-warnnotaserror:RG2006");

        void Passes(string host, bool warns, params string[] switches)
        {
            var run = sandbox.Pack(["Acme", "--no-build", "-p:ReleaseGateHost=" + host, .. switches]);
            Assert.That(run.ExitCode, Is.Zero, run.Output);
            Assert.That(run.Warnings, warns ? Is.EqualTo(new[] { "RG2006" }) : Is.Empty, run.Output);
            Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
        }

        void Fails(string host, params string[] switches)
        {
            var run = sandbox.Pack(["Acme", "--no-build", "-p:ReleaseGateHost=" + host, .. switches]);
            Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
            Assert.That(run.Errors, Does.Contain("RG2006"), run.Output);
            Assert.That(sandbox.Packages(), Is.Empty, $"{host} {string.Join(' ', switches)}\n{run.Output}");
        }
    }

    [Test]
    public void Nothing_lowers_an_error()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        sandbox.Write("Acme/more/appsettings.Development.json", "{}");
        Assert.That(sandbox.Dotnet("build", "Acme", "-c", "Release", "-nologo", "-v:q").ExitCode, Is.Zero);

        foreach (var switches in (string[][])[["-p:NoWarn=RG2013"], ["-p:MSBuildWarningsAsMessages=RG2013"], ["-noWarn:RG2013"], ["-p:WarningsNotAsErrors=RG2013"], ["-p:ContinueOnError=true"]])
        {
            var run = sandbox.Pack(["Acme", "--no-build", .. switches]);
            Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
            Assert.That(run.Errors, Does.Contain("RG2013"), run.Output);
            Assert.That(sandbox.Packages(), Is.Empty);
        }
    }
}
