namespace ReleaseGate.Package.Tests;

/// <summary>A package that depends on its own gate.</summary>
public sealed class ConsumerTests
{
    [Test]
    public void A_package_that_depends_on_the_gate_is_stopped_with_the_fix()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(reference: "");

        var run = sandbox.Pack("Acme");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Does.Contain("RG5005"), run.Output);
        Assert.That(run.Output, Does.Contain("PrivateAssets"));
        Assert.That(sandbox.Packages(), Is.Empty);
    }
}
