using System.IO.Abstractions;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ArtifactSearchTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void A_file_is_itself_whatever_its_name()
    {
        _terminal.Write("a.bin");
        _terminal.Write("b[*].nupkg");
        _terminal.Write("bx.nupkg");

        Assert.That(Find("a.bin"), Is.EqualTo(new[] { "a.bin" }));
        if (!OperatingSystem.IsWindows()) Assert.That(Find("b[*].nupkg"), Is.EqualTo(new[] { "b[*].nupkg" }));
    }

    [Test]
    public void A_folder_is_its_packages_in_ordinal_order()
    {
        string[] packages = ["Z.nupkg", "a.TGZ", "b.snupkg", "c.zip", "d.vsix", "e.whl", "f.jar", "g.tar", "h.tar.gz"];
        foreach (var name in packages) _terminal.Write("out/" + name);
        _terminal.Write("out/readme.txt");
        _terminal.Write("out/sub/deep.nupkg");

        Assert.That(Find("out"), Is.EqualTo(packages.Select(p => Path.Combine("out", p))));
    }

    [Test]
    public void With_as_directory_a_folder_is_itself()
    {
        _terminal.Write("out/a.nupkg");

        Assert.That(Find(asDirectory: true, "out"), Is.EqualTo(new[] { "out" }));
    }

    [TestCase("*.nupkg", new[] { "a.nupkg", "b.nupkg" })]
    [TestCase("?.nupkg", new[] { "a.nupkg", "b.nupkg" })]
    [TestCase("**/*.nupkg", new[] { "a.nupkg", "b.nupkg", "x/c.nupkg", "x/y/d.nupkg" })]
    [TestCase("x/**/*.nupkg", new[] { "x/c.nupkg", "x/y/d.nupkg" })]
    [TestCase("*/c.nupkg", new[] { "x/c.nupkg" })]
    [TestCase("x/**", new[] { "x/c.nupkg", "x/y/d.nupkg" })]
    [TestCase("x/y/../*.nupkg", new[] { "x/y/../c.nupkg" })]
    public void A_glob_is_what_it_matches(string glob, string[] expected)
    {
        foreach (var path in (string[])["a.nupkg", "b.nupkg", "x/c.nupkg", "x/y/d.nupkg"]) _terminal.Write(path);

        Assert.That(Find(glob).Select(p => p.Replace('\\', '/')), Is.EqualTo(expected));
    }

    [Test]
    public void What_is_asked_for_twice_is_checked_once_in_the_order_asked()
    {
        _terminal.Write("b.nupkg");
        _terminal.Write("a.nupkg");

        Assert.That(Find("b.nupkg", "*.nupkg", "./a.nupkg", Path.Combine(_terminal.Folder, "b.nupkg")), Is.EqualTo(new[] { "b.nupkg", "a.nupkg" }));
    }

    [Test]
    public void Folders_that_are_links_do_not_lead_in_a_circle()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Making links needs a privilege there.");
        _terminal.Write("x/a.nupkg");
        Directory.CreateSymbolicLink(Path.Combine(_terminal.Folder, "x", "again"), Path.Combine(_terminal.Folder, "x"));

        Assert.That(Find("**/*.nupkg"), Is.EqualTo(new[] { "x/a.nupkg" }));
    }

    [TestCase("missing.nupkg", "does not exist")]
    [TestCase("*.tgz", "matches nothing")]
    [TestCase("none/**/*.tgz", "matches nothing")]
    [TestCase("", "empty path")]
    [TestCase("files", "--as directory")]
    [TestCase("folders", "*.nupkg'")]
    [TestCase("empty", "is empty")]
    [TestCase("bad\0name", "cannot be looked up")]
    public void Nothing_found_is_an_error(string path, string says)
    {
        _terminal.Write("files/app.dll");
        _terminal.Write("folders/x/a.nupkg");
        Directory.CreateDirectory(Path.Combine(_terminal.Folder, "empty"));

        Assert.That(() => Find(path), Throws.TypeOf<GateException>().With.Property("Rule").EqualTo(Rules.GateRules.NothingInspected.Id).And.Message.Contains(says));
    }

    [Test]
    public void One_path_that_leads_nowhere_fails_the_others_too()
    {
        _terminal.Write("a.nupkg");

        Assert.That(() => Find("a.nupkg", "b.nupkg"), Throws.TypeOf<GateException>());
        Assert.That(() => Find(), Throws.TypeOf<GateException>());
    }

    private string[] Find(params string[] paths) => Find(asDirectory: false, paths);

    private string[] Find(bool asDirectory, params string[] paths)
    {
        var found = new ArtifactSearch(new FileSystem()).Find(new GateRequest { Artifacts = paths, AsDirectory = asDirectory, SearchFrom = _terminal.Folder });
        foreach (var artifact in found)
        {
            Assert.That(Path.IsPathFullyQualified(artifact.FullPath), Is.True);
            Assert.That(artifact.IsDirectory, Is.EqualTo(Directory.Exists(artifact.FullPath)));
        }

        return [.. found.Select(a => a.Path)];
    }
}
