using System.IO.Abstractions;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Policy;

public sealed class ManifestSearchTests
{
    private readonly ManifestSearch _search = new(new FileSystem());
    private string _root = "";

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("search").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Takes_the_nearest_on_the_way_up()
    {
        var near = Write("repo/src/releasegate.json");
        var far = Write("repo/releasegate.json");
        Folder("repo/.git");
        Folder("repo/src/project");
        Folder("repo/test");

        Assert.That(_search.Find(PathOf("repo/src/project")), Is.EqualTo(near));
        Assert.That(_search.Find(PathOf("repo/src")), Is.EqualTo(near));
        Assert.That(_search.Find(PathOf("repo/test")), Is.EqualTo(far));
    }

    [TestCase(".git", true)]
    [TestCase(".hg", true)]
    [TestCase(".svn", true)]
    [TestCase(".git", false)]
    public void Stops_at_the_root_of_the_repository(string mark, bool folder)
    {
        Write("releasegate.json");
        if (folder) Folder("repo/" + mark);
        else Write("repo/" + mark);
        Folder("repo/src");

        Assert.That(_search.Find(PathOf("repo/src")), Is.Null);
        // A manifest beside the mark still counts.
        Assert.That(_search.Find(_root), Is.EqualTo(PathOf("releasegate.json")));
    }

    [Test]
    public void Finds_what_cannot_be_read_so_that_reading_it_fails()
    {
        Folder("repo/releasegate.json");
        Assert.That(_search.Find(PathOf("repo")), Is.EqualTo(PathOf("repo/releasegate.json")));
        Assert.That(() => new ManifestReader(new FileSystem()).Read(PathOf("repo/releasegate.json")), Throws.TypeOf<GateException>());

        Folder("linked");
        File.CreateSymbolicLink(PathOf("linked/releasegate.json"), PathOf("nowhere"));
        Assert.That(_search.Find(PathOf("linked")), Is.EqualTo(PathOf("linked/releasegate.json")));
        Assert.That(() => new ManifestReader(new FileSystem()).Read(PathOf("linked/releasegate.json")), Throws.TypeOf<GateException>());
    }

    [Test]
    public void Refuses_to_begin_nowhere()
    {
        Assert.That(() => _search.Find(PathOf("none")), Throws.TypeOf<GateException>());
        Assert.That(() => _search.Find("src"), Throws.ArgumentException);
    }

    private string Write(string name)
    {
        Folder(Path.GetDirectoryName(name)!);
        File.WriteAllText(PathOf(name), "{}");
        return PathOf(name);
    }

    private void Folder(string name) => Directory.CreateDirectory(PathOf(name));

    private string PathOf(string name) => Path.GetFullPath(Path.Combine(_root, name));
}
