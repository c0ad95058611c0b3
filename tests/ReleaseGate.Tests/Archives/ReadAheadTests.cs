using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Archives;

public sealed class ReadAheadTests
{
    [Test]
    public void Gives_the_same_bytes([Values(0, 1, 262_144, 3_000_001)] int length)
    {
        var bytes = new byte[length];
        new Random(2).NextBytes(bytes);
        using var stream = new ReadAheadStream(new Contents.Trickle(bytes), CancellationToken.None);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.That(copy.ToArray().AsSpan().SequenceEqual(bytes), Is.True);
        Assert.That(stream.ReadByte(), Is.EqualTo(-1));
    }

    [Test]
    public void Carries_an_exception_behind_the_bytes_before_it()
    {
        using var stream = new ReadAheadStream(new Failing(700_000), CancellationToken.None);
        var buffer = new byte[700_000];
        Assert.That(stream.ReadAtLeast(buffer, buffer.Length), Is.EqualTo(700_000));
        Assert.That(() => stream.ReadByte(), Throws.InstanceOf<UnreadableException>().With.Message.EqualTo("here it ends"));
        Assert.That(() => stream.ReadByte(), Throws.InstanceOf<UnreadableException>());
    }

    [Test]
    public void Ends_its_thread_when_disposed_before_the_end()
    {
        var inner = new Failing(long.MaxValue);
        var stream = new ReadAheadStream(inner, CancellationToken.None);
        Assert.That(stream.ReadByte(), Is.Zero);
        stream.Dispose();
        Assert.That(inner.Closed, Is.True);
    }

    [Test]
    public void Stops_when_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        using var stream = new ReadAheadStream(new Failing(long.MaxValue), cancel.Token);
        Assert.That(stream.ReadByte(), Is.Zero);
        cancel.Cancel();
        Assert.That(() => stream.CopyTo(Stream.Null), Throws.InstanceOf<OperationCanceledException>());
    }

    private sealed class Failing(long length) : ForwardStream
    {
        private long _position;

        public bool Closed { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (_position == length) throw new UnreadableException("here it ends");
            var count = (int)Math.Min(buffer.Length, length - _position);
            buffer[..count].Clear();
            _position += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            Closed = true;
            base.Dispose(disposing);
        }
    }
}
