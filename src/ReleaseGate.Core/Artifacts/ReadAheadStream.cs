using System.Runtime.ExceptionServices;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Reads another stream on a thread of its own, a few blocks ahead of whoever reads this one. Inflating is the slowest part of an inspection;
/// this way it runs beside everything else. What the inner stream throws is thrown here, behind the bytes that came before it.
/// </summary>
internal sealed class ReadAheadStream : ForwardStream
{
    private const int BlockLength = 256 * 1024;
    private const int Blocks = 5;

    private readonly Stream _inner;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenRegistration _registration;
    private readonly object _gate = new();
    private readonly Queue<(byte[] Bytes, int Length)> _full = new(Blocks);
    private readonly Stack<byte[]> _free = new(Blocks);
    private readonly Thread _thread;
    private int _made;
    private bool _stopped;
    private bool _complete;
    private ExceptionDispatchInfo? _failure;
    private byte[]? _current;
    private int _start;
    private int _length;

    /// <summary>Takes over <paramref name="inner"/> and begins to read it.</summary>
    public ReadAheadStream(Stream inner, CancellationToken cancel)
    {
        _inner = inner;
        _cancel = cancel;
        _thread = new Thread(Produce) { IsBackground = true, Name = "ReleaseGate read-ahead" };
        _thread.Start();
        _registration = cancel.Register(Stop);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0) return 0;
        if (_current is null && !Next()) return 0;
        var count = Math.Min(buffer.Length, _length - _start);
        _current.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        if (_start == _length) Recycle();
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _registration.Dispose();
            Stop();
            // The inner stream is still in use until the thread has ended.
            _thread.Join();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Next()
    {
        lock (_gate)
        {
            while (_full.Count == 0 && !_complete && !_stopped) Monitor.Wait(_gate);
            _cancel.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_stopped, this);
            if (_full.Count == 0)
            {
                _failure?.Throw();
                return false;
            }

            (_current, _length) = _full.Dequeue();
            _start = 0;
            return true;
        }
    }

    private void Recycle()
    {
        lock (_gate)
        {
            _free.Push(_current!);
            _current = null;
            Monitor.PulseAll(_gate);
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Produce()
    {
        ExceptionDispatchInfo? failure = null;
        try
        {
            while (Take() is { } block)
            {
                var length = 0;
                var ended = false;
                try
                {
                    while (length < block.Length && !ended)
                    {
                        var read = _inner.Read(block, length, block.Length - length);
                        ended = read == 0;
                        length += read;
                    }
                }
                finally
                {
                    if (length > 0) Give(block, length);
                }

                if (ended) break;
            }
        }
#pragma warning disable CA1031 // Nothing is swallowed: the exception is thrown again on the reader's thread.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }

        lock (_gate)
        {
            _failure = failure;
            _complete = true;
            Monitor.PulseAll(_gate);
        }
    }

    private byte[]? Take()
    {
        lock (_gate)
        {
            while (_free.Count == 0 && _made == Blocks && !_stopped) Monitor.Wait(_gate);
            if (_stopped) return null;
            if (_free.TryPop(out var block)) return block;
            _made++;
            return GC.AllocateUninitializedArray<byte>(BlockLength);
        }
    }

    private void Give(byte[] block, int length)
    {
        lock (_gate)
        {
            _full.Enqueue((block, length));
            Monitor.PulseAll(_gate);
        }
    }
}
