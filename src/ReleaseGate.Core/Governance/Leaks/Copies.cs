using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>
/// Copies of one artifact, each with something seeded. What is not seeded stays as it is, entry by entry; of archives its compressed bytes are taken over and not held twice.
/// </summary>
internal abstract class Copies : IDisposable
{
    /// <summary>Files up to this length are read into memory; larger ones are read where they lie.</summary>
    private const long MemoryLimit = 16L << 20;

    /// <summary>Opens an artifact for copying.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="path">Its full path.</param>
    /// <param name="inventory">What was found in it.</param>
    /// <param name="scratch">A folder for copies of folders, which is made when it is needed, and removed.</param>
    /// <param name="copies">How many copies there are at a time.</param>
    /// <param name="cancel">Stops the copying.</param>
    /// <exception cref="GateException">RG0007: an artifact of this kind can't be copied with a change.</exception>
    public static Copies Open(IFileSystem files, string path, Inventory inventory, string scratch, int copies, CancellationToken cancel)
    {
        if (inventory.Kind == ArtifactKind.Directory) return new FolderCopies(files, path, inventory, scratch, copies, cancel);
        var (source, handle) = OpenSource(files, path);
        try
        {
            return inventory.Kind switch
            {
                ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage or ArtifactKind.Zip => new ZipCopies(source, handle, inventory),
                ArtifactKind.NpmPackage or ArtifactKind.Tar => new TarCopies(source, handle, inventory, cancel),
                _ => throw Refused(inventory, $"it is {Describe(inventory.Kind)}; packages, zips, tars and folders can take a leak"),
            };
        }
        catch
        {
            handle?.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of an entry of the artifact itself that stands in no other.</summary>
    /// <exception cref="UnreadableException">They can't be read any more.</exception>
    public abstract byte[] Read(Entry entry);

    /// <summary>A copy with seeds, ready to be inspected. Called on several threads.</summary>
    /// <param name="seeds">What is different.</param>
    /// <param name="worker">Which of the copies at a time this is, from 0.</param>
    public abstract Copy Make(IReadOnlyList<Seed> seeds, int worker);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>What stands before the paths of consumers in the archive: <c>package/</c> in npm packages.</summary>
    protected static string RootOf(Inventory inventory)
    {
        foreach (var entry in inventory.Entries)
        {
            if (entry.Path.Depth > 0) continue;
            var (archive, consumer) = (entry.ArchivePath.Inner, entry.Path.Inner);
            // NuGet's escapes make another difference.
            if (archive.Length > consumer.Length && archive.EndsWith(consumer, StringComparison.Ordinal) && archive[archive.Length - consumer.Length - 1] == '/') return archive[..^consumer.Length];
        }

        return "";
    }

    /// <summary>The path in the archive of an entry that is there.</summary>
    protected static string ArchivePathOf(Inventory inventory, string path)
    {
        foreach (var entry in inventory.Entries)
            if (entry.Path.Depth == 0 && entry.Path.Inner == path) return entry.ArchivePath.Inner;
        throw new ArgumentException($"There is no entry '{path}'.");
    }

    protected static GateException Refused(Inventory inventory, string why) => new(GateRules.NothingInspected.Id, $"'{EntryPath.Printable(inventory.Name)}' can't be drilled: {why}");

    private static (ByteSource Source, IDisposable? Handle) OpenSource(IFileSystem files, string path)
    {
        var stream = files.File.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            var length = stream.Length;
            if (length > MemoryLimit) return (stream is FileStream { SafeFileHandle: var handle } ? new FileByteSource(handle, length) : new SeekingByteSource(stream), stream);
            var bytes = GC.AllocateUninitializedArray<byte>((int)length);
            stream.ReadExactly(bytes);
            stream.Dispose();
            return (new MemoryByteSource(bytes), null);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static string Describe(ArtifactKind kind) => kind switch
    {
        ArtifactKind.Executable => "a program",
        ArtifactKind.GZip => "a single compressed file",
        _ => "of no format that is known",
    };

    /// <summary>What has streams and no handles: file systems of tests and of those who bring their own.</summary>
    private sealed class SeekingByteSource(Stream stream) : ByteSource
    {
        private readonly object _lock = new();

        public override long Length { get; } = stream.Length;

        public override int Read(long offset, Span<byte> buffer)
        {
            lock (_lock)
            {
                stream.Position = offset;
                return stream.Read(buffer);
            }
        }
    }
}

/// <summary>A copy of an artifact with a leak in it. Disposing it takes the leak out again.</summary>
/// <param name="artifact">The copy.</param>
/// <param name="restore">What is to be done afterwards, or null.</param>
internal sealed class Copy(Artifact artifact, Action? restore = null) : IDisposable
{
    public Artifact Artifact { get; } = artifact;

    public void Dispose()
    {
        Artifact.Dispose();
        restore?.Invoke();
    }
}
