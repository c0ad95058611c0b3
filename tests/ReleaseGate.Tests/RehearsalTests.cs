using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests;

/// <summary>The rehearsal walks the whole way: a package, its metadata, an assembly, all rules, a verdict.</summary>
public sealed class RehearsalTests
{
    [Test]
    public void It_goes_all_the_way()
    {
        var verdict = Rehearsal.Run(new FileSystem(), File.ReadAllBytes(typeof(RehearsalTests).Assembly.Location));

        Assert.That(verdict.Inventory.Kind, Is.EqualTo(ArtifactKind.NuGetPackage));
        Assert.That(verdict.Inventory.Package?.Id, Is.EqualTo("Rehearsal"));
        Assert.That(verdict.Inventory.Entries.Select(e => e.Kind), Is.EquivalentTo(new[] { EntryKind.Xml, EntryKind.Text, EntryKind.PortableExecutable }));
        Assert.That(verdict.RulesRun, Is.EqualTo(BuiltInRules.All.Select(r => r.Descriptor.Id)));
        Assert.That(verdict.Findings.Where(f => f.Finding.Rule.Id.IsGate), Is.Empty, "a rehearsal that stumbles prepares nothing");
    }
}
