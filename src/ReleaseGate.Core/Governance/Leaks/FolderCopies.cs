using System.Collections.Concurrent;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>
/// Copies of a folder on disk, one for each thread, in a folder that is removed with them. A leak is put in, and what was there comes back afterwards. The artifact itself is only read.
/// </summary>
internal sealed class FolderCopies : Copies
{
    private readonly IFileSystem _files;
    private readonly string _original;
    private readonly string _scratch;
    private readonly Inventory _inventory;
    private readonly string[] _places;
    private readonly ConcurrentDictionary<int, bool> _made = new();
    private readonly CancellationToken _cancel;

    public FolderCopies(IFileSystem files, string path, Inventory inventory, string scratch, int copies, CancellationToken cancel)
    {
        _files = files;
        _original = path;
        _scratch = scratch;
        _inventory = inventory;
        _cancel = cancel;
        // The name is that of the artifact: the manifest goes by it.
        _places = [.. Enumerable.Range(0, copies).Select(i => files.Path.Combine(scratch, i.ToString(System.Globalization.CultureInfo.InvariantCulture), inventory.Name))];
    }

    public override byte[] Read(Entry entry) => _files.File.ReadAllBytes(In(_original, entry.ArchivePath.Inner));

    public override Copy Make(IReadOnlyList<Seed> seeds, int worker)
    {
        var place = _places[worker];
        if (_made.TryAdd(worker, true)) CopyAll(place);
        var undo = new Stack<Action>();
        try
        {
            foreach (var seed in seeds) Apply(seed, place, undo);
            return new Copy(Artifact.Open(_files, place, asDirectory: true), () => Undo(undo));
        }
        catch
        {
            Undo(undo);
            throw;
        }
    }

    public override void Dispose()
    {
        if (_files.Directory.Exists(_scratch)) _files.Directory.Delete(_scratch, recursive: true);
        base.Dispose();
    }

    private static void Undo(Stack<Action> undo)
    {
        while (undo.TryPop(out var action)) action();
    }

    private void CopyAll(string place)
    {
        _files.Directory.CreateDirectory(place);
        foreach (var entry in _inventory.Entries)
        {
            _cancel.ThrowIfCancellationRequested();
            if (entry.Path.Depth > 0) continue;
            var to = In(place, entry.ArchivePath.Inner);
            var isFolder = entry.Type == EntryType.Directory;
            _files.Directory.CreateDirectory(isFolder ? to : _files.Path.GetDirectoryName(to)!);
            if (entry.Type == EntryType.File) _files.File.Copy(In(_original, entry.ArchivePath.Inner), to);
            else if (entry.Type == EntryType.SymbolicLink) Link(to, entry.LinkTarget ?? throw Refused(_inventory, $"nobody knows where {entry} leads to"));
            else if (!isFolder) throw Refused(_inventory, $"{entry} is neither a file nor a folder nor a link");
        }
    }

    private void Apply(Seed seed, string place, Stack<Action> undo)
    {
        switch (seed)
        {
            case AddedEntry added:
                var path = In(place, added.Path);
                if (_files.File.Exists(path) || _files.Directory.Exists(path)) throw Refused(_inventory, $"'{EntryPath.Printable(added.Path)}' is there already; take away the leak of this name");
                Prepare(_files.Path.GetDirectoryName(path)!, undo);
                undo.Push(() => _files.File.Delete(path));
                if (added.LinkTarget is { } target) Link(path, target);
                else _files.File.WriteAllBytes(path, added.Bytes);
                if (added.Mode is { } mode && !OperatingSystem.IsWindows() && _files is FileSystem) File.SetUnixFileMode(path, (UnixFileMode)mode);
                break;
            case ChangedEntry changed:
                Replace(In(place, ArchivePathOf(_inventory, changed.Path)), changed.Bytes, undo);
                break;
            case RemovedEntry removed:
                Replace(In(place, ArchivePathOf(_inventory, removed.Path)), null, undo);
                break;
            default:
                throw new ArgumentException($"A folder can't have {seed.Shown}.");
        }
    }

    // Folders that a leak brings go with it; deepest last, so that they are removed first.
    private void Prepare(string folder, Stack<Action> undo)
    {
        if (_files.Directory.Exists(folder)) return;
        Prepare(_files.Path.GetDirectoryName(folder)!, undo);
        _files.Directory.CreateDirectory(folder);
        undo.Push(() => _files.Directory.Delete(folder));
    }

    private void Replace(string path, byte[]? bytes, Stack<Action> undo)
    {
        var aside = _files.Path.Combine(_scratch, _files.Path.GetRandomFileName());
        _files.File.Move(path, aside);
        undo.Push(() => _files.File.Move(aside, path, overwrite: true));
        if (bytes is not null) _files.File.WriteAllBytes(path, bytes);
    }

    private void Link(string path, string target)
    {
        if (_files is not FileSystem) throw Refused(_inventory, "this file system has no links");
        File.CreateSymbolicLink(path, target);
    }

    private string In(string folder, string path) => _files.Path.Combine([folder, .. path.TrimEnd('/').Split('/')]);
}
