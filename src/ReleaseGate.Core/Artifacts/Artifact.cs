using System.IO.Abstractions;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using ReleaseGate.Inspection;
using ReleaseGate.Rules;

namespace ReleaseGate.Artifacts;

/// <summary>
/// A file or folder about to be released, opened for reading. Open it, enumerate <see cref="Read"/> to the end, then ask for
/// <see cref="ReadDigest"/> and <see cref="Changed"/>.
/// </summary>
internal sealed class Artifact : IDisposable
{
    /// <summary>Files up to this length are read once and kept; larger ones are read where they lie.</summary>
    private const long MemoryLimit = 16L << 20;

    /// <summary>Below this a thread of its own costs more than it gains.</summary>
    private const long ThreadLimit = 512 * 1024;

    private readonly IFileSystem? _files;
    private readonly Shape _shape;
    private readonly DateTime _modified;
    private readonly ByteSource? _source;
    private readonly IDisposable? _handle;
    private readonly string? _failure;
    private bool _tarInside;
    private HashingStream? _sequential;
    private ArtifactReader? _reader;
    private Thread? _hasher;
    private Digest? _digest;
    private Exception? _hashFailure;

    private Artifact(IFileSystem? files, string path, string name, Shape shape, long length, DateTime modified, ByteSource? source, IDisposable? handle, string? failure = null)
    {
        _files = files;
        Path = path;
        Name = name;
        Length = length;
        _shape = shape;
        _modified = modified;
        _source = source;
        _handle = handle;
        _failure = failure;
    }

    private enum Shape
    {
        Broken,
        Zip,
        GZip,
        Tar,
        Directory,
        Program,
    }

    /// <summary>The path on disk.</summary>
    public string Path { get; }

    /// <summary>The file or folder name.</summary>
    public string Name { get; }

    /// <summary>Bytes on disk; 0 for a folder.</summary>
    public long Length { get; }

    /// <summary>Whether it is a folder.</summary>
    public bool IsDirectory => _shape == Shape.Directory;

    /// <summary>What it is, as far as its first bytes tell, behind gzip once it is being read; packages are known when their entries are.</summary>
    public ArtifactKind Kind => _shape switch
    {
        Shape.Zip => ArtifactKind.Zip,
        Shape.GZip => _tarInside ? ArtifactKind.Tar : ArtifactKind.GZip,
        Shape.Tar => ArtifactKind.Tar,
        Shape.Directory => ArtifactKind.Directory,
        Shape.Program => ArtifactKind.Executable,
        _ => ArtifactKind.Unknown,
    };

    /// <summary>Takes bytes for a file that lies on no disk.</summary>
    /// <param name="name">The name it would have there.</param>
    /// <param name="bytes">Its bytes; not copied.</param>
    public static Artifact Of(string name, ReadOnlyMemory<byte> bytes) => Of(name, new MemoryByteSource(bytes));

    /// <summary>The same for bytes that stand in no one place.</summary>
    public static Artifact Of(string name, ByteSource source) => new(null, name, name, Recognize(source), source.Length, default, source, null);

