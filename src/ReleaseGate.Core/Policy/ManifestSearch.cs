using System.IO.Abstractions;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// Looks for a manifest from a folder upward, up to and including the root of the repository (the folder that holds .git, .hg or .svn),
/// or the root of the file system where there is no repository.
/// </summary>
public sealed class ManifestSearch
{
    /// <summary>The name of a manifest that is searched for.</summary>
    public const string FileName = "releasegate.json";

    private static readonly string[] RepositoryMarks = [".git", ".hg", ".svn"];

    private readonly IManifestFiles _files;

    /// <summary>Makes a search on the disk.</summary>
    public ManifestSearch(IFileSystem files) : this(new FilesOnDisk(files)) { }

    internal ManifestSearch(IManifestFiles files) => _files = files;

    /// <summary>The full path of the nearest manifest, or null where there is none.</summary>
    /// <param name="folder">Where to begin; a full path.</param>
    /// <exception cref="GateException">RG0001: a folder on the way cannot be looked into, so nobody knows whether a manifest is there.</exception>
    /// <exception cref="ArgumentException">The path is relative.</exception>
    public string? Find(string folder) => Find(folder, except: null);

    /// <summary>The manifest that a file of that name, or another, would take the place of: the nearest from its folder upward that is not the file itself. Null where there is none.</summary>
    /// <param name="file">The full path of a file in a folder that may not be there yet.</param>
    /// <exception cref="GateException">RG0001: a folder on the way cannot be looked into.</exception>
    public string? FindBehind(string file)
    {
        var folder = _files.Path.GetDirectoryName(_files.Path.GetFullPath(file));
        while (folder is not null && !_files.IsFolder(folder)) folder = _files.Path.GetDirectoryName(folder);
        return folder is null ? null : Find(folder, _files.Path.GetFullPath(file));
    }

    private string? Find(string folder, string? except)
    {
        if (!_files.Path.IsPathFullyQualified(folder)) throw new ArgumentException($"The search for a manifest begins at a full path; '{folder}' is not.", nameof(folder));
        var start = _files.Path.GetFullPath(folder);
        if (!_files.IsFolder(start)) throw new GateException(GateRules.ManifestInvalid.Id, "the folder where the search for a manifest begins is not there", start);
        for (var at = start; at is not null; at = _files.Path.GetDirectoryName(at))
        {
            var candidate = _files.Path.Combine(at, FileName);
            if (candidate != except && _files.IsThere(candidate)) return candidate;
            if (RepositoryMarks.Any(mark => _files.IsThere(_files.Path.Combine(at, mark)))) return null;
        }

        return null;
    }

    /// <summary>The root of the repository a folder stands in, or null where it stands in none. A full path in, a full path out.</summary>
    /// <exception cref="GateException">RG0001: a folder on the way cannot be looked into.</exception>
    public string? FindRepository(string folder)
    {
        for (var at = _files.Path.GetFullPath(folder, folder); at is not null; at = _files.Path.GetDirectoryName(at))
            if (RepositoryMarks.Any(mark => _files.IsThere(_files.Path.Combine(at, mark)))) return at;
        return null;
    }
}
