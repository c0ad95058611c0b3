using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>Where manifests and the files they name are read from: the disk, or a revision of a git repository. Paths are full ones, those of the working copy.</summary>
internal interface IManifestFiles
{
    /// <summary>The rules for paths.</summary>
    IPath Path { get; }

    /// <summary>
    /// Whether something has this path, be it a file, a folder or a link to nowhere; whoever reads it then says what is wrong with it.
    /// </summary>
    /// <exception cref="GateException">RG0001: nobody can tell.</exception>
    bool IsThere(string path);

    /// <summary>Whether it is a file.</summary>
    bool IsFile(string path);

    /// <summary>Whether it is a folder.</summary>
    bool IsFolder(string path);

    /// <summary>The root of the repository that a folder stands in; null where it stands in none.</summary>
    /// <exception cref="GateException">RG0001: nobody can tell.</exception>
    string? Repository(string folder);

    /// <summary>A full path as the disk has it, without links.</summary>
    /// <exception cref="IOException">Links lead to each other.</exception>
    string Resolve(string path);

    /// <summary>Opens a file to read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    Stream Open(string path);
}

/// <summary>What lies on the disk.</summary>
internal sealed class FilesOnDisk(IFileSystem files) : IManifestFiles
{
    public IPath Path => files.Path;

    // File.Exists would say "no" where it may not look.
    public bool IsThere(string path)
    {
        try
        {
            _ = files.File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateException(GateRules.ManifestInvalid.Id, $"cannot tell whether there is a manifest here: {e.Message}; name the manifest, or put one further down", path, inner: e);
        }
    }

    public bool IsFile(string path) => files.File.Exists(path);

    public bool IsFolder(string path) => files.Directory.Exists(path);

    public string? Repository(string folder) => new ManifestSearch(this).FindRepository(folder);

    public string Resolve(string path) => DiskFile.Resolve(files, path);

    public Stream Open(string path)
    {
        DiskFile.RequireFile(files, path);
        return files.File.OpenRead(path);
    }
}

/// <summary>The same files with the line ends of Unix: git may write others into a working copy than it keeps, which changes nothing in what a manifest says.</summary>
internal sealed class UniformLines(IManifestFiles files) : IManifestFiles
{
    public IPath Path => files.Path;

    public bool IsThere(string path) => files.IsThere(path);

    public bool IsFile(string path) => files.IsFile(path);

    public bool IsFolder(string path) => files.IsFolder(path);

    public string? Repository(string folder) => files.Repository(folder);

    public string Resolve(string path) => files.Resolve(path);

    public Stream Open(string path)
    {
        using var content = files.Open(path);
        var uniform = new MemoryStream();
        var buffer = new byte[16 << 10];
        var pending = false;
        // Whoever reads refuses what is longer.
        for (int read; uniform.Length <= ManifestReader.MaximumLength && (read = content.Read(buffer, 0, buffer.Length)) > 0;)
        {
            for (var i = 0; i < read; i++)
            {
                if (pending && buffer[i] != '\n') uniform.WriteByte((byte)'\r');
                pending = buffer[i] == '\r';
                if (!pending) uniform.WriteByte(buffer[i]);
            }
        }

        if (pending) uniform.WriteByte((byte)'\r');
        uniform.Position = 0;
        return uniform;
    }
}
