using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ReleaseGate.Testing;

/// <summary>Images of the three native formats, written field by field: as much of them as a reader of sections and symbols looks at.</summary>
internal static class NativeSamples
{
    /// <summary><c>@elf [bits=32] [order=big] [type=N] [table=first] [count=large] .name:SIZE …</c></summary>
    public static byte[] Elf(CorpusNode node)
    {
        var (options, sections) = Words(node);
        var image = new Image(big: options.GetValueOrDefault("order") == "big");
        var wide = options.GetValueOrDefault("bits") != "32";
        var large = options.GetValueOrDefault("count") == "large";
        var names = new Image(image.Big);
        names.Bytes(0);
        var all = sections.Append((Name: ".shstrtab", Size: 0L)).ToList();
        var nameAt = all.Select(s => { var at = names.Length; names.Text(s.Name); names.Bytes(0); return at; }).ToList();

        var headSize = wide ? 64 : 52;
        var entry = wide ? 64 : 40;
        var first = options.GetValueOrDefault("table") == "first";
        var tableSize = (all.Count + 1) * entry;
        long at = headSize + (first ? tableSize : 0);
        var offsets = new List<long>();
        foreach (var section in all)
        {
            offsets.Add(at);
            at += section.Name == ".shstrtab" ? names.Length : section.Size;
        }

        var tableAt = first ? headSize : at;
        image.Bytes([0x7F, .. "ELF"u8, (byte)(wide ? 2 : 1), (byte)(image.Big ? 2 : 1), 1, .. new byte[9]]);
        image.U16(int.Parse(options.GetValueOrDefault("type", "3"), CultureInfo.InvariantCulture));
        image.U16(wide ? 62 : 3);
        image.U32(1);
        image.Word(0, wide);
        image.Word(0, wide);
        image.Word(options.GetValueOrDefault("table") == "beyond" ? 1 << 30 : tableAt, wide);
        image.U32(0);
        image.U16(headSize);
        image.U16(0);
        image.U16(0);
        image.U16(entry);
        image.U16(large ? 0 : all.Count + 1);
        image.U16(large ? 0xFFFF : all.Count);

        void Table()
        {
            Section(0, 0, 0, large ? all.Count + 1 : 0, large ? all.Count : 0, 0);
            for (var i = 0; i < all.Count; i++)
            {
                var (name, size) = all[i];
                Section(nameAt[i], name switch { ".symtab" => 2, ".shstrtab" => 3, ".bss" => 8, _ => 1 }, offsets[i], name == ".shstrtab" ? names.Length : size, 0, name == ".symtab" ? 24 : 0);
            }
        }

        void Section(long name, int type, long offset, long size, long link, int entrySize)
        {
            image.U32(name);
            image.U32(type);
            image.Word(0, wide);
            image.Word(0, wide);
            image.Word(offset, wide);
            image.Word(size, wide);
            image.U32(link);
            image.U32(0);
            image.Word(1, wide);
            image.Word(entrySize, wide);
        }

        if (first) Table();
        foreach (var section in all) image.Bytes(section.Name == ".shstrtab" ? names.ToArray() : new byte[section.Size]);
        if (!first) Table();
        return image.ToArray();
    }

