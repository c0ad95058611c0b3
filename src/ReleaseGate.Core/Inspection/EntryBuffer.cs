using ReleaseGate.Artifacts;

namespace ReleaseGate.Inspection;

/// <summary>
/// All bytes of one entry in memory: for nested zips, which need random access, and for rules that want the whole entry. Small ones are
/// free; beyond 4 MiB only one thread of an inspection holds such buffers at a time, and all it holds stay below the budget, so memory is
/// bounded however many entries are read at once.
/// </summary>
internal sealed class EntryBuffer(EntryBuffer.Pool pool) : IDisposable
{
    private const int Free = 4 << 20;
    private byte[] _bytes = [];
    private int _length;
    private bool _locked;

    /// <summary>Shared by all threads of an inspection.</summary>
    internal sealed class Pool(long budget)
    {
        public long Budget { get; } = budget;

        // Only touched under the lock on this object.
        public long InUse { get; set; }
    }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    public int Length => _length;

    /// <exception cref="UnreadableException">The budget is used up.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _length) Grow(_length + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="UnreadableException">The budget is used up, or the stream's own reason.</exception>
    public void AppendAll(Stream stream)
    {
        while (true)
        {
            if (_length == _bytes.Length) Grow(_length + 1);
            var read = stream.Read(_bytes, _length, _bytes.Length - _length);
            if (read == 0) return;
            _length += read;
        }
    }

    public void Dispose()
    {
        if (_locked)
        {
            pool.InUse -= _bytes.Length;
            Monitor.Exit(pool);
            _locked = false;
        }

        _bytes = [];
        _length = 0;
    }

    private void Grow(long needed)
    {
        var size = Math.Max(needed, Math.Min(_bytes.Length * 2L, _bytes.Length + (16L << 20)));
        if (size < 64 << 10) size = 64 << 10;
        if (size > Free)
        {
            // The lock is re-entrant: an archive in an archive is read by the same thread.
            if (!_locked)
            {
                Monitor.Enter(pool);
                _locked = true;
                pool.InUse += _bytes.Length;
            }

            if (pool.InUse - _bytes.Length + size > pool.Budget) size = needed;
            if (pool.InUse - _bytes.Length + size > pool.Budget || size > Array.MaxLength)
                throw new UnreadableException($"more than {ByteSize.Format(pool.Budget)} would have to be held in memory to look inside (raise 'limits.nested' in the manifest)");
            pool.InUse += size - _bytes.Length;
        }

        Array.Resize(ref _bytes, (int)size);
    }
}
