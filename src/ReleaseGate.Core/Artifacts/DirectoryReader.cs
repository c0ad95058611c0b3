using System.IO.Abstractions;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Reads a folder as if it were an archive: every file below it, hidden ones too, ordered by path. Links are reported and never followed;
/// a folder shows up itself only when it is empty.
/// </summary>
internal sealed class DirectoryReader(IFileSystem files, string root, Action<Anomaly> report) : ArtifactReader
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple };

    public override bool AnyOrder => true;

    public override IEnumerable<EntrySource> Entries()
    {
        var found = new List<(string Path, IFileSystemInfo Info)>();
        Collect(files.DirectoryInfo.FromDirectoryName(root), "", found);
        found.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        for (var i = 0; i < found.Count; i++) yield return Source(found[i].Path, found[i].Info, i);
    }

    private void Collect(IDirectoryInfo folder, string prefix, List<(string, IFileSystemInfo)> found)
    {
        IFileSystemInfo[] children;
        try
        {
            children = folder.GetFileSystemInfos("*", Everything);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            if (prefix.Length == 0) throw new UnreadableException($"the system refuses to list the folder: {e.GetType().Name}", inner: e);
            report(new Anomaly(AnomalyKind.Uninspectable, new EntryPath(prefix), $"the system refuses to list the folder: {e.GetType().Name}"));
            return;
        }

        if (children.Length == 0 && prefix.Length > 0) found.Add((prefix, folder));
        foreach (var child in children)
        {
            if (child is IDirectoryInfo inner && !IsLink(child)) Collect(inner, prefix + child.Name + "/", found);
            else found.Add((prefix + child.Name, child));
        }
    }

    private static bool IsLink(IFileSystemInfo info) => (info.Attributes & FileAttributes.ReparsePoint) != 0;

    private FileSource Source(string name, IFileSystemInfo info, int order)
    {
        var path = new EntryPath(name);
        try
        {
            // What the system lists and then does not find: a name that is no valid UTF-8, or a file that is gone. It has "all attributes", also that of a link.
            if ((int)info.Attributes == -1) throw new FileNotFoundException();
            var isLink = IsLink(info);
            var length = info is IFileInfo file && !isLink ? file.Length : 0;
            var type = isLink ? EntryType.SymbolicLink
                : info is IDirectoryInfo ? EntryType.Directory
                : DiskFile.IsSpecial(files, info.FullName, length) ? EntryType.Device
                : EntryType.File;
            var entry = new Entry(path, order, type)
            {
                LinkTarget = isLink ? info.LinkTarget ?? "" : null,
                UnixMode = OperatingSystem.IsWindows() || isLink || files is not FileSystem ? null : (int)File.GetUnixFileMode(info.FullName),
                Modified = info.LastWriteTimeUtc,
                CompressedLength = type == EntryType.File ? length : null,
            };
            return new FileSource(files, info.FullName, length, entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileSource(files, info.FullName, 0, new Entry(path, order)) { Failure = e };
        }
    }

    private sealed class FileSource(IFileSystem files, string fullName, long length, Entry entry) : EntrySource(entry)
    {
        public Exception? Failure { get; init; }

        public override long Length => length;

        // Only the length is known without reading.
        public override uint? Likeness => 0;

        public override Stream Open()
        {
            if (Failure is not null) throw new UnreadableException($"the system refuses to read it: {Failure.GetType().Name}", inner: Failure);
            return Entry.Type == EntryType.File ? new Measured(DiskFile.OpenSequential(files, fullName), length) : Stream.Null;
        }

        public override ByteSource? OpenInPlace() => DiskFile.OpenRandom(files, fullName, length);
    }

    /// <summary>A file must end where it did when the folder was listed.</summary>
    private sealed class Measured(Stream inner, long expected) : ForwardStream
    {
        private long _length;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.Length == 0) return 0;
            var read = inner.Read(buffer);
            _length += read;
            if (read == 0 ? _length != expected : _length > expected)
                throw new UnreadableException($"it changed while it was read: {_length} bytes instead of {expected}");
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
