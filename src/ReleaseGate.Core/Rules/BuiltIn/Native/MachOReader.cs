using System.Buffers.Binary;

namespace ReleaseGate.Rules.BuiltIn.Native;

/// <summary>Load commands and symbols of a Mach-O image, thin or fat. Source: mach-o/loader.h, fat.h, nlist.h and stab.h.</summary>
internal static class MachOReader
{
    private const int LongestCommands = 16 << 20;
    private const int SymbolsAtOnce = 2048;
    private const uint TypeObject = 1;
    private const uint CommandSegment = 1, CommandSymbols = 2, CommandSegment64 = 0x19;
    private const byte StabMask = 0xE0, External = 0x01, TypeMask = 0x0E;

    // What 'strip' leaves as its mark is no symbol of the program.
    private const byte StabOption = 0x3C;

    public static IEnumerable<Wish> Read(NativeFacts facts)
    {
        facts.Format = "Mach-O";
        var magic = new Wish(0, 8);
        yield return magic;
        var first = BinaryPrimitives.ReadUInt32BigEndian(magic.Whole("the Mach-O header"));
        if (first is not (0xCAFEBABE or 0xCAFEBABF))
        {
            foreach (var wish in ReadSlice(facts, 0)) yield return wish;
            yield break;
        }

        var size = first == 0xCAFEBABE ? 20 : 32;
        var count = BinaryPrimitives.ReadUInt32BigEndian(magic.Bytes[4..]);
        if (count > 64) throw new InvalidDataException($"it claims {count} architectures");
        var table = new Wish(8, (int)count * size);
        yield return table;
        var slices = new List<(long Start, long End)>();
        for (var i = 0; i < count; i++)
        {
            var bytes = table.Whole("the list of architectures")[(i * size)..];
            var start = size == 20 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) : (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), 1UL << 49);
            var length = size == 20 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) : (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]), 1UL << 49);
            slices.Add((start, start + length));
        }

        slices.Sort();
        var end = 8 + count * size;
        foreach (var slice in slices)
        {
            if (slice.Start < end) throw new InvalidDataException("two architectures lie over each other");
            end = slice.End;
            foreach (var wish in ReadSlice(facts, slice.Start)) yield return wish;
        }
    }

    private static IEnumerable<Wish> ReadSlice(NativeFacts facts, long start)
    {
        var head = new Wish(start, 28);
        yield return head;
        // A universal static library: an archive of objects for each architecture.
        if (head.Whole("the Mach-O header").StartsWith("!<arch>\n"u8)) yield break;
        var magic = BinaryPrimitives.ReadUInt32BigEndian(head.Bytes);
        if (magic is not (0xFEEDFACE or 0xFEEDFACF or 0xCEFAEDFE or 0xCFFAEDFE)) throw new InvalidDataException($"what stands at {start} is no Mach-O image");
        var big = magic is 0xFEEDFACE or 0xFEEDFACF;
        var bits64 = magic is 0xFEEDFACF or 0xCFFAEDFE;
        facts.Machines.Add(MachineOf(U32(head.Bytes[4..], big)));
        var isObject = U32(head.Bytes[12..], big) == TypeObject;
        facts.IsObject |= isObject;
        var count = U32(head.Bytes[16..], big);
        var length = U32(head.Bytes[20..], big);
        if (length > LongestCommands) throw new InvalidDataException($"it claims {length} bytes of load commands");
        var commands = new Wish(start + (bits64 ? 32 : 28), (int)length);
        yield return commands;
        var (symbolsAt, symbols) = ReadCommands(facts, commands.Whole("the list of load commands"), count, big);
        if (isObject || symbols == 0) yield break;

        var size = bits64 ? 16 : 12;
        for (uint done = 0; done < symbols;)
        {
            var some = (int)Math.Min(SymbolsAtOnce, symbols - done);
            var block = new Wish(start + symbolsAt + (long)done * size, some * size);
            yield return block;
            for (var i = 0; i < some; i++) AddSymbol(facts, block.Whole("the symbol table")[i * size + 4]);
            done += (uint)some;
        }
    }

    private static (uint Offset, uint Count) ReadCommands(NativeFacts facts, ReadOnlySpan<byte> commands, uint count, bool big)
    {
        (uint, uint) symbols = default;
        for (; count > 0; count--)
        {
            if (commands.Length < 8 || U32(commands[4..], big) is var size && (size < 8 || size > commands.Length)) throw new InvalidDataException("its load commands are longer than their list");
            var command = commands[..(int)size];
            switch (U32(command, big))
            {
                case CommandSegment64:
                    AddSections(facts, command, 64, 72, 80, big);
                    break;
                case CommandSegment:
                    AddSections(facts, command, 48, 56, 68, big);
                    break;
                case CommandSymbols:
                    if (size < 24) throw new InvalidDataException("the load command of the symbol table is cut");
                    symbols = (U32(command[8..], big), U32(command[12..], big));
                    break;
            }

            commands = commands[(int)size..];
        }

        return symbols;
    }

    private static void AddSections(NativeFacts facts, ReadOnlySpan<byte> command, int countAt, int first, int size, bool big)
    {
        if (command.Length < first) throw new InvalidDataException("the load command of a segment is cut");
        var count = U32(command[countAt..], big);
        if (count > (command.Length - first) / size) throw new InvalidDataException("a segment claims more sections than its load command holds");
        for (var i = 0; i < count; i++)
        {
            var section = command[(first + i * size)..];
            if (!section.Slice(16, 16).StartsWith("__DWARF\0"u8)) continue;
            var bytes = size == 80 ? (long)Math.Min(big ? BinaryPrimitives.ReadUInt64BigEndian(section[40..]) : BinaryPrimitives.ReadUInt64LittleEndian(section[40..]), 1UL << 49) : U32(section[36..], big);
            if (bytes == 0) continue;
            facts.DebugSections++;
            facts.DebugBytes += bytes;
        }
    }

    private static void AddSymbol(NativeFacts facts, byte type)
    {
        if ((type & StabMask) != 0)
        {
            if (type != StabOption) facts.DebugSymbols++;
        }
        else if ((type & External) == 0 && (type & TypeMask) != 0)
        {
            // Local and defined, or private to the image: the loader needs none of these.
            facts.Symbols++;
        }
    }

    private static uint U32(ReadOnlySpan<byte> bytes, bool big) => big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static string MachineOf(uint type) => type switch
    {
        7 => "x86",
        0x0100_0007 => "x64",
        12 => "arm",
        0x0100_000C => "arm64",
        0x0200_000C => "arm64_32",
        _ => NativeFacts.Machine((int)type),
    };
}
