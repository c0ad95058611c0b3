using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

/// <summary>
/// Finds many byte literals in one pass. Every literal has a window of four bytes, chosen where its bytes are rarest; a window holds a
/// three-byte group at an even or at an odd offset, so it is enough to look at every second position. Three filters, each cheaper to fail
/// than the next: a table over hashed three-byte groups (64 KiB, more for more than 500 literals), a bitmap over hashed windows, the literal itself. The cost hardly grows with the number
/// of literals, and there is no state between positions, so the loads overlap.
/// </summary>
internal sealed class AnchorMatcher
{
    private const int Window = ContentRequest.AnchorRequest.MinimumLength;
    private const byte EvenGroup = 1;
    private const byte OddGroup = 2;

    private readonly byte[] _groups;
    private readonly int _groupShift;
    private readonly ulong[] _windows;
    private readonly int _windowShift;
    private readonly uint _fold;

    // Which literals have a window: an open hash table over windows, each with the first of a chain of literals. Flat, since it is built at every start.
    private readonly uint[] _keys;
    private readonly int[] _first; // index of a literal + 1; 0 where the place is free
    private readonly int[] _next; // the same, by literal
    private readonly int[] _offsets; // where the window stands, by literal
    private readonly AnchorLiteral[] _literals;

    /// <param name="list">Each of at least four bytes. Not to be changed afterwards.</param>
    public AnchorMatcher(IReadOnlyList<AnchorLiteral> list)
    {
        _literals = list as AnchorLiteral[] ?? [.. list];
        var literals = _literals;
        var count = literals.Length;
        // Folding is a filter only: with it "[" and "{" are alike too, and the last comparison tells them apart.
        for (var i = 0; i < count; i++)
            if (literals[i].IgnoreCase) _fold = 0x20202020;

        // Two groups a literal: 100 to 200 places for each literal keep the first filter quiet, as long as the table fits the second-level cache.
        var groupBits = Math.Clamp(BitOperationsLog2(count) + 8, 16, 20);
        _groupShift = 32 - groupBits;
        _groups = new byte[1 << groupBits];

        // 32 bits of bitmap for each literal keep false windows below 4 %, from 64 Kbit (fits the first-level cache) up.
        var bits = Math.Clamp(BitOperationsLog2(count) + 5, 16, 24);
        _windowShift = 32 - bits;
        _windows = new ulong[1 << (bits - 6)];

        var places = 2 << BitOperationsLog2(count);
        _keys = new uint[places];
        _first = new int[places];
        _next = new int[count];
        _offsets = new int[count];
        var chains = new int[places];
        for (var i = 0; i < count; i++)
        {
            var bytes = literals[i].Bytes.Span;
            var offset = RarestWindow(bytes, chains);
            var window = BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]) | _fold;
            _groups[GroupHash(window, _groupShift)] |= EvenGroup;
            _groups[GroupHash(window >> 8, _groupShift)] |= OddGroup;
            var bit = WindowHash(window);
            _windows[bit >> 6] |= 1UL << (int)(bit & 63);
            var place = PlaceOf(window);
            _keys[place] = window;
            _next[i] = _first[place];
            _first[place] = i + 1;
            chains[place]++;
            _offsets[i] = offset;
            LongestLiteral = Math.Max(LongestLiteral, bytes.Length);
        }
    }

    /// <summary>The length of the longest literal in bytes.</summary>
    public int LongestLiteral { get; }

    /// <summary>Reports every literal that starts in <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive) and lies whole in the buffer.</summary>
    /// <param name="buffer">The bytes; those outside the range are looked at as context.</param>
    /// <param name="from">First start position reported.</param>
    /// <param name="to">Position behind the last start reported.</param>
    /// <param name="hits">Receives each occurrence; not in order of position.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a loop over megabytes in the first call: tiering up comes too late
    public void Find(ReadOnlySpan<byte> buffer, int from, int to, AnchorHits hits)
    {
        // A literal that starts before `to` has its window at most LongestLiteral further on. One byte earlier for the odd phase.
        var position = Math.Max(0, from);
        var end = (int)Math.Min(buffer.Length, (long)to + LongestLiteral);
        if (end - position < Window || to <= from) return;

        ref var bytes = ref MemoryMarshal.GetReference(buffer);
        ref var groups = ref MemoryMarshal.GetArrayDataReference(_groups);
        var fold = _fold;
        var shift = _groupShift;
        var fast = end - 10;
        for (; position <= fast; position += 8)
        {
            ref var here = ref Unsafe.Add(ref bytes, position);
            var a = Unsafe.Add(ref groups, GroupHash(Unsafe.ReadUnaligned<uint>(ref here) | fold, shift));
            var b = Unsafe.Add(ref groups, GroupHash(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref here, 2)) | fold, shift));
            var c = Unsafe.Add(ref groups, GroupHash(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref here, 4)) | fold, shift));
            var d = Unsafe.Add(ref groups, GroupHash(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref here, 6)) | fold, shift));
            if ((a | b | c | d) == 0) continue;
            if (a != 0) Check(buffer, position, a, from, to, hits);
            if (b != 0) Check(buffer, position + 2, b, from, to, hits);
            if (c != 0) Check(buffer, position + 4, c, from, to, hits);
            if (d != 0) Check(buffer, position + 6, d, from, to, hits);
        }

        for (; position + 3 <= end; position += 2)
        {
            var group = (uint)(buffer[position] | buffer[position + 1] << 8 | buffer[position + 2] << 16) | fold;
            var flags = _groups[GroupHash(group, shift)];
            if (flags != 0) Check(buffer, position, flags, from, to, hits);
        }
    }

    private void Check(ReadOnlySpan<byte> buffer, int position, byte flags, int from, int to, AnchorHits hits)
    {
        if ((flags & EvenGroup) != 0) CheckWindow(buffer, position, from, to, hits);
        if ((flags & OddGroup) != 0) CheckWindow(buffer, position - 1, from, to, hits);
    }

    private void CheckWindow(ReadOnlySpan<byte> buffer, int start, int from, int to, AnchorHits hits)
    {
        if (start < 0 || start + Window > buffer.Length) return;
        var window = BinaryPrimitives.ReadUInt32LittleEndian(buffer[start..]) | _fold;
        var bit = WindowHash(window);
        if ((_windows[bit >> 6] >> (int)(bit & 63) & 1) == 0) return;
        for (var next = _first[PlaceOf(window)]; next > 0; next = _next[next - 1])
        {
            var literal = _literals[next - 1];
            var bytes = literal.Bytes.Span;
            var literalStart = start - _offsets[next - 1];
            if (literalStart < from || literalStart >= to || literalStart + bytes.Length > buffer.Length) continue;
            var found = buffer.Slice(literalStart, bytes.Length);
            if (literal.IgnoreCase ? EqualsIgnoringCase(found, bytes) : found.SequenceEqual(bytes)) hits.Add(next - 1, literalStart);
        }
    }

    /// <summary>Where a window stands in the table, or the free place where it would.</summary>
    private int PlaceOf(uint window)
    {
        var mask = _first.Length - 1;
        var place = (int)(window * 0x9E3779B1u >> 7) & mask;
        while (_first[place] != 0 && _keys[place] != window) place = (place + 1) & mask;
        return place;
    }

    /// <summary>Equality with ASCII letters of either case; other bytes exactly (Ascii.EqualsIgnoreCase knows no byte above 127).</summary>
    private static bool EqualsIgnoringCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        for (var i = 0; i < a.Length; i++)
            if (a[i] != b[i] && ((a[i] | 0x20) != (b[i] | 0x20) || !char.IsAsciiLetter((char)a[i]))) return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint GroupHash(uint group, int shift) => (group << 8) * 0x9E3779B1u >> shift;

    private uint WindowHash(uint window) => window * 0x85EBCA6Bu >> _windowShift;

    private static int BitOperationsLog2(int count) => System.Numerics.BitOperations.Log2((uint)Math.Max(1, count)) + 1;

    // Rare among bytes as such, and not what many literals have in common: a list of names may begin with the same word throughout.
    private int RarestWindow(ReadOnlySpan<byte> literal, int[] chains)
    {
        var best = 0;
        var bestScore = int.MaxValue;
        for (var i = 0; i + Window <= literal.Length; i++)
        {
            var score = 0;
            for (var k = 0; k < Window; k++) score += Commonness(literal[i + k]);
            if (score >= bestScore) continue;
            var shared = chains[PlaceOf(BinaryPrimitives.ReadUInt32LittleEndian(literal[i..]) | _fold)];
            if (shared > 0) score += 4 * BitOperationsLog2(shared);
            if (score < bestScore) (best, bestScore) = (i, score);
        }

        return best;
    }

    // How often a byte occurs in what packages hold (text, code, IL), in rough classes.
    private static int Commonness(byte value) => value switch
    {
        0 or 0xFF => 12,
        (byte)' ' or (byte)'e' or (byte)'t' or (byte)'a' or (byte)'o' or (byte)'i' or (byte)'n' or (byte)'s' or (byte)'r' => 10,
        >= (byte)'a' and <= (byte)'z' => 7,
        (byte)'.' or (byte)',' or (byte)'(' or (byte)')' or (byte)'"' or (byte)'=' or (byte)'/' or (byte)'\n' => 6,
        >= (byte)'0' and <= (byte)'9' => 5,
        >= (byte)'A' and <= (byte)'Z' => 4,
        (byte)'_' or (byte)'-' => 3,
        _ => 1,
    };
}
