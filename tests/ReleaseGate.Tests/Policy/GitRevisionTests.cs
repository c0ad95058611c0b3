using System.IO.Abstractions;
using NUnit.Framework.Constraints;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GitRevisionTests : IDisposable
{
    private readonly GitRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Test]
    public void Has_what_was_committed_whatever_lies_there_now()
    {
        _repository.Write("releasegate.json", "{ }");
        _repository.Write("src/Acme/words.txt", "früher");
        var commit = _repository.Commit();
        _repository.Write("src/Acme/words.txt", "now");
        _repository.Write("src/New/releasegate.json", "{ }");
        File.Delete(_repository.PathOf("releasegate.json"));

        using var revision = Open("main", "src/Acme");

        Assert.That((revision.Revision, revision.Commit), Is.EqualTo(("main", commit)));
        Assert.That((revision.Root, revision.Start), Is.EqualTo((_repository.Folder, _repository.PathOf("src/Acme"))));
        Assert.That(Text(revision, "src/Acme/words.txt"), Is.EqualTo("früher"));
        Assert.That(Text(revision, "releasegate.json"), Is.EqualTo("{ }"));
        Assert.That((string[])["releasegate.json", "src/Acme/words.txt"], Has.All.Matches<string>(p => Kind(revision, p) == (true, true, false)));
        Assert.That((string[])["", "src", "src/Acme"], Has.All.Matches<string>(p => Kind(revision, p) == (true, false, true)));
        Assert.That((string[])["src/New/releasegate.json", "src/New", "Releasegate.json", "releasegate.json/x"], Has.All.Matches<string>(p => Kind(revision, p) == (false, false, false)));
        // The mark of a repository, which no tree holds.
        Assert.That((revision.IsThere(_repository.PathOf(".git")), revision.IsThere(_repository.PathOf("src/.git"))), Is.EqualTo((true, false)));
    }

    [Test]
    public void Takes_any_name_of_a_commit()
    {
        _repository.Write("a", "1");
        var first = _repository.Commit();
        _repository.Git("tag", "-a", "v1", "-m", "v1");
        _repository.Write("a", "2");
        _repository.Commit();

        foreach (var name in (string[])["v1", "main~1", "HEAD^", first, first[..10], "refs/tags/v1"])
        {
            using var revision = Open(name);
            Assert.That((revision.Commit, Text(revision, "a")), Is.EqualTo((first, "1")), name);
        }
    }

    [Test]
    public void Many_and_large_folders_and_files_of_any_content()
    {
        for (var i = 0; i < 300; i++) _repository.Write($"many/file {i}.txt", new string('x', i));
        File.WriteAllBytes(_repository.PathOf("bytes"), [0, 10, 13, 10, 255, 0]);
        _repository.Write("empty", "");
        _repository.Commit();

        using var revision = Open("HEAD");
        for (var i = 0; i < 300; i++) Assert.That(Text(revision, $"many/file {i}.txt"), Has.Length.EqualTo(i));
        using var bytes = revision.Open(_repository.PathOf("bytes"));
        using var empty = revision.Open(_repository.PathOf("empty"));
        Assert.That((bytes.Length, empty.Length), Is.EqualTo((6, 0)));
    }

    [TestCase("nope", "git does not know the revision 'nope' (fatal: Needed a single revision); fetch it first: git fetch origin BRANCH (on GitHub: actions/checkout with 'fetch-depth: 0')")]
    [TestCase("origin/release/7", "fetch it first: git fetch origin release/7 ")]
    [TestCase("main:releasegate.json", "git does not know the revision")]
    [TestCase("a\u001b[31mb c", @"git does not know the revision 'a\u001b[31mb c'")]
    [TestCase("--output=x", "'--output=x' is no name of a git revision")]
    [TestCase("-1", "is no name of a git revision")]
    [TestCase("", "is no name of a git revision")]
    [TestCase("main\nHEAD", "is no name of a git revision")]
    [TestCase("^main", "git does not know the revision|git's answer about '^main' is not understood")]
    public void What_is_no_commit_is_refused_with_the_next_step(string name, string says)
    {
        _repository.Write("releasegate.json", "{ }");
        _repository.Commit();
        var mistake = Assert.Throws<GateException>(() => Open(name).Dispose())!;

        Assert.That(mistake.Rule, Is.EqualTo(GateRules.ManifestInvalid.Id));
        Assert.That(says.Split('|').Any(mistake.Message.Contains), mistake.Message);
        Assert.That(mistake.Message, Does.Not.Contain("\n").And.Not.Contain("\u001b"));
    }

    [Test]
    public void A_repository_without_a_commit_knows_no_revision() =>
        Assert.That(() => Open("HEAD"), Throws.TypeOf<GateException>().With.Message.Contain("git does not know the revision 'HEAD'"));

    [Test]
    public void A_tag_cannot_take_the_place_of_a_branch()
    {
        _repository.Write("a", "1");
        _repository.Commit();
        _repository.Git("update-ref", "refs/remotes/origin/main", "HEAD");
        _repository.Write("a", "2");
        _repository.Commit();
        _repository.Git("tag", "origin/main");
        _repository.Git("config", "core.warnAmbiguousRefs", "false");

        Assert.That(() => Open("origin/main"), Throws.TypeOf<GateException>().With.Message.Contain("names several things").And.Message.Contain("refs/remotes/origin/main"));
        using var revision = Open("refs/remotes/origin/main");
        Assert.That(Text(revision, "a"), Is.EqualTo("1"));
    }

    [Test]
    public void A_replaced_object_does_not_count()
    {
        _repository.Write("a", "real");
        _repository.Commit();
        File.WriteAllText(_repository.PathOf("other"), "fake");
        _repository.Git("replace", _repository.Git("rev-parse", "HEAD:a"), _repository.Git("hash-object", "-w", "other"));

        using var revision = Open("HEAD");
        Assert.That(Text(revision, "a"), Is.EqualTo("real"));
    }

    [Test]
    public void A_shallow_clone_that_lacks_the_revision_is_told_of()
    {
        _repository.Write("a", "1");
        var first = _repository.Commit();
        _repository.Write("a", "2");
        _repository.Commit();
        using var clone = new Folder();
        GitRepository.Run(clone.Path, "clone", "--quiet", "--depth=1", new Uri(_repository.Folder).AbsoluteUri, "there");

        var mistake = Assert.Throws<GateException>(() => GitRevision.Open(new FileSystem(), Path.Combine(clone.Path, "there"), "origin/main~1").Dispose())!;
        Assert.That(mistake.Message, Does.Contain("does not know the revision 'origin/main~1' in this shallow clone").And.Contain("fetch-depth: 0"));
        GitRepository.Run(Path.Combine(clone.Path, "there"), "fetch", "--quiet", "--unshallow");
        using var revision = GitRevision.Open(new FileSystem(), Path.Combine(clone.Path, "there"), "origin/main~1");
        Assert.That(revision.Commit, Is.EqualTo(first));
    }

    [Test]
    public void Without_a_working_copy_there_is_nothing_to_begin_at()
    {
        using var outside = new Folder();
        Assert.That(() => GitRevision.Open(new FileSystem(), outside.Path, "main"), Throws.TypeOf<GateException>().With.Message.Contain("git knows no repository with a working copy at"));
        Assert.That(() => Open("main", ".git"), Throws.TypeOf<GateException>().With.Message.Contain("git knows no repository with a working copy at"));
        Assert.That(() => Open("main", "nowhere"), Throws.TypeOf<GateException>().With.Message.Contain("is not there"));
    }

    [Test]
    [NonParallelizable]
    public void Without_git_on_PATH_it_says_so_and_runs_nothing_that_lies_here()
    {
        _repository.Write("a", "1");
        _repository.Commit();
        _repository.Write("git", "#!/bin/sh\ntouch was-run");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_repository.PathOf("git"), UnixFileMode.UserExecute | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (path, current) = (Environment.GetEnvironmentVariable("PATH"), Environment.CurrentDirectory);
        try
        {
            Environment.CurrentDirectory = _repository.Folder;
            Environment.SetEnvironmentVariable("PATH", $"{Path.PathSeparator}.{Path.PathSeparator}{_repository.PathOf("src")}");
            Assert.That(() => Open("HEAD"), Throws.TypeOf<GateException>().With.Message.Contain("git was not found on PATH").And.Property(nameof(GateException.Rule)).EqualTo(GateRules.ManifestInvalid.Id));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            Environment.CurrentDirectory = current;
        }

        Assert.That(File.Exists(_repository.PathOf("was-run")), Is.False);
    }

    [Test]
    public void What_the_revision_only_points_at_is_refused()
    {
        _repository.Write("real/words.txt", "falcon");
        File.CreateSymbolicLink(_repository.PathOf("linked.json"), "real/words.txt");
        Directory.CreateSymbolicLink(_repository.PathOf("linked"), "real");
        _repository.Write("pointer.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 12\n");
        _repository.Write("large.txt", new string('x', ManifestReader.MaximumLength + 1));
        _repository.Git("add", "--all");
        _repository.Git("update-index", "--add", "--cacheinfo", $"160000,{new string('1', 40)},module");
        _repository.Git("commit", "--quiet", "--message", "All");

        using var revision = Open("HEAD");
        Assert.That(() => revision.IsFile(_repository.PathOf("linked.json")), Refuses("symbolic link"));
        Assert.That(() => revision.IsThere(_repository.PathOf("linked/words.txt")), Refuses("symbolic link"));
        Assert.That(() => revision.IsThere(_repository.PathOf("module/releasegate.json")), Refuses("submodule"));
        Assert.That(() => revision.IsThere(Path.Combine(_repository.Folder, "..", "releasegate.json")), Refuses("lies outside of the repository"));
        Assert.That(() => revision.Open(_repository.PathOf("pointer.txt")), Throws.TypeOf<IOException>().With.Message.Contain("Git LFS"));
        Assert.That(() => revision.Open(_repository.PathOf("nowhere.txt")), Throws.InstanceOf<IOException>());
        Assert.That(Text(revision, "real/words.txt"), Is.EqualTo("falcon"));
        // The answer was not read to its end, so nothing else may be asked.
        Assert.That(() => revision.Open(_repository.PathOf("large.txt")), Throws.TypeOf<IOException>().With.Message.Contain("4,194,305 bytes"));
    }

    [Test]
    public void A_damaged_repository_is_no_empty_one()
    {
        _repository.Write("releasegate.json", "{ }");
        _repository.Commit();
        var tree = _repository.Git("rev-parse", "HEAD^{tree}");
        var file = _repository.PathOf($".git/objects/{tree[..2]}/{tree[2..]}");
        File.SetAttributes(file, FileAttributes.Normal);
        File.Delete(file);

        using var revision = Open("HEAD");
        Assert.That(() => revision.IsThere(_repository.PathOf("releasegate.json")), Throws.TypeOf<GateException>().With.Message.Contain("git does not have the tree").Or.Message.Contain("git ended before"));
    }

    [Test]
    public void A_link_to_the_working_copy_is_followed()
    {
        _repository.Write("src/releasegate.json", "{ }");
        _repository.Commit();
        using var elsewhere = new Folder();
        var link = Path.Combine(elsewhere.Path, "link");
        Directory.CreateSymbolicLink(link, _repository.Folder);
        var inside = Path.Combine(elsewhere.Path, "inside");
        Directory.CreateSymbolicLink(inside, _repository.PathOf("src"));

        using var revision = GitRevision.Open(new FileSystem(), Path.Combine(link, "src"), "HEAD");
        Assert.That((revision.Root, revision.IsFile(Path.Combine(link, "src", "releasegate.json"))), Is.EqualTo((link, true)));
        // No .git stands above a link from elsewhere into the middle.
        Assert.That(() => GitRevision.Open(new FileSystem(), inside, "HEAD").Dispose(), Throws.TypeOf<GateException>().With.Message.Contain("git knows no repository with a working copy at"));
    }

    [Test]
    public void A_link_below_the_root_is_refused()
    {
        _repository.Write("src/Acme/releasegate.json", "{ }");
        Directory.CreateSymbolicLink(_repository.PathOf("linked"), _repository.PathOf("src"));
        _repository.Commit();

        Assert.That(() => Open("HEAD", "linked").Dispose(), Refuses("symbolic link"));
        Assert.That(() => Open("HEAD", "linked/Acme").Dispose(), Refuses("symbolic link"));
    }

    [Test]
    public void Files_that_look_like_a_repository_are_none_and_nothing_of_them_is_run()
    {
        _repository.Write("src/Acme/words.txt", "base");
        var commit = _repository.Commit();
        // What a change commits into the folder of its project: a bare repository with a main of its own, which lacks an object and says how to fetch it.
        using var evil = new GitRepository();
        evil.Write("words.txt", "evil");
        evil.Commit();
        var tree = evil.Git("rev-parse", "HEAD^{tree}");
        File.SetAttributes(evil.PathOf($".git/objects/{tree[..2]}/{tree[2..]}"), FileAttributes.Normal);
        File.Delete(evil.PathOf($".git/objects/{tree[..2]}/{tree[2..]}"));
        var ran = _repository.PathOf("was-run");
        foreach (var file in Directory.EnumerateFiles(evil.PathOf(".git"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_repository.PathOf("src/Acme"), Path.GetRelativePath(evil.PathOf(".git"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        _repository.Write("src/Acme/config", "[core]\n repositoryformatversion = 1\n worktree = .\n[extensions]\n partialClone = evil\n[remote \"evil\"]\n url = .\n promisor = true\n uploadpack = \"touch '" + ran.Replace('\\', '/') + "'; false\"\n[protocol]\n allow = always\n[protocol \"file\"]\n allow = always\n");

        // git itself takes it.
        Assert.That(GitRepository.Run(_repository.PathOf("src/Acme"), "rev-parse", "HEAD"), Is.Not.EqualTo(commit));
        using var revision = Open("main", "src/Acme");
        Assert.That((revision.Commit, revision.Root, Text(revision, "src/Acme/words.txt")), Is.EqualTo((commit, _repository.Folder, "base")));
        Assert.That(File.Exists(ran), Is.False);
    }

    [Test]
    public void A_partial_clone_fetches_nothing_and_runs_nothing()
    {
        _repository.Write("releasegate.json", "{ }");
        _repository.Commit();
        _repository.Git("config", "uploadpack.allowFilter", "true");
        using var elsewhere = new Folder();
        GitRepository.Run(elsewhere.Path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", new Uri(_repository.Folder).AbsoluteUri, "there");
        var there = Path.Combine(elsewhere.Path, "there");
        var ran = Path.Combine(elsewhere.Path, "was-run");
        GitRepository.Run(there, "config", "remote.origin.uploadpack", $"touch '{ran.Replace('\\', '/')}'; false");
        GitRepository.Run(there, "config", "protocol.file.allow", "always");

        using var revision = GitRevision.Open(new FileSystem(), there, "origin/main");
        Assert.That(() => revision.Open(Path.Combine(there, "releasegate.json")), Refuses("a partial clone has to be made without a filter"));
        Assert.That(File.Exists(ran), Is.False);
    }

    [Test]
    public void A_submodule_is_judged_from_its_superproject_only()
    {
        using var other = new GitRepository();
        other.Write("releasegate.json", "{ }");
        var own = other.Commit();
        _repository.Write("a");
        _repository.Commit();
        _repository.Git("submodule", "--quiet", "add", new Uri(other.Folder).AbsoluteUri, "src/Acme");
        Assert.That(File.Exists(_repository.PathOf("src/Acme/.git")));

        Assert.That(() => Open("main", "src/Acme").Dispose(), Refuses("is a submodule of"));
        Directory.CreateDirectory(_repository.PathOf("src/Acme/deep"));
        Assert.That(() => Open("main", "src/Acme/deep").Dispose(), Refuses("is a submodule of"));

        // A repository that is kept elsewhere is none where it stands in no other.
        using var elsewhere = new Folder();
        GitRepository.Run(elsewhere.Path, "clone", "--quiet", "--separate-git-dir", Path.Combine(elsewhere.Path, "kept"), new Uri(other.Folder).AbsoluteUri, "there");
        using var alone = GitRevision.Open(new FileSystem(), Path.Combine(elsewhere.Path, "there"), "origin/main");
        Assert.That(alone.Commit, Is.EqualTo(own));
    }

    [Test]
    public void A_linked_worktree_is_one_wherever_it_stands()
    {
        _repository.Write("src/a", "base");
        var commit = _repository.Commit();
        using var elsewhere = new Folder();
        foreach (var place in (string[])[_repository.PathOf("trees/inside"), Path.Combine(elsewhere.Path, "outside")])
        {
            _repository.Git("worktree", "add", "--quiet", "--detach", place);
            using var revision = GitRevision.Open(new FileSystem(), Path.Combine(place, "src"), "main");
            Assert.That((revision.Commit, revision.Root, revision.IsFile(Path.Combine(place, "src", "a"))), Is.EqualTo((commit, place, true)), place);
        }
    }

    [Test]
    [NonParallelizable]
    public void What_git_tells_its_hooks_leads_nowhere_else()
    {
        _repository.Write("src/Acme/a", "base");
        var commit = _repository.Commit();
        using var other = new GitRepository();
        other.Write("a", "other");
        other.Commit();
        (string Name, string Value)[] set = [("GIT_DIR", other.PathOf(".git")), ("GIT_WORK_TREE", other.Folder), ("GIT_OBJECT_DIRECTORY", other.PathOf(".git/objects")), ("GIT_INDEX_FILE", other.PathOf(".git/index")), ("GIT_NAMESPACE", "x"), ("GIT_COMMON_DIR", other.PathOf(".git"))];
        try
        {
            foreach (var (name, value) in set) Environment.SetEnvironmentVariable(name, value);
            using var revision = Open("main", "src/Acme");
            Assert.That((revision.Commit, revision.Root, Text(revision, "src/Acme/a")), Is.EqualTo((commit, _repository.Folder, "base")));
        }
        finally
        {
            foreach (var (name, _) in set) Environment.SetEnvironmentVariable(name, null);
        }
    }

    private static EqualConstraint<RuleId> Refuses(string why) =>
        Throws.TypeOf<GateException>().With.Message.Contain(why).And.Property(nameof(GateException.Rule)).EqualTo(GateRules.ManifestInvalid.Id);

    private GitRevision Open(string name, string folder = "") => GitRevision.Open(new FileSystem(), folder.Length == 0 ? _repository.Folder : _repository.PathOf(folder), name);

    private (bool, bool, bool) Kind(GitRevision revision, string path)
    {
        var full = path.Length == 0 ? _repository.Folder : _repository.PathOf(path);
        return (revision.IsThere(full), revision.IsFile(full), revision.IsFolder(full));
    }

    private string Text(GitRevision revision, string path)
    {
        using var reader = new StreamReader(revision.Open(_repository.PathOf(path)));
        return reader.ReadToEnd();
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("releasegate-git-").FullName;

        public void Dispose()
        {
            foreach (var file in new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories)) file.Attributes = FileAttributes.Normal;
            Directory.Delete(Path, recursive: true);
        }
    }
}
