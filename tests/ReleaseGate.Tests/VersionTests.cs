using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests;

/// <summary>The order of versions, and versions in file names.</summary>
public sealed class VersionTests
{
    // https://semver.org/#spec-item-11, and NuGet's short and long forms.
    private static readonly string[][] Rising =
    [
        ["0.9"], ["1.0.0-0"], ["1.0.0-2"], ["1.0.0-10"], ["1.0.0-alpha", "1.0-ALPHA"], ["1.0.0-alpha.1"], ["1.0.0-alpha.beta"], ["1.0.0-beta"], ["1.0.0-beta.2", "1.0.0-beta.02"], ["1.0.0-beta.11"], ["1.0.0-rc.1"],
        ["1.0.0", "1", "1.0", "1.0.0.0", "01.0.0", "v1.0.0", "1.0.0+build.7"], ["1.0.0.1"], ["1.2.0"], ["1.10.0-rc"], ["1.10.0"], ["2147483648.0.0"], ["99999999999999999999.0"],
    ];

    [Test]
    public void Versions_have_an_order()
    {
        for (var i = 0; i < Rising.Length; i++)
            for (var k = 0; k < Rising.Length; k++)
                foreach (var a in Rising[i])
                    foreach (var b in Rising[k])
                        Assert.That(Math.Sign(PackageVersion.Compare(PackageVersion.Parse(a), PackageVersion.Parse(b))), Is.EqualTo(Math.Sign(i.CompareTo(k))), $"{a} and {b}");
    }

    [TestCase("")]
    [TestCase(null)]
    [TestCase("x")]
    [TestCase("1.0.0.0.0")]
    [TestCase("1..0")]
    [TestCase("$version$")]
    public void What_is_no_version_comes_before_all(string? text)
    {
        Assert.That(PackageVersion.Parse(text), Is.Null);
        Assert.That(PackageVersion.Compare(null, PackageVersion.Parse("0.0.0-0")), Is.Negative);
        Assert.That(PackageVersion.Compare(null, null), Is.Zero);
    }

    [TestCase("Acme.1.2.0.nupkg", "Acme.", "1.2.0", ".nupkg")]
    [TestCase("Acme.Core2.1.2.0-rc.1.nupkg", "Acme.Core2.", "1.2.0", "-rc.1.nupkg")]
    [TestCase("app-1.2.0-linux-x64.zip", "app-", "1.2.0", "-linux-x64.zip")]
    [TestCase("app-v1.2.zip", "app-v", "1.2", ".zip")]
    [TestCase("acme.net8.0.zip", "acme.net8.0.zip", null, "")]
    [TestCase("win32.zip", "win32.zip", null, "")]
    [TestCase("publish", "publish", null, "")]
    [TestCase("1.0", "", "1.0", "")]
    [TestCase("a-1.0x.zip", "a-1.0x.zip", null, "")]
    public void A_name_is_taken_apart(string name, string before, string? version, string after) => Assert.That(VersionedName.Parse(name), Is.EqualTo(new VersionedName(before, version, after)));

    [TestCase("app-1.2.0-linux-x64.zip", "app-1.10.0-linux-x64.zip", true)]
    [TestCase("app-1.2.0-linux-x64.zip", "app-1.2.0-win-x64.zip", false)]
    [TestCase("app-1.2.0.zip", "app.zip", false)]
    [TestCase("app.zip", "App.zip", true)]
    public void Names_are_the_same_but_for_the_version(string one, string other, bool same) => Assert.That(VersionedName.Parse(one).IsSameBut(VersionedName.Parse(other)), Is.EqualTo(same));
}
