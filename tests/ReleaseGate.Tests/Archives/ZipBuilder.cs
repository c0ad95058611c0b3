using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Archives;

/// <summary>One entry of a zip to be built; every field can lie.</summary>
internal sealed record ZipItem(string Name, byte[] Content)
{
    public ZipItem(string name, string content = "") : this(name, Encoding.UTF8.GetBytes(content)) { }

    public ushort Method { get; init; } = 8;
    public ushort Flags { get; init; }
    public uint Attributes { get; init; }
    public byte MadeBy { get; init; }
    public byte[]? RawName { get; init; }
    public byte[]? LocalName { get; init; }
    public ushort? LocalMethod { get; init; }
    public ushort? LocalFlags { get; init; }
    public uint? Crc { get; init; }
    public uint? LocalCrc { get; init; }
    public uint? Length { get; init; }
    public uint? LocalLength { get; init; }
    public uint? Compressed { get; init; }
    public uint? LocalCompressed { get; init; }
    public byte[]? Data { get; init; }
    public byte[] Extra { get; init; } = [];
    public byte[]? LocalExtra { get; init; }
    public byte[] Comment { get; init; } = [];
    public byte[] Before { get; init; } = [];
    public byte[]? Descriptor { get; init; }
    public bool Described { get; init; }
    public bool DescriptorSigned { get; init; } = true;
    public bool Unlisted { get; init; }
    public uint? Offset { get; init; }
    public ushort Time { get; init; } = 0x6000;
    public ushort Date { get; init; } = (46 << 9) | (3 << 5) | 31;
}

/// <summary>Makes zips in memory, true ones and others.</summary>
internal sealed class ZipBuilder
{
    public List<ZipItem> Items { get; } = [];
    public byte[] Prepended { get; set; } = [];
    public bool ShiftOffsets { get; set; }
    public byte[] BeforeDirectory { get; set; } = [];
    public byte[] AfterDirectory { get; set; } = [];
    public byte[] Comment { get; set; } = [];
    public byte[] Trailing { get; set; } = [];
    public int? Count { get; set; }
    public bool Zip64 { get; set; }

    public ZipBuilder(params ZipItem[] items) => Items.AddRange(items);

    public static byte[] Deflate(byte[] content)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, content.Length > 1 << 20 ? CompressionLevel.Fastest : CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(content);
        return output.Length == 0 ? [3, 0] : output.ToArray();
    }

    public byte[] Build()
    {
        var output = new MemoryStream();
        var directory = new MemoryStream();
        output.Write(Prepended);
        var shift = ShiftOffsets ? 0 : Prepended.Length;
        var listed = 0;
        foreach (var item in Items)
        {
            output.Write(item.Before);
            var offset = (uint)(output.Position - Prepended.Length + shift);
            var data = item.Data ?? (item.Method == 8 ? Deflate(item.Content) : item.Content);
            var crc = item.Crc ?? Crc32.OfScalar(item.Content);
            var compressed = item.Compressed ?? (uint)data.Length;
            var length = item.Length ?? (uint)item.Content.Length;
            var raw = item.RawName ?? Encoding.UTF8.GetBytes(item.Name);
            var flags = (ushort)(item.Flags | (raw.Any(b => b > 127) && item.RawName is null ? 0x800 : 0) | (item.Described ? 8 : 0));

            var localName = item.LocalName ?? raw;
            var localExtra = item.LocalExtra ?? item.Extra;
            Put(output, 0x04034b50u, (ushort)20, item.LocalFlags ?? flags, item.LocalMethod ?? item.Method, item.Time, item.Date,
                item.LocalCrc ?? (item.Described ? 0 : crc), item.LocalCompressed ?? (item.Described ? 0 : compressed), item.LocalLength ?? (item.Described ? 0 : length),
                (ushort)localName.Length, (ushort)localExtra.Length);
            output.Write(localName);
            output.Write(localExtra);
            output.Write(data);
            if (item.Descriptor is not null) output.Write(item.Descriptor);
            else if (item.Described)
            {
                if (item.DescriptorSigned) Put(output, 0x08074b50u);
                Put(output, crc, compressed, length);
            }

            if (item.Unlisted) continue;
            listed++;
            Put(directory, 0x02014b50u, (byte)20, item.MadeBy, (ushort)20, flags, item.Method, item.Time, item.Date, crc, compressed, length,
                (ushort)raw.Length, (ushort)item.Extra.Length, (ushort)item.Comment.Length, (ushort)0, (ushort)0, item.Attributes, item.Offset ?? offset);
            directory.Write(raw);
            directory.Write(item.Extra);
            directory.Write(item.Comment);
        }

        output.Write(BeforeDirectory);
        var start = (ulong)(output.Position - Prepended.Length + shift);
        directory.WriteTo(output);
        output.Write(AfterDirectory);
        var count = Count ?? listed;
        if (Zip64)
        {
            var end = (ulong)(output.Position - Prepended.Length + shift);
            Put(output, 0x06064b50u, 44ul, (ushort)45, (ushort)45, 0u, 0u, (ulong)count, (ulong)count, (ulong)directory.Length, start);
            Put(output, 0x07064b50u, 0u, end, 1u);
            Put(output, 0x06054b50u, (ushort)0, (ushort)0, ushort.MaxValue, ushort.MaxValue, uint.MaxValue, uint.MaxValue, (ushort)Comment.Length);
        }
        else
        {
            Put(output, 0x06054b50u, (ushort)0, (ushort)0, (ushort)count, (ushort)count, (uint)directory.Length, (uint)start, (ushort)Comment.Length);
        }

        output.Write(Comment);
        output.Write(Trailing);
        return output.ToArray();
    }

    public static byte[] Pack(params object[] values)
    {
        var output = new MemoryStream();
        Put(output, values);
        return output.ToArray();
    }

    private static void Put(Stream output, params object[] values)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (var value in values)
        {
            switch (value)
            {
                case byte b:
                    output.WriteByte(b);
                    break;
                case ushort s:
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes, s);
                    output.Write(bytes[..2]);
                    break;
                case uint i:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes, i);
                    output.Write(bytes[..4]);
                    break;
                case ulong l:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes, l);
                    output.Write(bytes);
                    break;
                case byte[] raw:
                    output.Write(raw);
                    break;
                default:
                    throw new ArgumentException(value.GetType().Name);
            }
        }
    }
}
