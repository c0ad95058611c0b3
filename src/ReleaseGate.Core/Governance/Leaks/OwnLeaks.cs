using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>Leaks of the user's own: every file below a folder is one.</summary>
internal static class OwnLeaks
{
    /// <summary>What their ids begin with.</summary>
    public const string Prefix = "own/";

    private const long Limit = 256L << 20;

    /// <summary>Reads the folder. Files are read when they are seeded.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">Its full path.</param>
    /// <exception cref="GateException">RG0007: there is no such folder, no file in it, or something that is no file.</exception>
    public static IReadOnlyList<Leak> Read(IFileSystem files, string folder)
    {
        if (!files.Directory.Exists(folder)) throw Mistake($"there is no folder '{EntryPath.Printable(folder)}' with leaks");
        var leaks = new List<Leak>();
        var paths = files.Directory.GetFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false });
        Array.Sort(paths, StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var info = files.FileInfo.FromFileName(path);
            var relative = files.Path.GetRelativePath(folder, path).Replace(files.Path.DirectorySeparatorChar, '/');
            if (info.Length > Limit || DiskFile.IsSpecial(files, path, info.Length)) throw Mistake($"'{EntryPath.Printable(relative)}' is no leak to seed: it is a device, or larger than 256 MB");
            leaks.Add(new Leak(Prefix + relative, null, relative, $"A file of your own, seeded as {relative}.", original => original.Inventory.Entries.Any(e => e.Path.Depth == 0 && e.Path.Inner == relative)
                ? new ChangedEntry(relative, files.File.ReadAllBytes(path)) : new AddedEntry(relative, files.File.ReadAllBytes(path)))
            {
                IsOwn = true,
            });
        }

        return leaks.Count > 0 ? leaks : throw Mistake($"the folder '{EntryPath.Printable(folder)}' holds no file to seed");
    }

    private static GateException Mistake(string what) => new(GateRules.NothingInspected.Id, what);
}
