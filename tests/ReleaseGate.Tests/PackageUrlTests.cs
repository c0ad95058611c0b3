using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests;

/// <summary>What names packages and documents the same everywhere: vectors of the specifications.</summary>
public sealed class PackageUrlTests
{
    // https://github.com/package-url/purl-spec, "A purl is a URL" and the types npm and nuget.
    [TestCase(ArtifactKind.NpmPackage, "foobar", "12.3.1", "pkg:npm/foobar@12.3.1")]
    [TestCase(ArtifactKind.NpmPackage, "@angular/animation", "12.3.1", "pkg:npm/%40angular/animation@12.3.1")]
    [TestCase(ArtifactKind.NuGetPackage, "EnterpriseLibrary.Common", "6.0.1304", "pkg:nuget/EnterpriseLibrary.Common@6.0.1304")]
    [TestCase(ArtifactKind.SymbolsPackage, "Acme", "1.0.0", "pkg:nuget/Acme@1.0.0")]
    [TestCase(ArtifactKind.NpmPackage, "a", "1.0.0-rc.1+build", "pkg:npm/a@1.0.0-rc.1%2Bbuild")]
    [TestCase(ArtifactKind.NpmPackage, "a?b#c@d", "1@2 %", "pkg:npm/a%3Fb%23c%40d@1%402%20%25")]
    [TestCase(ArtifactKind.NpmPackage, "a:b~c_d-e.f", null, "pkg:npm/a:b~c_d-e.f")]
    [TestCase(ArtifactKind.NuGetPackage, "Ä", "1", "pkg:nuget/%C3%84@1")]
    [TestCase(ArtifactKind.Zip, "a", "1", null)]
    public void A_package_has_one_URL(ArtifactKind kind, string id, string? version, string? expected) => Assert.That(PackageUrl.Of(kind, id, version), Is.EqualTo(expected));

    // RFC 9562, appendix A.4.
    [Test]
    public void A_UUID_follows_from_a_name() =>
        Assert.That(NameBasedUuid.Of(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"), Is.EqualTo(new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2")));

    [TestCase("mit", "MIT")]
    [TestCase("gpl-2.0-only with classpath-exception-2.0 and (mit or 0bsd)", "GPL-2.0-only WITH Classpath-exception-2.0 AND (MIT OR 0BSD)")]
    [TestCase("documentref-a:licenseref-B", "DocumentRef-a:LicenseRef-B")]
    [TestCase("MIT AND Nobody-Knows", null)]
    [TestCase("GPL-2.0-only WITH Nobodys-exception", null)]
    [TestCase("LicenseRef-a+", null)]
    [TestCase("MIT/X11", null)]
    [TestCase("", null)]
    public void An_expression_is_spelled_as_the_list_does_or_is_none(string text, string? expected) => Assert.That(new SpdxList().Expression(text), Is.EqualTo(expected));
}
