using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Archives;

/// <summary>Everything a reader gave: entries with their bytes or the reason there are none, anomalies, and what ended the reading.</summary>
internal sealed class Contents
{
    public List<(Entry Entry, byte[]? Bytes, string? Failure)> Entries { get; } = [];

    public List<Anomaly> Anomalies { get; } = [];

    /// <summary>Why the container could not be read to its end, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether nothing at all was wrong.</summary>
    public bool Clean => Failure is null && Anomalies.Count == 0 && Entries.All(e => e.Failure is null);

    public IEnumerable<string> Names => Entries.Select(e => e.Entry.ArchivePath.Value);

    public byte[]? this[string name] => Entries.Single(e => e.Entry.ArchivePath.Value == name).Bytes;

    public Entry Entry(string name) => Entries.Single(e => e.Entry.ArchivePath.Value == name).Entry;

    /// <summary>One line for each thing that is wrong.</summary>
    public IEnumerable<string> Complaints =>
        Anomalies.Select(a => $"{a.Kind}{(a.Path is null ? "" : $" {a.Path}")}: {a.Reason}")
            .Concat(Entries.Where(e => e.Failure is not null).Select(e => $"Unreadable {e.Entry.ArchivePath}: {e.Failure}"))
            .Concat(Failure is null ? [] : [$"Unreadable: {Failure}"]);

    public static Contents OfZip(byte[] bytes, EntryPath? container = null) => Of(report => new ZipReader(new MemoryByteSource(bytes), container, report));

    public static Contents OfAsar(byte[] bytes) => Of(report => new AsarReader(new MemoryByteSource(bytes), new EntryPath("app.asar"), report));

    public static Contents OfTar(byte[] bytes) => Of(report => new TarReader(new Trickle(bytes), null, report));

    public static Contents OfGZip(byte[] bytes, string name = "data.gz") =>
        Of(report => new GZipReader(new GZipContentStream(new Trickle(bytes), null, report), GZipReader.InnerName(name), null));

    public static Contents OfTgz(byte[] bytes) => Of(report => new TarReader(new GZipContentStream(new Trickle(bytes), null, report), null, report));

    public static Contents Of(Func<Action<Anomaly>, ArtifactReader> open)
    {
        var contents = new Contents();
        using var reader = open(contents.Anomalies.Add);
        try
        {
            foreach (var source in reader.Entries())
            {
                try
                {
                    using var stream = source.Open();
                    var bytes = new MemoryStream();
                    stream.CopyTo(bytes);
                    contents.Entries.Add((source.Entry, bytes.ToArray(), null));
                }
                catch (UnreadableException e)
                {
                    contents.Entries.Add((source.Entry, null, e.Message));
                }
            }
        }
        catch (UnreadableException e)
        {
            contents.Failure = e.Message;
        }

        return contents;
    }

    /// <summary>A stream that cannot seek and gives its bytes in uneven pieces.</summary>
    internal sealed class Trickle(byte[] bytes, int seed = 7) : Stream
    {
        private readonly Random _random = new(seed);
        private int _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var length = Math.Min(Math.Min(count, bytes.Length - _position), _random.Next(1, 5000));
            Array.Copy(bytes, _position, buffer, offset, length);
            _position += length;
            return length;
        }

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
