using System.Buffers.Binary;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

/// <summary>
/// Notices that a program which streams by carries a single-file bundle. The files stand behind the host, so nothing before its signature is ever needed: where the
/// program cannot be read in place, what comes from there on is kept.
/// </summary>
internal sealed class BundleCapture(EntrySource source, EntryBuffer.Pool pool) : IDisposable
{
    // One bundle has one; a tool that handles bundles may hold it as well.
    private const int MostSignatures = 16;

    private readonly List<(long Host, long List)> _found = [];
    private EntryBuffer? _buffer;
    private ByteSource? _inPlace;
    private long _kept;
    private string? _failure;

    /// <summary>Where signatures end, and where the list of files is that they point to. Mostly none.</summary>
    public IReadOnlyList<(long Host, long List)> Found => _found;

    /// <summary>Whether an entry is of a kind that hosts bundles.</summary>
    public static bool MayBeIn(Entry entry) => entry.Kind is EntryKind.PortableExecutable or EntryKind.Elf or EntryKind.MachO;

    /// <summary>Called for each chunk, in order.</summary>
    public void Look(in Chunk chunk)
    {
        var known = _found.Count;
        var buffer = chunk.Buffer;
        // A signature that the last chunk ended within.
        var at = Math.Max(0, chunk.FreshStart - BundleReader.Signature.Length + 1);
        for (int next; (next = buffer[at..].IndexOf(BundleReader.Signature)) >= 0;)
        {
            at += next;
            if (at >= BundleReader.PointerLength) Add(BinaryPrimitives.ReadInt64LittleEndian(buffer[(at - BundleReader.PointerLength)..]), chunk.Position - chunk.FreshStart + at + BundleReader.Signature.Length);
            at += BundleReader.Signature.Length;
        }

        if (_found.Count == 0) return;
        if (known == 0)
        {
            if (OpenInPlace() is not null) return;
            _kept = chunk.Position;
            _buffer = new EntryBuffer(pool);
        }

        if (_buffer is null || _failure is not null) return;
        try
        {
            _buffer.Append(chunk.Fresh);
        }
        catch (UnreadableException e)
        {
            // Said when the program has ended and it is clear that there is something to look into.
            _failure = e.Message;
        }
    }

    /// <summary>The entry's bytes for random access, where they need not be kept for that.</summary>
    public ByteSource? OpenInPlace() => _inPlace ??= source.OpenInPlace();

    /// <summary>The program's bytes, as far as they can be asked for.</summary>
    /// <exception cref="UnreadableException">They are too many to be kept.</exception>
    public ByteSource Bytes() =>
        _failure is not null ? throw new UnreadableException(_failure) : _inPlace ?? new Kept(_buffer!, _kept);

    public void Dispose()
    {
        _buffer?.Dispose();
        (_inPlace as IDisposable)?.Dispose();
    }

    private void Add(long list, long host)
    {
        // 0 in a host that carries nothing.
        if (list < host || _found.Exists(f => f.List == list)) return;
        if (_found.Count == MostSignatures) throw new UnreadableException($"it points to more than {MostSignatures} single-file bundles", host);
        _found.Add((host, list));
    }

    /// <summary>Bytes from an offset on.</summary>
    private sealed class Kept(EntryBuffer buffer, long start) : ByteSource
    {
        public override long Length => start + buffer.Length;

        public override int Read(long offset, Span<byte> bytes) =>
            offset >= start ? buffer.Read(offset - start, bytes) : throw new UnreadableException("a single-file bundle begins before its host ends", offset);
    }
}
