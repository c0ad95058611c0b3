using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>Leaks of the user's own: every file below a folder is one.</summary>
internal static class OwnLeaks
{
    /// <summary>What their ids begin with.</summary>
    public const string Prefix = "own/";

    private const long Limit = 64_000_000;

    /// <summary>Reads the folder. Files are read when they are seeded.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">Its full path.</param>
    /// <exception cref="GateException">RG0007: there is no such folder, no file in it, or something that is no file: a link, a device.</exception>
    public static IReadOnlyList<Leak> Read(IFileSystem files, string folder)
    {
        if (!files.Directory.Exists(folder)) throw Mistake($"there is no folder '{EntryPath.Printable(folder)}' with leaks");
        var paths = new List<string>();
        Find(files, folder, folder, paths);
        paths.Sort(StringComparer.Ordinal);
        var leaks = new List<Leak>(paths.Count);
        foreach (var path in paths)
        {
            var relative = Relative(files, folder, path);
            leaks.Add(new Leak(Prefix + relative, null, relative, $"A file of your own, seeded as {relative}.", original => original.Inventory.Entries.Any(e => e.Path.Depth == 0 && e.Path.Inner == relative)
                ? new ChangedEntry(relative, files.File.ReadAllBytes(path)) : new AddedEntry(relative, files.File.ReadAllBytes(path)))
            {
                IsOwn = true,
            });
        }

        return leaks.Count > 0 ? leaks : throw Mistake($"the folder '{EntryPath.Printable(folder)}' holds no file to seed");
    }

    // Folder by folder: a search that recurses by itself follows links, out of the folder and round in circles.
    private static void Find(IFileSystem files, string root, string folder, List<string> found)
    {
        foreach (var path in files.Directory.GetFileSystemEntries(folder))
        {
            var shown = EntryPath.Printable(Relative(files, root, path));
            var info = files.FileInfo.FromFileName(path);
            if (info.Attributes == (FileAttributes)(-1)) throw Mistake($"'{shown}' is no leak to seed: it can't be found by its name, which may not be UTF-8");
            if (info.Attributes.HasFlag(FileAttributes.ReparsePoint)) throw Mistake($"'{shown}' is no leak to seed: it is a link, and links are not followed; put the file itself there");
            if (info.Attributes.HasFlag(FileAttributes.Directory))
            {
                Find(files, root, path, found);
                continue;
            }

            if (info.Length > Limit) throw Mistake($"'{shown}' is no leak to seed: it has {ByteSize.Format(info.Length)}, and at most {ByteSize.Format(Limit)} are possible");
            if (DiskFile.IsSpecial(files, path, info.Length)) throw Mistake($"'{shown}' is no leak to seed: it is a device");
            found.Add(path);
        }
    }

    private static string Relative(IFileSystem files, string folder, string path) => files.Path.GetRelativePath(folder, path).Replace(files.Path.DirectorySeparatorChar, '/');

    private static GateException Mistake(string what) => new(GateRules.NothingInspected.Id, what);
}
