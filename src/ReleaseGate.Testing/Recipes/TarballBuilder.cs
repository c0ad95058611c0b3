using System.Globalization;
using System.Text;

namespace ReleaseGate.Testing;

/// <summary>Writes tar archives, lies included (POSIX pax interchange format; GNU long names on demand).</summary>
internal sealed class TarballBuilder(IEnumerable<CorpusNode> nodes)
{
    private readonly List<EntrySpec> _entries = EntrySpec.All(nodes);

    public void Insert(string path, string text) =>
        _entries.Insert(0, new EntrySpec(new CorpusNode("", 0, "entry", $"\"{path}\"") { Children = { new CorpusNode("", 0, "|", text) } }));

    public bool Any(Func<string, bool> path) => _entries.Any(e => path(e.Path));

    public byte[] Build()
    {
        using var output = new MemoryStream();
        foreach (var entry in _entries)
        {
            var name = entry.PathBytes;
            var link = Encoding.UTF8.GetBytes(entry.Text("symlink") ?? entry.Text("hardlink") ?? "");
            var type = entry.Text("typeflag") is { Length: 1 } flag ? flag[0]
                : entry.Has("symlink") ? '2' : entry.Has("hardlink") ? '1' : entry.Has("dir") || entry.Path.EndsWith('/') ? '5' : '0';
            var pax = new StringBuilder();
            if (entry.Text("pax") is { } records)
                foreach (var record in records.Split(';')) pax.Append(PaxRecord(record));
            if (name.Length > 100 && entry.Text("longname") != "gnu") pax.Append(PaxRecord("path=" + entry.Path));
            if (pax.Length > 0) Write(output, entry, "PaxHeaders/x"u8, [], 'x', Encoding.UTF8.GetBytes(pax.ToString()), null);
            if (entry.Text("longname") == "gnu") Write(output, entry, "././@LongLink"u8, [], 'L', [.. name, 0], null);
            Write(output, entry, name.AsSpan(0, Math.Min(100, name.Length)), link, type, entry.Body, entry.Has("size") ? entry.Number("size", 0) : null);
        }

        output.Write(new byte[1024]);
        return output.ToArray();
    }

    private static void Write(MemoryStream output, EntrySpec entry, ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, char type, ReadOnlySpan<byte> body, long? size)
    {
        var block = new byte[512];
        name.CopyTo(block);
        Octal(block.AsSpan(100, 8), entry.Mode ?? (type == '5' ? 0x1ED : 0x1A4));
        Octal(block.AsSpan(108, 8), entry.Number("uid", 0));
        Octal(block.AsSpan(116, 8), entry.Number("gid", 0));
        Octal(block.AsSpan(124, 12), size ?? body.Length);
        Octal(block.AsSpan(136, 12), new DateTimeOffset(entry.Modified).ToUnixTimeSeconds());
        block[156] = (byte)type;
        link[..Math.Min(100, link.Length)].CopyTo(block.AsSpan(157));
        (entry.Text("longname") == "gnu" ? "ustar  \0"u8 : "ustar\u000000"u8).CopyTo(block.AsSpan(257));
        if (entry.Text("owner")?.Split(':') is { } owner)
        {
            Encoding.ASCII.GetBytes(owner[0], block.AsSpan(265, 32));
            if (owner.Length > 1) Encoding.ASCII.GetBytes(owner[1], block.AsSpan(297, 32));
        }

        block.AsSpan(148, 8).Fill((byte)' ');
        Octal(block.AsSpan(148, 7), block.Sum(b => b) + (entry.Has("badsum") ? 1 : 0));
        output.Write(block);
        output.Write(body);
        output.Write(new byte[(512 - body.Length % 512) % 512]);
    }

    private static void Octal(Span<byte> field, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var digits = Convert.ToString(value, 8);
        if (digits.Length >= field.Length) // base-256, as GNU tar writes large numbers
        {
            for (var i = field.Length - 1; i > 0; i--, value >>= 8) field[i] = (byte)value;
            field[0] = 0x80;
            return;
        }

        field[^1] = 0;
        Encoding.ASCII.GetBytes(digits.PadLeft(field.Length - 1, '0'), field);
    }

    private static string PaxRecord(string record)
    {
        var tail = " " + record + "\n";
        var bytes = Encoding.UTF8.GetByteCount(tail);
        var length = bytes + 1;
        while (length != bytes + length.ToString(CultureInfo.InvariantCulture).Length) length++;
        return length.ToString(CultureInfo.InvariantCulture) + tail;
    }
}
