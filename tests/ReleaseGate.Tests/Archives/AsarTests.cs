using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Testing;

namespace ReleaseGate.Tests.Archives;

/// <summary>The archive of Electron: what is in it, and that a header that says nonsense is never an empty archive.</summary>
public sealed class AsarTests
{
    private static readonly byte[] Data = Encoding.ASCII.GetBytes("0123456789");

    [Test]
    public void Files_folders_programs_and_links_are_entries_and_what_lies_beside_is_none()
    {
        var contents = Contents.OfAsar(AsarBuilder.Build("""
            {"files":{"a.txt":{"size":4,"offset":"0","integrity":{"algorithm":"SHA256","hash":"HASH","blockSize":4194304,"blocks":["HASH"]}},"empty":{"size":0,"offset":"4"},"bin":{"files":{"run":{"size":6,"offset":"4","executable":true},
            "native.node":{"size":99,"unpacked":true}}},"current":{"link":"bin/run"},"none":{"files":{}}}}
            """.Replace("HASH", Digest.Of(Data).ToString(), StringComparison.Ordinal), Data));

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents.Names, Is.EqualTo(new[] { "app.asar!/a.txt", "app.asar!/empty", "app.asar!/bin/run", "app.asar!/current" }));
        Assert.That(contents["app.asar!/a.txt"], Is.EqualTo(Data[..4]));
        Assert.That(contents["app.asar!/bin/run"], Is.EqualTo(Data[4..]));
        Assert.That(contents.Entry("app.asar!/bin/run").UnixMode, Is.EqualTo(Convert.ToInt32("755", 8)));
        Assert.That((contents.Entry("app.asar!/current").Type, contents.Entry("app.asar!/current").LinkTarget), Is.EqualTo((EntryType.SymbolicLink, "bin/run")));
    }

    [Test]
    public void Files_may_share_their_bytes() =>
        Assert.That(Contents.OfAsar(AsarBuilder.Build("""{"files":{"a":{"size":10,"offset":"0"},"b":{"size":10,"offset":"0"}}}""", Data)).Complaints, Is.Empty);

    [TestCase("""{"files":{"a":{"size":10,"offset":"0"}""", "Unreadable: the header of the asar is damaged")]
    [TestCase("""{"a":{"size":10,"offset":"0"}}""", "Unreadable: the header of the asar has no files")]
    [TestCase("""{"files":7}""", "Unreadable: the header of the asar is damaged")]
    [TestCase("""{"files":{"a":7}}""", "Unreadable: the header of the asar is damaged")]
    [TestCase("""{"files":{"\ud800":{"size":10,"offset":"0"}}}""", "Unreadable: the header of the asar is damaged")]
    [TestCase("""{"files":{"a":{}}}""", "Unreadable: the header of the asar does not say where 'a' lies")]
    [TestCase("""{"files":{"a":{"size":-1,"offset":"0"}}}""", "Unreadable: the header of the asar does not say where 'a' lies")]
    [TestCase("""{"files":{"a":{"size":1.5,"offset":"0"}}}""", "Unreadable: the header of the asar does not say where 'a' lies")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"-1"}}}""", "Unreadable: the header of the asar does not say where 'a' lies")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"99999999999999999"}}}""", "Unreadable: the header of the asar does not say where 'a' lies")]
    [TestCase("""{"files":{"a":{"size":10,"offset":0}}}""", "Unreadable: the header of the asar is damaged")]
    [TestCase("""{"files":{"b":{"size":4,"offset":"0"},"a":{"size":7,"offset":"4"}}}""", "Unreadable app.asar!/a: the asar ends before it does")]
    [TestCase("""{"files":{"b":{"size":4,"offset":"0"},"a":{"size":9223372036854775807,"offset":"4"}}}""", "Unreadable app.asar!/a: the asar ends before it does")]
    [TestCase("""{"files":{"b":{"size":6,"offset":"0"},"a":{"size":6,"offset":"4"}}}""", "DecompressionBomb app.asar!/a: its bytes overlap with those of another entry")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"0"},"b":{"size":4,"offset":"0"}}}""", "DecompressionBomb app.asar!/a: its bytes overlap with those of another entry")]
    [TestCase("""{"files":{"a":{"size":4,"offset":"0"},"b":{"size":5,"offset":"5"}}}""", "HiddenData app.asar: 1 bytes lie between the files of the asar")]
    [TestCase("""{"files":{"a":{"size":9,"offset":"0"}}}""", "HiddenData app.asar: 1 bytes lie behind the files of the asar")]
    [TestCase("""{"files":{}}""", "HiddenData app.asar: 10 bytes lie behind the files of the asar")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"0"}},"sourcesContent":["export const price = 1;"]}""", "HiddenData app.asar: the header of the asar holds 'sourcesContent', which says nothing about a file")]
    [TestCase("""{"files":{"b":{}},"files":{"a":{"size":10,"offset":"0"}}}""", "HiddenData app.asar: the header of the asar holds 'files', which says nothing about a file")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"0","note":"price"}}}""", "HiddenData app.asar: the header of the asar holds 'note', which says nothing about a file")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"0"},"b":{"size":1,"unpacked":true,"offset":"price"}}}""", "HiddenData app.asar: the header of the asar holds 'offset', which says nothing about a file")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"0"},"b":{"files":{},"link":"price"}}}""", "HiddenData app.asar: the header of the asar holds 'link', which says nothing about a file")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"0","integrity":{"algorithm":"SHA256","hash":"price"}}}}""", "HiddenData app.asar: the header of the asar holds 'integrity', which says nothing about a file")]
    [TestCase("""{"files":{"a":{"size":10,"offset":"0","integrity":{"blocks":["price"]}}}}""", "HiddenData app.asar: the header of the asar holds 'integrity', which says nothing about a file")]
    public void What_the_header_says_wrong_is_told(string header, string complaint) =>
        Assert.That(Contents.OfAsar(AsarBuilder.Build(header, Data)).Complaints, Is.EqualTo(new[] { complaint }));

    [Test]
    public void Folders_as_deep_as_no_parser_goes_are_damage()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"files\":{\"a\":", 300)) + "{\"size\":10,\"offset\":\"0\"}" + string.Concat(Enumerable.Repeat("}}", 300));

        Assert.That(Contents.OfAsar(AsarBuilder.Build(deep, Data)).Complaints, Is.EqualTo(new[] { "Unreadable: the header of the asar is damaged" }));
    }

    [Test]
    public void A_link_is_an_entry_wherever_it_is_said_to_lie()
    {
        var contents = Contents.OfAsar(AsarBuilder.Build("""{"files":{"current":{"link":"bin/run","unpacked":true}}}""", []));

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents.Entry("app.asar!/current").LinkTarget, Is.EqualTo("bin/run"));
    }

    [TestCase("{\"files\":{}}")]
    [TestCase(" \r\n\t{ \"files\":{}}")]
    [TestCase("\uFEFF{\"files\":{}}")]
    public void Blanks_and_a_mark_may_stand_before_the_header(string header)
    {
        var archive = AsarBuilder.Build(header, []);

        Assert.That(Magic.Of(archive, isWhole: true), Is.EqualTo(EntryKind.Asar));
        Assert.That(Contents.OfAsar(archive).Complaints, Is.Empty);
    }

    [Test]
    public void A_header_at_another_place_is_no_empty_archive()
    {
        // The payload is eight bytes shorter than usual, so readers look for the header eight bytes later.
        var archive = AsarBuilder.Build("01234567{\"files\":{}}", []);
        archive[8] -= 8;
        archive[20] = 12;

        Assert.That(Magic.Of(archive, isWhole: true), Is.EqualTo(EntryKind.Asar));
        Assert.That(Contents.OfAsar(archive).Complaints, Is.EqualTo(new[] { "Unreadable: the numbers before the header of the asar do not fit together" }));
    }

    [Test]
    public void A_length_below_zero_is_none()
    {
        // What some readers take for "up to the twelfth byte from the end".
        var archive = AsarBuilder.Build("{\"files\":{}}", Data);
        archive[12] = 0xF4;
        for (var i = 13; i < 16; i++) archive[i] = 0xFF;

        Assert.That(Magic.Of(archive, isWhole: true), Is.EqualTo(EntryKind.Asar));
        Assert.That(Contents.OfAsar(archive).Complaints, Is.EqualTo(new[] { "Unreadable: the numbers before the header of the asar do not fit together" }));
    }

    [Test]
    public void The_name_of_a_folder_does_not_fill_the_memory()
    {
        var files = string.Join(',', Enumerable.Range(0, 70).Select(n => $"\"{n}\":{{\"size\":0,\"offset\":\"0\"}}"));
        var header = $"{{\"files\":{{\"{new string('n', 1 << 20)}\":{{\"files\":{{{files}}}}}}}}}";

        Assert.That(Contents.OfAsar(AsarBuilder.Build(header, [])).Complaints, Is.EqualTo(new[] { "Unreadable: the paths in the asar have more than 67,108,864 characters" }));
    }

    [Test]
    public void As_many_keys_as_fit_into_a_header_take_no_longer_to_be_told()
    {
        var keys = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"\"{i}\":0,")) + string.Concat(Enumerable.Repeat("\"size\":10,", 300_000));

        Assert.That(Contents.OfAsar(AsarBuilder.Build($"{{\"files\":{{\"a\":{{{keys}\"offset\":\"0\"}}}}}}", Data)).Complaints,
            Is.EqualTo(new[] { "HiddenData app.asar: the header of the asar holds '0', which says nothing about a file" }));
    }

    [Test]
    public void A_cut_archive_is_never_an_empty_one()
    {
        var whole = AsarBuilder.Build([("a.txt", Data), ("b/c.txt", Data)]);

        Assert.That(Contents.OfAsar(whole).Complaints, Is.Empty);
        for (var length = 17; length < whole.Length; length++) Assert.That(Contents.OfAsar(whole[..length]).Clean, Is.False, $"{length} bytes");
    }

    [Test]
    public void Bytes_behind_the_header_are_told()
    {
        // Room for a header of 64 bytes more than there are.
        var whole = AsarBuilder.Build("""{"files":{"a":{"size":10,"offset":"0"}}}""", [.. Encoding.ASCII.GetBytes(new string('p', 64)), .. Data]);
        whole[4] += 64;
        whole[8] += 64;

        Assert.That(Magic.Of(whole, isWhole: true), Is.EqualTo(EntryKind.Asar));
        Assert.That(Contents.OfAsar(whole).Complaints, Is.EqualTo(new[] { "HiddenData app.asar: 64 bytes lie behind the header of the asar" }));
    }
}
