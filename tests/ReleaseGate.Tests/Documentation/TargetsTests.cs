using System.Text.RegularExpressions;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Documentation;

/// <summary>What is written several times in the targets because MSBuild runs a target once for a project: it has to stay the same.</summary>
internal sealed class TargetsTests
{
    [Test]
    public void What_an_earlier_pack_said_goes_in_the_same_way_wherever_a_package_goes()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "nuget", "build", "ReleaseGate.Pack.targets")).ReplaceLineEndings("\n");
        var blocks = Regex.Matches(text, "<Delete Files=\"@\\((_ReleaseGate\\w+)->'[^']*receipts/.*?<Delete Files=\"@\\(_ReleaseGateOldSbom\\)\" />", RegexOptions.Singleline);

        string[] items = ["_ReleaseGateOld", "_ReleaseGatePointer", "_ReleaseGatePlatformReleased", "_ReleaseGateReleased"];
        Assert.That(blocks.Select(b => b.Groups[1].Value), Is.EqualTo(items));
        var written = blocks.Select(b => b.Value.Replace($"@({b.Groups[1].Value}->", "@(ITEM->", StringComparison.Ordinal)
            .Replace("%(Work)", "$(_ReleaseGateWork)", StringComparison.Ordinal).Split('\n').Select(l => l.Trim()).ToArray()).ToList();
        Assert.That(written, Is.All.EqualTo(written[0]));
        foreach (var said in (string[])["receipts/%(Filename)%(Extension).receipt.json", "sboms/%(Filename)%(Extension).cdx.json", "seals/%(Filename)%(Extension).sigstore.json", "%(FullPath).receipt.json", "%(FullPath).cdx.json", "%(FullPath).sigstore.json"])
            Assert.That(written[0], Has.Some.Contains($"{said}'"), said);
    }
}
