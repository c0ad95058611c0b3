using System.Buffers.Binary;

namespace ReleaseGate.Rules.BuiltIn.Native;

/// <summary>
/// The section table of an ELF image of either width and byte order. Source: System V ABI, chapter 4 "Object Files"; section names of debug
/// information: DWARF 5 section 7.3 and the GNU toolchain.
/// </summary>
internal static class ElfReader
{
    /// <summary>The names of sections stand right before the section table in what linkers write, or behind it; this much before it is kept.</summary>
    private const int Before = 1 << 20;

    private const int MostSections = 1 << 18;
    private const int LongestNames = 16 << 20;
    private const int TypeObject = 1;
    private const uint SectionSymbols = 2, SectionWithoutBytes = 8;

    public static IEnumerable<Wish> Read(NativeFacts facts)
    {
        facts.Format = "ELF";
        var head = new Wish(0, 52);
        yield return head;
        var bits64 = head.Whole("the ELF header")[4] == 2;
        if (bits64)
        {
            head = new Wish(0, 64);
            yield return head;
        }

        var header = Header.Of(head.Whole("the ELF header"), bits64);
        facts.Machines.Add(header.Machine);
        facts.IsObject = header.Type == TypeObject;
        if (header.TableOffset == 0) yield break;
        if (header.EntrySize != (bits64 ? 64 : 40)) throw new InvalidDataException($"its section headers have {header.EntrySize} bytes");
        if (header.TableOffset > 1L << 48) throw new InvalidDataException("its section table lies behind the end of the file");

        // The first section says how many there are where the header has too little room for it.
        var before = (int)Math.Min(Before, header.TableOffset);
        var window = new Wish(header.TableOffset - before, before + header.EntrySize);
        yield return window;
        var first = header.Section(window.Whole("the section table")[before..]);
        var count = header.Count == 0 ? first.Size : header.Count;
        long namesAt = header.Names == 0xFFFF ? first.Link : (uint)header.Names;
        if (count is 0 or 1) yield break;
        if (count > MostSections) throw new InvalidDataException($"it claims {count} sections");

        var table = new Wish(header.TableOffset + header.EntrySize, (int)(count - 1) * header.EntrySize);
        yield return table;
        var tableEnd = header.TableOffset + count * header.EntrySize;
        if (namesAt >= count) throw new InvalidDataException("the section with the names of the sections does not exist");
        var names = namesAt == 0 ? first with { Size = 0 } : header.Section(table.Whole("the section table")[((int)(namesAt - 1) * header.EntrySize)..]);
        if (names.Size > LongestNames) throw new InvalidDataException("the names of its sections are longer than any linker writes");

        byte[] text;
        var windowStart = header.TableOffset - before;
        if (names.Offset >= tableEnd)
        {
            var behind = new Wish(names.Offset, (int)names.Size);
            yield return behind;
            text = behind.Whole("the names of its sections").ToArray();
        }
        else if (names.Offset >= windowStart && names.Offset + names.Size <= header.TableOffset)
        {
            text = window.Bytes.Slice((int)(names.Offset - windowStart), (int)names.Size).ToArray();
        }
        else if (names.Size == 0)
        {
            text = [];
        }
        else
        {
            throw new InvalidDataException("the names of its sections stand too far before the section table");
        }

        var sections = table.Whole("the section table");
        for (var i = 0; i < count - 1; i++) Add(facts, header.Section(sections[(i * header.EntrySize)..]), text);
    }

    private static void Add(NativeFacts facts, Section section, byte[] names)
    {
        if (section.Type == SectionSymbols)
        {
            // The first symbol is none. What a linker is to read needs its symbols.
            if (!facts.IsObject && section.EntrySize > 0) facts.Symbols += Math.Max(0, section.Size / section.EntrySize - 1);
            return;
        }

        if (section.Type == SectionWithoutBytes || section.Size == 0 || section.Name >= names.Length) return;
        var name = names.AsSpan((int)section.Name);
        var end = name.IndexOf((byte)0);
        if (end >= 0) name = name[..end];
        if (name.SequenceEqual(".gnu_debuglink"u8)) facts.HasDebugLink = true;
        if (!NativeSections.IsDebug(name)) return;
        facts.DebugSections++;
        facts.DebugBytes += section.Size;
    }

    private readonly record struct Section(uint Name, uint Type, long Offset, long Size, uint Link, long EntrySize);

    private readonly record struct Header(bool Bits64, bool BigEndian, int Type, string Machine, long TableOffset, int EntrySize, int Count, int Names)
    {
        public static Header Of(ReadOnlySpan<byte> bytes, bool bits64)
        {
            var big = bytes[5] == 2;
            var shift = bits64 ? 12 : 0;
            return new Header(bits64, big, U16(bytes[16..], big), MachineOf(U16(bytes[18..], big)), bits64 ? U64(bytes[40..], big) : U32(bytes[32..], big),
                U16(bytes[(46 + shift)..], big), U16(bytes[(48 + shift)..], big), U16(bytes[(50 + shift)..], big));
        }

        public Section Section(ReadOnlySpan<byte> bytes) => Bits64
            ? new Section(U32(bytes, BigEndian), U32(bytes[4..], BigEndian), U64(bytes[24..], BigEndian), U64(bytes[32..], BigEndian), U32(bytes[40..], BigEndian), U64(bytes[56..], BigEndian))
            : new Section(U32(bytes, BigEndian), U32(bytes[4..], BigEndian), U32(bytes[16..], BigEndian), U32(bytes[20..], BigEndian), U32(bytes[24..], BigEndian), U32(bytes[36..], BigEndian));
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, bool big) => big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes, bool big) => big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    // No file is longer than 48 bits can say; more would only overflow sums.
    private static long U64(ReadOnlySpan<byte> bytes, bool big) =>
        (long)Math.Min(big ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes), 1UL << 49);

    private static string MachineOf(int machine) => machine switch
    {
        3 => "x86",
        8 => "MIPS",
        20 => "PowerPC",
        21 => "ppc64",
        22 => "s390x",
        40 => "arm",
        62 => "x64",
        183 => "arm64",
        243 => "RISC-V",
        247 => "BPF",
        258 => "loongarch64",
        _ => NativeFacts.Machine(machine),
    };
}