    /// <summary><c>@macho [bits=32] [order=big] [type=N] [dwarf=SIZE] [local=N] [private=N] [external=N] [undefined=N] [stab=N]</c>; the stab that strip leaves comes first.</summary>
    public static byte[] MachO(CorpusNode node)
    {
        var (options, _) = Words(node);
        int Number(string name, int otherwise = 0) => int.Parse(options.GetValueOrDefault(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var image = new Image(big: options.GetValueOrDefault("order") == "big");
        var wide = options.GetValueOrDefault("bits") != "32";
        var segment = (wide ? 72 : 56) + (wide ? 80 : 68);
        var head = wide ? 32 : 28;
        image.U32(wide ? 0xFEEDFACF : 0xFEEDFACE);
        image.U32(wide ? 0x0100_0007 : 7);
        image.U32(3);
        image.U32(Number("type", 6));
        image.U32(2);
        image.U32(Number("size", segment + 24));
        image.U32(0);
        if (wide) image.U32(0);

        image.U32(wide ? 0x19 : 1);
        image.U32(segment);
        image.Name(options.ContainsKey("dwarf") ? "__DWARF" : "__TEXT");
        for (var i = 0; i < 4; i++) image.Word(0, wide);
        image.U32(7);
        image.U32(5);
        image.U32(1);
        image.U32(0);
        image.Name(options.ContainsKey("dwarf") ? "__debug_info" : "__text");
        image.Name(options.ContainsKey("dwarf") ? "__DWARF" : "__TEXT");
        image.Word(0, wide);
        image.Word(Number("dwarf", 100), wide);
        for (var i = 0; i < (wide ? 8 : 7); i++) image.U32(0);

        byte[] types = [0x3C, .. Enumerable.Repeat((byte)0x0F, Number("external")), .. Enumerable.Repeat((byte)0x0E, Number("local")), .. Enumerable.Repeat((byte)0x1E, Number("private")), .. Enumerable.Repeat((byte)0x01, Number("undefined")), .. Enumerable.Repeat((byte)0x66, Number("stab"))];
        image.U32(2);
        image.U32(24);
        image.U32(head + segment + 24);
        image.U32(types.Length + Number("missing"));
        image.U32(0);
        image.U32(0);
        foreach (var type in types)
        {
            image.U32(0);
            image.Bytes(type, 1);
            image.U16(0);
            image.Word(0, wide);
        }

        return image.ToArray();
    }

    /// <summary><c>@fat</c> with <c>@macho</c> lines below it.</summary>
    public static byte[] Fat(IReadOnlyList<byte[]> slices)
    {
        var image = new Image(big: true);
        image.U32(0xCAFEBABE);
        image.U32(slices.Count);
        var at = 8 + 20 * slices.Count;
        foreach (var slice in slices)
        {
            image.U32(7);
            image.U32(3);
            image.U32(at);
            image.U32(slice.Length);
            image.U32(0);
            at += slice.Length;
        }

        foreach (var slice in slices) image.Bytes(slice);
        return image.ToArray();
    }

    /// <summary><c>@pe [symbols=N] [managed] .name:SIZE …</c></summary>
    public static byte[] Pe(CorpusNode node)
    {
        var (options, sections) = Words(node);
        var symbols = int.Parse(options.GetValueOrDefault("symbols", "0"), CultureInfo.InvariantCulture);
        var image = new Image(big: false);
        image.Bytes([(byte)'M', (byte)'Z', .. new byte[58], 64, 0, 0, 0, .. "PE\0\0"u8]);
        var longNames = sections.Any(s => s.Name.Length > 8);
        var headers = 64 + 24 + 240 + 40 * sections.Count;
        var symbolsAt = headers + (int)sections.Sum(s => s.Size);
        image.U16(0x8664);
        image.U16(sections.Count);
        image.U32(0);
        image.U32(options.ContainsKey("nowhere") ? 0x7FFF_0000 : symbols > 0 || longNames ? symbolsAt : 0);
        image.U32(symbols);
        image.U16(240);
        image.U16(0x22);
        var optional = new byte[240];
        BinaryPrimitives.WriteUInt16LittleEndian(optional, 0x20B);
        if (options.ContainsKey("managed")) optional[224] = 1;
        image.Bytes(optional);
        var names = new Image(big: false);
        names.U32(0);
        long at = headers;
        foreach (var (name, size) in sections)
        {
            var shortName = name;
            if (name.Length > 8)
            {
                shortName = "/" + names.Length.ToString(CultureInfo.InvariantCulture);
                names.Text(name);
                names.Bytes(0);
            }

            image.Bytes(Encoding.ASCII.GetBytes(shortName.PadRight(8, '\0')));
            image.U32(size);
            image.U32(0x1000);
            image.U32(size);
            image.U32(at);
            image.Bytes(new byte[16]);
            at += size;
        }

        foreach (var section in sections) image.Bytes(new byte[section.Size]);
        image.Bytes(new byte[18 * symbols]);
        if (symbols > 0 || longNames) image.Bytes(names.ToArray());
        return image.ToArray();
    }

    private static (Dictionary<string, string> Options, List<(string Name, long Size)> Sections) Words(CorpusNode node)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var sections = new List<(string, long)>();
        foreach (var word in node.Words())
        {
            if (word.Split(':') is [var name, var size]) sections.Add((name, Recipe.Number(node, size)));
            else if (word.Split('=') is [var key, var value]) options.Add(key, value);
            else options.Add(word, "");
        }

        return (options, sections);
    }

    /// <summary>Bytes of one byte order.</summary>
    private sealed class Image(bool big)
    {
        private readonly List<byte> _bytes = [];

        public bool Big => big;

        public int Length => _bytes.Count;

        public void Bytes(params byte[] bytes) => _bytes.AddRange(bytes);

        public void Text(string text) => Bytes(Encoding.ASCII.GetBytes(text));

        public void Name(string name) => Text(name.PadRight(16, '\0'));

        public void U16(int value) => Number(value, 2);

        public void U32(long value) => Number(value, 4);

        public void Word(long value, bool wide) => Number(value, wide ? 8 : 4);

        public byte[] ToArray() => _bytes.ToArray();

        private void Number(long value, int size)
        {
            for (var i = 0; i < size; i++) _bytes.Add((byte)(value >> 8 * (big ? size - 1 - i : i)));
        }
    }
}
