using System.IO.Abstractions;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// A place in the repository that a finding can be shown at. Packages are not checked in, so annotations and alerts attach to what is:
/// the line of the manifest, else the project file, else the manifest.
/// </summary>
/// <param name="File">The full path.</param>
/// <param name="Path">The path from the repository's root, with '/'.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based; 0 where the finding is about the file as a whole.</param>
internal sealed record RepositoryPlace(string File, string Path, int Line, int Column)
{
    /// <summary>The place of a finding, or null where nothing in the repository has to do with it.</summary>
    /// <param name="files">The disk; only its rules for paths are used.</param>
    /// <param name="root">The root of the repository; a full path.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="manifest">What it was judged by, or null where that was never read.</param>
    /// <param name="location">The place in a manifest that the finding itself names, or null.</param>
    public static RepositoryPlace? Of(IFileSystem files, string root, GateRequest request, Manifest? manifest, ManifestLocation? location)
    {
        if (location is not null && Below(files, root, location.File, Math.Max(1, location.Line), location.Column) is { } line) return line;
        return Below(files, root, request.Project, 1, 0) ?? Below(files, root, manifest?.File ?? request.Manifest, 1, 0);
    }

    // A manifest may lie elsewhere, e.g. in a package that many repositories share.
    private static RepositoryPlace? Below(IFileSystem files, string root, string? file, int line, int column)
    {
        if (file is null || !files.Path.IsPathFullyQualified(file)) return null;
        var relative = files.Path.GetRelativePath(root, file);
        if (relative is "." or ".." || files.Path.IsPathFullyQualified(relative)) return null;
        if (relative.StartsWith(".." + files.Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
        return new RepositoryPlace(file, relative.Replace(files.Path.DirectorySeparatorChar, '/'), line, Math.Max(0, column));
    }
}
