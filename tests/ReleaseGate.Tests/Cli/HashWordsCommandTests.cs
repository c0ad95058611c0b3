using System.IO.Compression;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HashWordsCommandTests : IDisposable
{
    private const string Salt = "00112233445566778899aabbccddeeff";

    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void What_it_writes_guards_and_does_not_show()
    {
        _terminal.Write("words.txt", "# codenames\n\nfalcon-internal\n  Peregrine \r\nperegrine\n");
        Assert.That(_terminal.Run("hash-words", "words.txt", "--output", "eng/hashed.txt"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo("wrote eng/hashed.txt: 2 words; name it in the manifest, by its path from there: \"identifiers\": { \"hashes\": \"eng/hashed.txt\" }\n"));
        var list = File.ReadAllText(Path.Combine(_terminal.Folder, "eng", "hashed.txt"));
        Assert.That(list, Does.Match("^releasegate-words/v1 salt=[0-9a-f]{32}\n(\\d+ [0-9a-f]{6} [0-9a-f]{32}\n){2}$"));
        Assert.That(list, Does.Not.Contain("falcon").And.Not.Contain("regrine"));

        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["**"] } ], "identifiers": { "hashes": "eng/hashed.txt" } }""");
        using (var zip = ZipFile.Open(Path.Combine(_terminal.Folder, "a.zip"), ZipArchiveMode.Create))
        using (var entry = new StreamWriter(zip.CreateEntry("a.js").Open()))
            entry.Write("let falcons, myFalconInternal = 1");
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain(": error RG3006: a.js: holds 'FalconInternal', one of the hashed words").And.Not.Contain("eregrine"));
    }

    [Test]
    public void A_salt_makes_the_same_list_from_the_same_words_and_another_one_another()
    {
        _terminal.Input = "falcon\nkite\n";
        Assert.That(_terminal.Run("hash-words", "-", "--salt", Salt), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        var first = _terminal.Output;
        Assert.That(first, Does.StartWith($"releasegate-words/v1 salt={Salt}\n"));
        _terminal.Input = "KITE\nFalcon\n";
        Assert.That(_terminal.Run("hash-words", "-", "--salt", Salt.ToUpperInvariant()), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo(first), "neither order nor case shows");
        Assert.That(_terminal.Run("hash-words", "-"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output.Split('\n')[1], Is.Not.EqualTo(first.Split('\n')[1]), "a salt of its own");
        Assert.That(_terminal.Run("hash-words", "-"), Is.EqualTo(ExitCode.Passed));
    }

    [TestCase("abc", "(standard input)(1,1): error RG0001: 'abc' cannot be hashed: it has 3 letters and digits; 4 to 63 are possible")]
    [TestCase("falcon\n\nfal/con", "(standard input)(3,1): error RG0001: 'fal/con' cannot be hashed: it holds '/'")]
    [TestCase("Größe", "it holds 'ö'")]
    [TestCase("exact:falcon", "it holds ':'")]
    [TestCase("# nothing\n", "there is no word in it")]
    public void Refuses_what_it_could_not_find_again(string words, string says)
    {
        _terminal.Input = words;
        Assert.That(_terminal.Run("hash-words", "-"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain(says));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [Test]
    public void Keeps_a_file_that_is_there_and_refuses_wrong_salts_and_missing_files()
    {
        _terminal.Write("words.txt", "falcon");
        _terminal.Write("hashed.txt", "mine");
        Assert.That(_terminal.Run("hash-words", "words.txt", "--output", "hashed.txt"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("'--force' overwrites it"));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "hashed.txt")), Is.EqualTo("mine"));
        Assert.That(_terminal.Run("hash-words", "words.txt", "--output", "hashed.txt", "--force"), Is.EqualTo(ExitCode.Passed));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "hashed.txt")), Does.StartWith("releasegate-words/v1"));

        foreach (var salt in (string[])["00", "xx", Salt + "0"])
        {
            Assert.That(_terminal.Run("hash-words", "words.txt", "--salt", salt), Is.EqualTo(ExitCode.CouldNotRun), salt);
            Assert.That(_terminal.Error, Does.Contain("is no salt"));
        }

        Assert.That(_terminal.Run("hash-words", "none.txt"), Is.EqualTo(ExitCode.CouldNotRun));
        File.WriteAllBytes(Path.Combine(_terminal.Folder, "latin.txt"), [0xE4, 0xE4, 0xE4, 0xE4]);
        Assert.That(_terminal.Run("hash-words", "latin.txt"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("not UTF-8"));
    }
}
