using System.IO.Compression;
using System.Runtime.Versioning;
using System.Text.Json;
using ReleaseGate.Cli;
using ReleaseGate.Tests.Governance;

namespace ReleaseGate.Tests.Cli;

/// <summary>Whether these are the bytes that were inspected.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class VerifyCommandTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public VerifyCommandTests() => _terminal.Write("releasegate.json", ReceiptSample.Manifest);

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void The_same_bytes_are_said_to_be_the_same()
    {
        var package = Inspected("out/Acme.1.0.0.nupkg", "1.0.0");

        Assert.That(_terminal.Run("verify", "out/Acme.1.0.0.nupkg", "--receipt", "kept/Acme.1.0.0.nupkg.receipt.json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo($"out/Acme.1.0.0.nupkg: the bytes that ReleaseGate {GateReport.ToolVersion} inspected on 2026-04-01 09:30:00 UTC by 'releasegate.json', sha256 {Digest.Of(File.ReadAllBytes(package))}\n"));
        Assert.That(_terminal.Run("verify", "out/Acme.1.0.0.nupkg", "--receipt", "kept/Acme.1.0.0.nupkg.receipt.json", "--quiet"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output + _terminal.Error, Is.Empty);

        // Another name is worth a word, and no difference.
        File.Move(package, In("out/other.nupkg"));
        Assert.That(_terminal.Run("verify", "out/other.nupkg", "--receipt", "kept/Acme.1.0.0.nupkg.receipt.json"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.EndWith("\nout/other.nupkg: it was named 'Acme.1.0.0.nupkg' when it was inspected\n"));
    }

    [Test]
    public void The_receipt_beside_it_is_found_and_without_one_nothing_is_said_to_be_the_same()
    {
        Inspected("a.nupkg", "1.0.0", receipts: ".");

        Assert.That(_terminal.Run("verify", "a.nupkg"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        File.Delete(In("a.nupkg.receipt.json"));
        Assert.That(_terminal.Run("verify", "a.nupkg"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("error RG0007: there is no 'a.nupkg.receipt.json' beside it"));
        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "nowhere.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Run("verify", "nowhere.nupkg", "--receipt", "a.nupkg"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Run("verify", ""), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Run("verify", "--reciept"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Run("verify", "a.nupkg", "--json", "-"), Is.EqualTo(ExitCode.CouldNotRun));
    }

    [Test]
    public void An_artifact_that_is_gone_could_not_be_compared()
    {
        File.Delete(Inspected("a.nupkg", "1.0.0"));

        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json", "--json", "v.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("does not exist"));
        Assert.That(File.Exists(In("v.json")), Is.False);
    }

    [Test]
    public void What_changed_is_named()
    {
        Inspected("a.nupkg", "1.0.0", ("one.txt", "1"), ("two.txt", "2"), ("three.txt", "3"));
        ReceiptSample.Nupkg(_terminal, "a.nupkg", "1.0.0", ("one.txt", "11"), ("two.txt", "x"), ("evil\u001b.txt", "4"));

        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json", "--json", "v.json"), Is.EqualTo(ExitCode.Blocked));
        var lines = _terminal.Output.Split('\n');
        Assert.That(lines[0], Does.Match(@"^a\.nupkg : error RG7003: a\.nupkg: these are not the bytes that were inspected, sha256 [0-9a-f]{64} instead of [0-9a-f]{64}; of its entries 2 changed, 1 added, 1 removed\. Release the file "));
        Assert.That(lines[1..], Is.EqualTo(new[] { "  + evil\\u001b.txt  1 byte", "  ~ one.txt  2 bytes instead of 1 byte", "  - three.txt  1 byte", "  ~ two.txt  1 byte, other bytes", "" }));
        using var json = JsonDocument.Parse(File.ReadAllText(In("v.json")));
        Assert.That(json.RootElement.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "schema", "tool", "result", "artifact", "receipt", "inspected", "inspectedBy", "sameBytes", "why", "policy", "differences", "remarks" }));
        Assert.That(json.RootElement.GetProperty("result").GetString(), Is.EqualTo("different"));
        Assert.That(json.RootElement.GetProperty("differences").EnumerateArray().Select(d => (d.GetProperty("path").GetString(), d.GetProperty("change").GetString())),
            Is.EqualTo(new[] { ("evil\u001b.txt", "added"), ("one.txt", "changed"), ("three.txt", "removed"), ("two.txt", "changed") }));
        Assert.That(json.RootElement.GetProperty("differences")[3].GetProperty("after").GetProperty("sha256").GetString(), Is.EqualTo(Digest.Of("x"u8).ToString()));

        Inspected("a.nupkg", "1.0.0");
        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json", "--json", "v.json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(File.ReadAllText(In("v.json")), Does.Contain("\"result\": \"same\"").And.Contain("\"why\": null").And.Contain("\"differences\": []"));
    }

    [Test]
    public void A_signature_another_packing_and_another_version_are_told_apart()
    {
        Inspected("a.nupkg", "1.0.0", ("a.txt", new string('a', 1000)));
        ReceiptSample.Nupkg(_terminal, "a.nupkg", "1.0.0", ("a.txt", new string('a', 1000)), (".signature.p7s", "signed"));
        Assert.That(Why(), Is.EqualTo("it was signed after it was inspected: only its signature is new"));

        var package = ReceiptSample.Nupkg(_terminal, "a.nupkg", "1.0.0", ("a.txt", new string('a', 1000)));
        using (var zip = new ZipArchive(File.Open(package, FileMode.Open), ZipArchiveMode.Update)) zip.Comment = "packed anew";
        Assert.That(Why(), Is.EqualTo("every entry is the same, and what lies around them is not: it was packed or compressed anew, or something stands before, between or behind the entries"));

        ReceiptSample.Nupkg(_terminal, "a.nupkg", "1.0.1", ("a.txt", new string('a', 1000)));
        Assert.That(Why(), Is.EqualTo("the receipt is about Acme 1.0.0, and this is Acme 1.0.1"));

        ReceiptSample.Zip(_terminal, "a.nupkg", CompressionLevel.Fastest, ("a.txt", "a"));
        Assert.That(Why(), Is.EqualTo("the receipt is about Acme 1.0.0, and this is no package"));

        Inspected("a.nupkg", "1.0.0", (".signature.p7s", "signed"));
        ReceiptSample.Nupkg(_terminal, "a.nupkg", "1.0.0", (".signature.p7s", "again"));
        Assert.That(Why(), Is.EqualTo("it was signed anew after it was inspected: only its signature is different"));
        ReceiptSample.Nupkg(_terminal, "a.nupkg", "1.0.0");
        Assert.That(Why(), Is.EqualTo("its signature was taken away: nothing else is different"));
    }

    [Test]
    public void No_byte_can_be_changed_unnoticed()
    {
        var package = Inspected("a.nupkg", "1.0.0", ("a.txt", "a"), ("inner.zip", "PK"));
        var bytes = File.ReadAllBytes(package);
        for (var at = 0; at < bytes.Length; at += 7)
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= 1;
            File.WriteAllBytes(package, flipped);
            Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json"), Is.EqualTo(ExitCode.Blocked), $"byte {at}: {_terminal.Error}");
        }

        foreach (var other in (byte[][])[[], bytes[..^1], [.. bytes, 0], [0, .. bytes]])
        {
            File.WriteAllBytes(package, other);
            Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        }
    }

    [Test]
    public void A_folder_is_compared_path_by_path()
    {
        InspectedFolder();
        Assert.That(_terminal.Run("verify", "publish", "--as", "directory", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Run("verify", "publish/", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Output, Does.StartWith("publish/: the bytes that ReleaseGate "));

        _terminal.Write("publish/app.js", "x=2");
        _terminal.Write("publish/new.js", "y");
        File.Delete(In("publish/lib/b.js"));
        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("; of its entries 1 changed, 1 added, 1 removed. "));
        Assert.That(_terminal.Output.Split('\n')[1..4], Is.EqualTo(new[] { "  ~ app.js  3 bytes, other bytes", "  - lib/b.js  3 bytes", "  + new.js  1 byte" }));
    }

    [Test]
    public void An_archive_in_a_folder_stands_for_what_it_holds()
    {
        InspectedFolder();
        Assert.That(File.ReadAllText(In("kept/publish.receipt.json")), Does.Contain("\"path\": \"in.zip!/inside.txt\""));
        ReceiptSample.Zip(_terminal, "publish/in.zip", CompressionLevel.Fastest, ("inside.txt", "other"));
        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("of its entries 1 changed. ").And.Contain("  ~ in.zip  "));
        File.Delete(In("publish/in.zip"));
        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("  - in.zip  "));
    }

    [Test]
    public void A_path_that_looks_like_one_in_an_archive_cannot_go_unnoticed()
    {
        _terminal.Write("publish/a", "1");
        _terminal.Write("publish/a!/b", "2");
        Assert.That(_terminal.Run("check", "publish", "--as", "directory", "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);

        Directory.Delete(In("publish/a!"), recursive: true);

        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    [Platform(Exclude = "Win", Reason = "there are no permission bits")]
    public void What_a_build_server_loses_on_the_way_is_remarked_on_and_rights_are_not_gained()
    {
        InspectedFolder();
        Directory.CreateDirectory(In("publish/empty"));
        File.SetUnixFileMode(In("publish/app.js"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output.Split('\n')[1..], Is.EqualTo(new[] { "publish: the empty folder 'empty/' is new", "publish: the permissions of 1 file are different", "" }));

        File.SetUnixFileMode(In("publish/app.js"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser);
        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Match(@"  ~ app\.js  mode 4500 instead of \d+\n"));

        File.Delete(In("publish/app.js"));
        File.CreateSymbolicLink(In("publish/app.js"), "lib/b.js");
        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("  ~ app.js  File is now SymbolicLink\n"));
    }

    [Test]
    public void A_receipt_that_was_tampered_with_does_not_fit_a_folder()
    {
        InspectedFolder();
        var text = File.ReadAllText(In("kept/publish.receipt.json"));
        _terminal.Write("publish/app.js", "x=2");
        // Entry changed along with the file, and the digest of the whole forgotten.
        _terminal.Write("kept/publish.receipt.json", text.Replace(Digest.Of("x=1"u8).ToString(), Digest.Of("x=2"u8).ToString(), StringComparison.Ordinal));

        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("the receipt contradicts itself"));
    }

    [Test]
    public void A_file_is_no_folder_and_a_folder_no_file()
    {
        Inspected("a.nupkg", "1.0.0");
        InspectedFolder();

        Assert.That(_terminal.Run("verify", "publish", "--receipt", "kept/a.nupkg.receipt.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("error RG0007: the receipt is about a file, 'a.nupkg', and this is a folder"));
        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/publish.receipt.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("error RG0007: the receipt is about a folder, 'publish', and this is a file"));
        Assert.That(_terminal.Run("verify", "a.nupkg", "--as", "directory", "--receipt", "kept/a.nupkg.receipt.json"), Is.EqualTo(ExitCode.CouldNotRun));
    }

    [Test]
    public void The_manifest_that_counts_is_compared_where_it_is_named()
    {
        Inspected("a.nupkg", "1.0.0");

        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json", "--policy", "releasegate.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        _terminal.Write("strict.json", """{ "extends": "closed" }""");
        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json", "--policy", "strict.json", "--json", "v.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.StartWith("a.nupkg : error RG7004: a.nupkg: it was judged by 'releasegate.json', sha256 "));
        Assert.That(_terminal.Output, Does.Not.Contain("RG7003"));
        Assert.That(File.ReadAllText(In("v.json")), Does.Contain("\"result\": \"different\"").And.Contain("\"sameBytes\": true"));
        _terminal.Write("broken.json", "{");
        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json", "--policy", "broken.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("error RG0001: "));
    }

    [Test]
    public void Help_says_that_a_receipt_is_not_signed()
    {
        Assert.That(_terminal.Run("verify", "--help"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.Contain("not signed").And.Contain("  releasegate verify Acme.1.0.0.nupkg \\\n    --receipt "));
    }

    private string Why()
    {
        Assert.That(_terminal.Run("verify", "a.nupkg", "--receipt", "kept/a.nupkg.receipt.json", "--json", "v.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        using var json = JsonDocument.Parse(File.ReadAllText(In("v.json")));
        var why = json.RootElement.GetProperty("why").GetString()!;
        Assert.That(_terminal.Output, Does.Contain($"; {why}. "));
        return why;
    }

    private string Inspected(string path, string version, params (string Name, string Text)[] entries) => Inspected(path, version, "kept", entries);

    private string Inspected(string path, string version, string receipts, params (string Name, string Text)[] entries)
    {
        var package = ReceiptSample.Nupkg(_terminal, path, version, entries);
        Assert.That(_terminal.Run("check", path, "--receipts", receipts), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        return package;
    }

    private void InspectedFolder()
    {
        _terminal.Write("publish/app.js", "x=1");
        _terminal.Write("publish/lib/b.js", "y=2");
        ReceiptSample.Zip(_terminal, "publish/in.zip", CompressionLevel.Fastest, ("inside.txt", "inside"));
        Assert.That(_terminal.Run("check", "publish", "--as", "directory", "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
    }

    private string In(string path) => Path.Combine([_terminal.Folder, .. path.Split('/')]);
}
