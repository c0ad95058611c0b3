namespace ReleaseGate.Package.Tests.Doors;

/// <summary>
/// Every door, nothing mocked: clean passes; leaky fails, and nothing of it lies where it would be pushed or deployed from; it fails again;
/// the message names rule, entry and next step; mended it passes.
/// </summary>
public sealed class DoorTests
{
    private const string Marker = "releasegate-rejected.txt";

    private static IEnumerable<Door> All => [.. PackDoors.All, .. PublishDoors.All, .. ArtifactDoors.All, .. NpmDoors.All, .. WrapperDoors.All];

    [TestCaseSource(nameof(All))]
    public void A_door_stands(object row)
    {
        var door = (Door)row;
        using var sandbox = new Sandbox();
        door.Arrange(sandbox);

        var clean = door.Release(sandbox, Log(door, sandbox, "clean"));
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Output, Does.Contain(": passed, "));
        Assert.That(clean.Errors.Concat(clean.Warnings), Is.Empty, clean.Output);
        var released = door.Out(sandbox);
        Assert.That(released, Is.Not.Empty, "a test of a door that releases nothing shows nothing");
        if (door.Checks is not null)
        {
            var log = BuildLog.Read(sandbox.In("clean.binlog"));
            Assert.That(log.TargetsOf("CheckArtifacts"), Is.EqualTo(door.Checks));
            // Rewritten from the stage to where the packages were released, after they were.
            Assert.That(log.ForeignItems(), Is.SubsetOf(new[] { "NuGetPackOutput", "_OutputPackItems" }));
            var order = door.Order.Select(t => log.Targets.ToList().LastIndexOf(t)).ToArray();
            Assert.That(order, Is.All.GreaterThanOrEqualTo(0), string.Join(' ', door.Order));
            Assert.That(order, Is.Ordered, string.Join(' ', log.Targets));
        }

        door.Leak(sandbox);
        foreach (var time in (string[])["leaky", "again"])
        {
            var leaky = door.Release(sandbox, Log(door, sandbox, time));
            Assert.That(leaky.ExitCode, Is.Not.Zero, $"{time}: {leaky.Output}");
            Assert.That(leaky.Errors, Does.Contain(door.Rule), leaky.Output);
            Assert.That(leaky.Lines, Has.Some.Matches<string>(l => l.Contains($"error {door.Rule}: {door.Entry}: ") && l.TrimEnd(']').Length > 60), leaky.Output);
            Assert.That(leaky.Output, Does.Contain("ReleaseGate released nothing").Or.Contain("blocked, "), leaky.Output);
            if (door.Fails is not null) Assert.That(BuildLog.Read(sandbox.In(time + ".binlog")).Failed, Does.Contain(door.Fails));
            switch (door.Left)
            {
                case Aftermath.Aside:
                    Assert.That(door.Out(sandbox), Is.Empty);
                    Assert.That(Directory.GetDirectories(sandbox.Folder, "rejected", SearchOption.AllDirectories).SelectMany(Directory.GetFiles), Is.Not.Empty);
                    break;
                case Aftermath.Marked:
                    Assert.That(door.Out(sandbox), Does.Contain(Marker));
                    break;
                default:
                    Assert.That(door.Out(sandbox), Is.EqualTo(time == "leaky" ? released : door.Out(sandbox)));
                    Assert.That(door.Out(sandbox), Does.Not.Contain(door.Entry));
                    break;
            }
        }

        door.Mend(sandbox);
        var mended = door.Release(sandbox, []);
        Assert.That(mended.ExitCode, Is.Zero, mended.Output);
        Assert.That(door.Out(sandbox), Is.EqualTo(released));
    }

    [Test]
    public void The_page_lists_every_door()
    {
        var page = File.ReadAllLines(Path.Combine(Feed.Repository, "docs", "doors.md"));
        var rows = page.Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(l => l.Split('|', StringSplitOptions.TrimEntries)).Select(c => (c[1], c[^2])).ToArray();
        var doors = All.Select(d => (d.Name, d.Left switch { Aftermath.Aside => "moved aside", Aftermath.Marked => "folder marked", _ => "nothing written" })).ToArray();
        Assert.That(rows, Is.EquivalentTo(doors));
    }

    private static string[] Log(Door door, Sandbox sandbox, string name) => door.Checks is null ? [] : ["-bl:" + sandbox.In(name + ".binlog")];
}
