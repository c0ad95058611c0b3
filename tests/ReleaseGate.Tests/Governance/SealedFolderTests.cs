using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Cli;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>A sealed folder is the folder that was sealed, with nothing beside its files.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "links, permissions and such names are those of Unix")]
public sealed class SealedFolderTests : IDisposable
{
    private static readonly string[] Verify = ["verify", "site", "--as", "directory", "--key", "release.pub", "--policy", "releasegate.json", "--to", SealSample.Feed];

    private readonly SealSample _sample = new(new Terminal());

    private Terminal Terminal => _sample.Terminal;

    public void Dispose() => _sample.Dispose();

    [SetUp]
    public void Seal()
    {
        Terminal.Write("site/a.txt", "Hello.");
        Terminal.Write("site/b.txt", "Hullo.");
        Assert.That(Terminal.Run("seal", "site", "--as", "directory", "--key", "release.pem", "--to", SealSample.Feed), Is.Zero, Terminal.Output + Terminal.Error);
        Assert.That(_sample.Ids(Terminal.Run(Verify)), Is.Empty);
    }

    [Test]
    public void A_link_that_was_added_is_refused_and_not_sealed_either()
    {
        File.CreateSymbolicLink(_sample.Path("site/c.txt"), "/etc/hostname");
        Assert.That(_sample.Ids(Terminal.Run(Verify)), Is.EqualTo(new[] { "RG7003" }));
        Assert.That(Terminal.Output, Does.Contain("'c.txt' is a link"));

        Terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "RG6002": "off" } }""");
        Assert.That(Terminal.Run("seal", "site", "--as", "directory", "--key", "release.pem", "--to", SealSample.Feed), Is.EqualTo(ExitCode.CouldNotRun), Terminal.Output);
        Assert.That(Terminal.Error, Does.Contain("RG7003").And.Contain("site can't be sealed: 'c.txt' is a link"));
        Assert.That(File.Exists(_sample.Path("site.sigstore.json")), Is.False);
    }

    [Test]
    public void An_empty_folder_that_was_added_is_refused_and_not_sealed_either()
    {
        Directory.CreateDirectory(_sample.Path("site/plugins/auto"));
        Assert.That(_sample.Ids(Terminal.Run(Verify)), Is.EqualTo(new[] { "RG7003" }));
        Assert.That(Terminal.Output, Does.Contain("there is more in the folder than a seal can speak for: 'plugins/auto/' is an empty folder"));

        Assert.That(Terminal.Run("seal", "site", "--as", "directory", "--key", "release.pem", "--to", SealSample.Feed), Is.EqualTo(ExitCode.CouldNotRun), Terminal.Output);
        Assert.That(Terminal.Error, Does.Contain("RG7003").And.Contain("site can't be sealed: 'plugins/auto/' is an empty folder"));
        Directory.Delete(_sample.Path("site/plugins"), recursive: true);
        Assert.That(Terminal.Run("seal", "site", "--as", "directory", "--key", "release.pem", "--to", SealSample.Feed), Is.Zero, Terminal.Error);
        Assert.That(_sample.Ids(Terminal.Run(Verify)), Is.Empty);
    }

    [Test]
    public void Permissions_of_files_are_not_covered()
    {
        File.SetUnixFileMode(_sample.Path("site/a.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.That(_sample.Ids(Terminal.Run(Verify)), Is.Empty, "docs/seal.md says so");
    }

    [Test]
    public void A_special_bit_that_was_set_is_refused()
    {
        File.SetUnixFileMode(_sample.Path("site/a.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.SetUser);
        Assert.That(_sample.Ids(Terminal.Run(Verify)), Is.EqualTo(new[] { "RG7003" }));
        Assert.That(Terminal.Output, Does.Contain("'a.txt' has the set-uid, set-gid or sticky bit"));
    }

    [Test]
    public void A_folder_that_is_reached_through_a_link_is_refused()
    {
        Directory.Move(_sample.Path("site"), _sample.Path("real"));
        Directory.CreateSymbolicLink(_sample.Path("site"), _sample.Path("real"));
        Assert.That(Terminal.Run(Verify), Is.EqualTo(ExitCode.CouldNotRun), Terminal.Output);
        Assert.That(Terminal.Error, Does.Contain("RG0003").And.Contain("the folder is a link"));
    }

    [Test]
    public void A_name_that_looks_like_a_line_of_the_digest_is_no_other_file()
    {
        var path = $"a.txt\n{Sha256("Hullo.")}  b.txt";
        Directory.Delete(_sample.Path("site"), recursive: true);
        Directory.CreateDirectory(_sample.Path("site"));
        File.WriteAllText(Path.Combine(_sample.Path("site"), path), "Hello.");
        Assert.That(_sample.Ids(Terminal.Run(Verify)), Is.EqualTo(new[] { "RG7003" }));
        Assert.That(Terminal.Output, Does.Contain("has a control character in it"));
    }

    [Test]
    public void A_file_with_the_text_that_the_digest_is_of_is_no_folder()
    {
        Directory.Delete(_sample.Path("site"), recursive: true);
        File.WriteAllText(_sample.Path("site"), $"{Sha256("Hello.")}  a.txt\n{Sha256("Hullo.")}  b.txt\n");
        Assert.That(_sample.Ids(Terminal.Run("verify", "site", "--key", "release.pub", "--policy", "releasegate.json", "--to", SealSample.Feed)), Is.EqualTo(new[] { "RG7003" }));
        Assert.That(Terminal.Output, Does.Contain("it was a folder when it was sealed, and now it is a file"));
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