    /// <summary>Opens a file or folder.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="path">Its path.</param>
    /// <param name="asDirectory">Whether it has to be a folder.</param>
    /// <exception cref="GateException">There is none, or it is neither a file nor a folder (RG0007).</exception>
    public static Artifact Open(IFileSystem files, string path, bool asDirectory)
    {
        if (files.Directory.Exists(path))
        {
            if (!asDirectory) throw Nothing("is a folder; ask for it as a folder to check it as the artifact");
            var folder = files.DirectoryInfo.FromDirectoryName(path);
            return new Artifact(files, path, folder.Name, Shape.Directory, 0, folder.LastWriteTimeUtc, null, null);
        }

        if (!files.File.Exists(path)) throw Nothing("does not exist");
        if (asDirectory) throw Nothing("is a file, not a folder");

        // A link is followed: whoever names it means what it leads to.
        var info = Target(files, path);
        if (!info.Exists) throw Nothing("is a link that leads nowhere");
        var (length, modified) = (info.Length, info.LastWriteTimeUtc);
        if (DiskFile.IsSpecial(files, info.FullName, length)) throw Nothing("is neither a file nor a folder");

        Artifact Broken(string failure) => new(files, path, files.Path.GetFileName(path), Shape.Broken, length, modified, null, null, failure);
        Stream? stream = null;
        try
        {
            stream = files.File.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            length = stream.Length;
            ByteSource source;
            if (length <= MemoryLimit)
            {
                var bytes = GC.AllocateUninitializedArray<byte>((int)length);
                stream.ReadExactly(bytes);
                stream.Dispose();
                stream = null;
                source = new MemoryByteSource(bytes);
            }
            else
            {
                source = stream is FileStream { SafeFileHandle: var handle } ? new HandleByteSource(handle, length) : new LockedByteSource(stream, length);
            }

            var artifact = new Artifact(files, path, files.Path.GetFileName(path), Recognize(source), length, modified, source, stream, length == 0 ? "the file is empty" : null);
            stream = null;
            return artifact;
        }
        catch (EndOfStreamException)
        {
            return Broken("the file became shorter while it was read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Broken($"the system refuses to read it: {e.GetType().Name}");
        }
        finally
        {
            stream?.Dispose();
        }

        GateException Nothing(string what) => new(GateRules.NothingInspected.Id, $"'{path}' {what}.");
    }

    /// <summary>
    /// The reader of its entries; to be disposed with the artifact. Called once.
    /// </summary>
    /// <param name="report">Told about anomalies.</param>
    /// <param name="cancel">Ends threads that read ahead.</param>
    public ArtifactReader Read(Action<Anomaly> report, CancellationToken cancel)
    {
        if (_reader is not null) throw new InvalidOperationException("An artifact is read once.");
        _reader = _shape switch
        {
            Shape.Directory => new DirectoryReader(_files!, Path, report),
            Shape.Zip => ReadZip(report),
            Shape.GZip => ReadGZip(report, cancel),
            Shape.Tar => new TarReader(ReadAhead(Sequential(), Length, cancel), null, report),
            Shape.Program => new SingleFileReader(_source!, Name, _modified),
            _ => new BrokenReader(new UnreadableException(_failure ?? "these bytes are neither zip, gzip, tar nor a program", 0)),
        };
        if (Promised(Name) is { } promised && !Keeps(promised))
            report(new Anomaly(AnomalyKind.KindMismatch, null, $"its name promises {promised}, its bytes are {Described}"));
        return _reader;
    }

    /// <summary>
    /// SHA-256 of exactly the bytes of the file, read to the end whatever the format took for its end. Null for a folder, whose digest is made of
    /// those of its entries, and for a file that cannot be read. Ends the reading.
    /// </summary>
    public Digest? ReadDigest()
    {
        if (_digest is { } known) return known;
        if (_source is null) return null;
        // The threads below the reader use the same stream.
        _reader?.Dispose();
        if (_sequential is not null) return _digest = _sequential.Finish();
        _hasher?.Join();
        if (_hashFailure is not null) throw new UnreadableException(_hashFailure.Message, inner: _hashFailure);
        return _digest ??= Hash(_source);
    }

    /// <summary>
    /// Whether length or time on disk are no longer what they were when it was opened (RG0008). For a folder: its own time, and those of everything in it.
    /// </summary>
    /// <param name="entries">All that was read, in ordinal order of the paths; null where it was not read to the end.</param>
    /// <exception cref="UnreadableException">The folder can't be listed any more.</exception>
    public bool Changed(IReadOnlyList<Entry>? entries = null)
    {
        if (_files is null) return false;
        if (IsDirectory)
        {
            var folder = _files.DirectoryInfo.FromDirectoryName(Path);
            return !folder.Exists || folder.LastWriteTimeUtc != _modified
                || (entries is not null && FolderState.Of(new DirectoryReader(_files, Path, static _ => { })) != FolderState.Of(entries));
        }

        var info = Target(_files, Path);
        return !info.Exists || info.Length != Length || info.LastWriteTimeUtc != _modified;
    }

    /// <summary>Whether an entry of this kind is entered.</summary>
    public static bool IsEntered(EntryKind kind) => kind is EntryKind.Zip or EntryKind.Tar or EntryKind.GZip or EntryKind.Brotli or EntryKind.Asar;

    /// <summary>
    /// The reader for a gzip, Brotli stream or tar inside an artifact, which is read as it comes. (A zip or asar needs random access: read it whole, then make a <see cref="ZipReader"/> or <see cref="AsarReader"/>.)
    /// Once the entries were enumerated to the end, <paramref name="content"/> has been read to its end.
    /// </summary>
    /// <param name="kind">What the first bytes say.</param>
    /// <param name="content">The entry's bytes from the beginning; taken over.</param>
    /// <param name="path">The entry.</param>
    /// <param name="report">Told about anomalies.</param>
    public static ArtifactReader Nested(EntryKind kind, Stream content, EntryPath path, Action<Anomaly> report) => kind switch
    {
        EntryKind.Tar => new TarReader(content, path, report),
        EntryKind.GZip => Unpacked(new GZipContentStream(content, path, report), GZipReader.InnerName(path.Name.ToString()), path, null, report, out _),
        EntryKind.Brotli => Unpacked(new BrotliContentStream(content, path, report), GZipReader.InnerName(path.Name.ToString()), path, null, report, out _),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Only gzip, Brotli and tar are read as they come."),
    };

    public void Dispose()
    {
        _reader?.Dispose();
        _hasher?.Join();
        _sequential?.Dispose();
        _handle?.Dispose();
    }

    private static IFileInfo Target(IFileSystem files, string path)
    {
        var info = files.FileInfo.FromFileName(path);
        if (files is not FileSystem || !info.Exists || info.LinkTarget is null) return info;
        return File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? files.FileInfo.FromFileName(target.FullName) : info;
    }

    private static Shape Recognize(ByteSource source)
    {
        Span<byte> head = stackalloc byte[ArtifactFormat.HeadLength];
        head = head[..(int)Math.Min(head.Length, source.Length)];
        source.ReadExactly(0, head);
        if (ArtifactFormat.IsZip(head)) return Shape.Zip;
        if (ArtifactFormat.IsGZip(head)) return Shape.GZip;
        if (ArtifactFormat.IsTar(head)) return Shape.Tar;
        if (ArtifactFormat.HasZipEnd(source)) return Shape.Zip;
        return ArtifactFormat.IsProgram(head, head.Length == source.Length) ? Shape.Program : Shape.Broken;
    }

    private ZipReader ReadZip(Action<Anomaly> report)
    {
        if (Length > ThreadLimit)
        {
            _hasher = new Thread(() =>
            {
                try
                {
                    _digest = Hash(_source!);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or UnreadableException)
                {
                    _hashFailure = e;
                }
            })
            { IsBackground = true, Name = "ReleaseGate digest" };
            _hasher.Start();
        }

        return new ZipReader(_source!, null, report);
    }

    private ArtifactReader ReadGZip(Action<Anomaly> report, CancellationToken cancel)
    {
        // Two threads ahead of the rules: one reads and hashes the file, one inflates.
        var content = new GZipContentStream(ReadAhead(Sequential(), Length, cancel), null, report);
        var reader = Unpacked(ReadAhead(content, Length, cancel), GZipReader.InnerName(Name), null, Length, report, out var inside);
        if (inside == EntryKind.Tar) _tarInside = true;
        if (inside is { } kind && Promised(Name) == "a gzip-compressed tar" && kind != EntryKind.Tar)
            report(new Anomaly(AnomalyKind.KindMismatch, null, "its name promises a gzip-compressed tar, but inside is no tar"));
        return reader;
    }

    private static ArtifactReader Unpacked(Stream content, string innerName, EntryPath? container, long? compressedLength, Action<Anomaly> report, out EntryKind? inside)
    {
        var head = new byte[ArtifactFormat.HeadLength];
        inside = null;
        try
        {
            var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            var whole = new ReplayStream(head.AsMemory(0, length), content);
            inside = ArtifactFormat.IsTar(head.AsSpan(0, length)) ? EntryKind.Tar : EntryKind.Binary;
            return inside == EntryKind.Tar ? new TarReader(whole, container, report) : new GZipReader(whole, innerName, container, compressedLength);
        }
        catch (UnreadableException e)
        {
            content.Dispose();
            return new BrokenReader(e);
        }
    }

    private static Stream ReadAhead(Stream stream, long compressedLength, CancellationToken cancel) =>
        compressedLength > ThreadLimit ? new ReadAheadStream(stream, cancel) : stream;

    private HashingStream Sequential() => _sequential = new HashingStream(_source!);

    private static Digest Hash(ByteSource source)
    {
        using var stream = new HashingStream(source);
        return stream.Finish();
    }

    private static string? Promised(string name)
    {
        bool Ends(string suffix) => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
        if (Ends(".nupkg") || Ends(".snupkg") || Ends(".zip") || Ends(".vsix") || Ends(".whl") || Ends(".jar")) return "a zip";
        if (Ends(".tgz") || Ends(".tar.gz")) return "a gzip-compressed tar";
        if (Ends(".gz")) return "gzip";
        return Ends(".tar") ? "a tar" : null;
    }

    private bool Keeps(string promised) => _shape switch
    {
        Shape.Zip => promised == "a zip",
        // Whether a tar is inside is looked at when it is opened.
        Shape.GZip => promised is "gzip" or "a gzip-compressed tar",
        Shape.Tar => promised == "a tar",
        _ => _shape == Shape.Directory,
    };

    private string Described => _shape switch
    {
        Shape.Zip => "a zip",
        Shape.GZip => "gzip",
        Shape.Tar => "a tar",
        Shape.Program => "a program",
        _ => Length == 0 ? "none" : "of no known archive format",
    };

    /// <summary>The reader of what cannot be read at all.</summary>
    private sealed class BrokenReader(UnreadableException reason) : ArtifactReader
    {
        public override bool AnyOrder => false;

        public override IEnumerable<EntrySource> Entries() => throw reason;
    }

    /// <summary>Reads a source from its beginning and hashes what was read.</summary>
    private sealed class HashingStream(ByteSource source) : ForwardStream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _position;

        public override int Read(Span<byte> buffer)
        {
            var read = source.Read(_position, buffer);
            _hash.AppendData(buffer[..read]);
            _position += read;
            if (read == 0 && buffer.Length > 0 && _position != source.Length) throw new UnreadableException("the file became shorter while it was read", _position);
            return read;
        }

        /// <summary>Reads what is left, then tells the digest.</summary>
        public Digest Finish()
        {
            var rest = new byte[128 * 1024];
            while (Read(rest.AsSpan()) > 0) { }
            // Not disposed with the stream: readers close what they read, and the digest is asked for afterwards.
            using (_hash) return new Digest(_hash.GetHashAndReset());
        }
    }

    /// <summary>As <see cref="FileByteSource"/>, but what the system refuses is unreadable, not a crash.</summary>
    private sealed class HandleByteSource(SafeFileHandle handle, long length) : ByteSource
    {
        private readonly FileByteSource _file = new(handle, length);

        public override long Length => length;

        public override int Read(long offset, Span<byte> buffer)
        {
            try
            {
                return _file.Read(offset, buffer);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UnreadableException($"the system refuses to read it: {e.GetType().Name}", offset, e);
            }
        }
    }

    /// <summary>A file of a file system that has only streams.</summary>
    private sealed class LockedByteSource(Stream stream, long length) : ByteSource
    {
        public override long Length => length;

        public override int Read(long offset, Span<byte> buffer)
        {
            lock (stream)
            {
                stream.Position = offset;
                return stream.Read(buffer);
            }
        }
    }
}
