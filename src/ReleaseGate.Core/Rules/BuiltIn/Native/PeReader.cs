using System.Buffers.Binary;
using System.Buffers.Text;

namespace ReleaseGate.Rules.BuiltIn.Native;

/// <summary>
/// Symbol table and section names of a Portable Executable: GNU and LLVM linkers and Go leave DWARF and COFF symbols in it. Microsoft's linker leaves none.
/// Source: Microsoft, "PE Format".
/// </summary>
internal static class PeReader
{
    private const int LongestNames = 1 << 20;
    private const int NameLength = 40;

    public static IEnumerable<Wish> Read(NativeFacts facts)
    {
        facts.Format = "PE";
        var dos = new Wish(0, 64);
        yield return dos;
        var start = BinaryPrimitives.ReadUInt32LittleEndian(dos.Whole("the DOS header")[60..]);
        var head = new Wish(start, 24);
        yield return head;
        var (machine, sectionCount, symbolsAt, symbolCount, optionalSize) = Header(head.Whole("the PE header"));
        facts.Machines.Add(machine);
        var optional = new Wish(start + 24, optionalSize);
        yield return optional;
        facts.IsManaged = IsManaged(optional.Whole("the optional header"));

        var sections = new Wish(start + 24 + optionalSize, sectionCount * 40);
        yield return sections;
        var longNames = 0;
        for (var i = 0; i < sectionCount; i++) longNames = Math.Max(longNames, NameOffset(sections.Whole("the section table").Slice(i * 40, 8)));

        byte[] names = [];
        // Old linkers leave a pointer that leads nowhere; then there are no symbols.
        if (symbolsAt >= start + 24 + optionalSize + sectionCount * 40 && (symbolCount > 0 || longNames > 0))
        {
            var text = new Wish(symbolsAt + symbolCount * 18, Math.Min(LongestNames, Math.Max(4, longNames + NameLength)));
            yield return text;
            names = text.Bytes.ToArray();
            if (names.Length >= 4) facts.Symbols = symbolCount;
        }

        for (var i = 0; i < sectionCount; i++) Add(facts, sections.Bytes.Slice(i * 40, 40), names);
    }

    private static (string Machine, int Sections, long SymbolsAt, long Symbols, int OptionalSize) Header(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("PE\0\0"u8)) throw new InvalidDataException("the PE header is not where the DOS header says");
        return (MachineOf(BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..])), BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]));
    }

    /// <summary>Whether data directory 14, the CLI header, is there.</summary>
    private static bool IsManaged(ReadOnlySpan<byte> optional)
    {
        if (optional.Length < 2) return false;
        var at = BinaryPrimitives.ReadUInt16LittleEndian(optional) == 0x20B ? 224 : 208;
        return optional.Length >= at + 8 && BinaryPrimitives.ReadUInt32LittleEndian(optional[at..]) != 0;
    }

    /// <summary>Where a name longer than eight bytes stands in the string table: "/123". 0 for a short name.</summary>
    private static int NameOffset(ReadOnlySpan<byte> name) =>
        name[0] == '/' && Utf8Parser.TryParse(name[1..], out int offset, out _) && offset > 0 && offset < LongestNames ? offset : 0;

    private static void Add(NativeFacts facts, ReadOnlySpan<byte> section, byte[] names)
    {
        var name = section[..8];
        var offset = NameOffset(name);
        if (offset > 0) name = offset < names.Length ? names.AsSpan(offset) : default;
        var end = name.IndexOf((byte)0);
        if (end >= 0) name = name[..end];
        if (!NativeSections.IsDebug(name)) return;
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(section[16..]);
        if (bytes == 0) return;
        facts.DebugSections++;
        facts.DebugBytes += bytes;
    }

    private static string MachineOf(int machine) => machine switch
    {
        0x14C => "x86",
        0x8664 => "x64",
        0x1C0 or 0x1C2 or 0x1C4 => "arm",
        0xAA64 => "arm64",
        _ => NativeFacts.Machine(machine),
    };
}
