using System.Globalization;
using System.Text;

namespace ReleaseGate.Tests.Archives;

/// <summary>Makes tars in memory, true ones and others.</summary>
internal sealed class TarBuilder
{
    private readonly List<byte> _output = [];

    public TarBuilder Add(string name, string content = "", char type = '0', string link = "", string user = "", string group = "", int mode = 0x1a4,
        long? size = null, string prefix = "", byte padding = 0, Action<byte[]>? tamper = null, bool signed = false, string magic = "ustar\0" + "00", long mtime = 499162500)
        => Add(name, Encoding.UTF8.GetBytes(content), type, link, user, group, mode, size, prefix, padding, tamper, signed, magic, mtime);

    public TarBuilder Add(string name, byte[] content, char type = '0', string link = "", string user = "", string group = "", int mode = 0x1a4,
        long? size = null, string prefix = "", byte padding = 0, Action<byte[]>? tamper = null, bool signed = false, string magic = "ustar\0" + "00", long mtime = 499162500)
    {
        var block = new byte[512];
        Text(block, 0, 100, name);
        Octal(block, 100, 8, mode);
        Octal(block, 108, 8, 0);
        Octal(block, 116, 8, 0);
        Octal(block, 124, 12, size ?? content.Length);
        Octal(block, 136, 12, mtime);
        block[156] = (byte)type;
        Text(block, 157, 100, link);
        Text(block, 257, 8, magic);
        Text(block, 265, 32, user);
        Text(block, 297, 32, group);
        Text(block, 345, 155, prefix);
        tamper?.Invoke(block);
        Seal(block, signed);
        _output.AddRange(block);
        _output.AddRange(content);
        while (_output.Count % 512 != 0) _output.Add(padding);
        return this;
    }

    public TarBuilder Pax(params (string Key, string Value)[] records) => Add("PaxHeader", Records(records), 'x');

    public TarBuilder Global(params (string Key, string Value)[] records) => Add("GlobalHeader", Records(records), 'g');

    public TarBuilder Raw(byte[] bytes)
    {
        _output.AddRange(bytes);
        return this;
    }

    public byte[] Build(int endBlocks = 2, byte[]? trailing = null)
    {
        _output.AddRange(new byte[endBlocks * 512]);
        _output.AddRange(trailing ?? []);
        return _output.ToArray();
    }

    public static byte[] Records(params (string Key, string Value)[] records)
    {
        var output = new MemoryStream();
        foreach (var (key, value) in records)
        {
            var rest = Encoding.UTF8.GetByteCount($" {key}={value}\n");
            var length = rest + 1;
            while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length) length++;
            output.Write(Encoding.UTF8.GetBytes($"{length} {key}={value}\n"));
        }

        return output.ToArray();
    }

    public static void Seal(byte[] block, bool signed = false)
    {
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = block.Sum(b => signed ? (sbyte)b : b);
        Text(block, 148, 8, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
    }

    public static void Text(byte[] block, int offset, int length, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        block.AsSpan(offset, length).Clear();
        bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(block.AsSpan(offset));
    }

    private static void Octal(byte[] block, int offset, int length, long value) => Text(block, offset, length, Convert.ToString(value, 8).PadLeft(length - 1, '0'));
}
