using System.Collections.Concurrent;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Inspection;

/// <summary>
/// All bytes of one entry in memory: for nested zips, which need random access, and for rules that want the whole entry. Kept in blocks, so that growing copies
/// nothing. Small ones are free; beyond 4 MiB only one thread of a run holds such buffers at a time, and all it holds stay below the budget, so
/// memory is bounded however many entries and artifacts are read at once.
/// </summary>
internal sealed class EntryBuffer(EntryBuffer.Pool pool) : ByteSource, IDisposable
{
    private const int Free = 4 << 20;
    private const int Block = 256 << 10;

    private readonly List<byte[]> _blocks = [];
    private long _length;
    private bool _locked;

    /// <summary>Shared by all threads of an inspection.</summary>
    /// <param name="budget">Bytes that may be held at a time.</param>
    /// <param name="turn">What the one thread of the run holds that has large buffers; null where there is but one inspection.</param>
    internal sealed class Pool(long budget, object? turn = null)
    {
        public object Turn { get; } = turn ?? new object();

        // A package holds a hundred assemblies, and each is looked at whole: the same blocks serve them all.
        private readonly ConcurrentBag<byte[]> _blocks = [];

        public long Budget { get; } = budget;

        public byte[] Rent() => _blocks.TryTake(out var block) ? block : GC.AllocateUninitializedArray<byte>(Block);

        public void Return(List<byte[]> blocks)
        {
            foreach (var block in blocks) _blocks.Add(block);
        }

        // Only touched by whose turn it is.
        public long InUse { get; set; }
    }

    public override long Length => _length;

    /// <exception cref="UnreadableException">The budget is used up.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var room = Room();
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            bytes = bytes[count..];
            _length += count;
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="UnreadableException">The budget is used up, or the stream's own reason.</exception>
    public void AppendAll(Stream stream)
    {
        // The first look is a small one: most streams end before they fill a block.
        for (int read; (read = stream.Read(Room())) > 0;) _length += read;
    }

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset >= _length) return 0;
        var at = (int)(offset % Block);
        var available = _blocks[(int)(offset / Block)].AsSpan(at);
        var count = (int)Math.Min(Math.Min(available.Length, buffer.Length), _length - offset);
        available[..count].CopyTo(buffer);
        return count;
    }

    /// <summary>The bytes in one piece.</summary>
    public ReadOnlySpan<byte> ToSpan()
    {
        if (_blocks.Count == 0) return default;
        if (_blocks.Count == 1) return _blocks[0].AsSpan(0, (int)_length);
        var whole = GC.AllocateUninitializedArray<byte>(checked((int)_length));
        ReadExactly(0, whole);
        return whole;
    }

    public void Dispose()
    {
        if (_locked)
        {
            pool.InUse -= (long)_blocks.Count * Block;
            Monitor.Exit(pool.Turn);
            _locked = false;
        }

        pool.Return(_blocks);
        _blocks.Clear();
        _length = 0;
    }

    /// <summary>Where the next bytes go; never empty.</summary>
    private Span<byte> Room()
    {
        var used = (int)(_length % Block);
        if (used > 0 || _length < (long)_blocks.Count * Block) return _blocks[^1].AsSpan(used);

        var held = (long)_blocks.Count * Block;
        if (held + Block > Free)
        {
            // The lock is re-entrant: an archive in an archive is read by the same thread.
            if (!_locked)
            {
                Monitor.Enter(pool.Turn);
                _locked = true;
                pool.InUse += held;
            }

            if (pool.InUse + Block > pool.Budget)
                throw new UnreadableException($"more than {ByteSize.Format(pool.Budget)} would have to be held in memory to look inside {Budget.Raise("nested")}");
            pool.InUse += Block;
        }

        _blocks.Add(pool.Rent());
        return _blocks[^1];
    }
}
