using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Npm;

/// <summary>A package.json on disk, as far as it must be known before npm packs.</summary>
/// <param name="File">Its full path.</param>
/// <param name="Name">The package's name, or null.</param>
/// <param name="Tarball">The name npm will give the tarball; null where it has no name or version, or one that is no name of a file.</param>
/// <param name="Workspaces">The patterns of "workspaces".</param>
internal sealed record NpmPackage(string File, string? Name, string? Tarball, IReadOnlyList<string> Workspaces)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "package.json";

    /// <summary>Reads the package.json of a folder.</summary>
    /// <exception cref="GateException">RG0007: there is none, or it is no JSON.</exception>
    public static NpmPackage Read(IFileSystem files, string folder)
    {
        var file = files.Path.Combine(folder, FileName);
        if (!files.File.Exists(file))
            throw new GateException(GateRules.NothingInspected.Id, "there is no package.json here, so there is nothing to pack; name the folder that has one: releasegate npm FOLDER", folder);
        try
        {
            using var stream = files.File.OpenRead(file);
            using var json = JsonDocument.Parse(stream);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return new NpmPackage(file, null, null, []);
            var name = Text(json.RootElement, "name");
            return new NpmPackage(file, name, TarballOf(name, Text(json.RootElement, "version"), files.Path), WorkspacesOf(json.RootElement));
        }
        // The framework's for "\ud800" alone and for bytes that are no UTF-8.
        catch (InvalidOperationException mistake)
        {
            throw new GateException(GateRules.NothingInspected.Id, "the name or version in package.json is no text, so nothing was packed or checked; correct it here", file, inner: mistake);
        }
        catch (JsonException mistake)
        {
            throw new GateException(GateRules.NothingInspected.Id, "package.json is no JSON, so nothing was packed or checked; correct it here",
                file, (int)Math.Min(int.MaxValue - 1, mistake.LineNumber ?? 0) + 1, (int)Math.Min(int.MaxValue - 1, mistake.BytePositionInLine ?? 0) + 1, mistake);
        }
    }

    /// <summary>The names that npm will give the tarballs of a package, or of its workspaces, as far as they can be told before npm runs.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The folder of the package; a full path.</param>
    /// <param name="all">Whether its workspaces are packed and not the package itself.</param>
    /// <param name="workspaces">The workspaces that are packed, by name or folder; empty: itself, or all of them.</param>
    public static List<string> Tarballs(IFileSystem files, string folder, bool all, IReadOnlyList<string> workspaces)
    {
        var names = new List<string>();
        if (ReadIfThere(files, folder) is not { } package) return names;
        if (!all && workspaces.Count == 0)
        {
            if (package.Tarball is { } own) names.Add(own);
            return names;
        }

        var left = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in package.Workspaces)
            if (pattern.StartsWith('!')) left.UnionWith(FoldersOf(files, folder, pattern[1..]));
        foreach (var pattern in package.Workspaces)
        {
            foreach (var place in pattern.StartsWith('!') ? [] : FoldersOf(files, folder, pattern))
                if (!left.Contains(place) && ReadIfThere(files, place) is { Tarball: { } tarball } workspace && (workspaces.Count == 0 || workspaces.Any(w => IsMeant(workspace, w))) && !names.Contains(tarball)) names.Add(tarball);
        }

        return names;

        // By its name, its folder, or a folder that it lies in (npm's documentation, 'workspace').
        bool IsMeant(NpmPackage workspace, string named) =>
            workspace.Name == named || (files.Path.GetFullPath(named, folder) is var at && (files.Path.GetDirectoryName(workspace.File) + files.Path.DirectorySeparatorChar).StartsWith(files.Path.TrimEndingDirectorySeparator(at) + files.Path.DirectorySeparatorChar, StringComparison.Ordinal));
    }

    private static NpmPackage? ReadIfThere(IFileSystem files, string folder)
    {
        try
        {
            return Read(files, folder);
        }
        catch (GateException)
        {
            // The run itself says so, or npm does.
            return null;
        }
    }

    private static List<string> FoldersOf(IFileSystem files, string folder, string pattern)
    {
        var folders = new List<string>();
        try
        {
            foreach (var found in new Gate(files).Find(new GateRequest { Artifacts = [files.Path.Combine(pattern, FileName)], SearchFrom = folder }))
                if (files.Path.GetDirectoryName(files.Path.GetFullPath(found, folder)) is { } place && !place.Split('/', '\\').Contains("node_modules", StringComparer.Ordinal)) folders.Add(place);
        }
        catch (GateException)
        {
            // Nothing matches it.
        }

        return folders;
    }

    // A list, or as yarn has it an object with one.
    private static List<string> WorkspacesOf(JsonElement package)
    {
        var patterns = new List<string>();
        if (!package.TryGetProperty("workspaces", out var list)) return patterns;
        if (list.ValueKind == JsonValueKind.Object && list.TryGetProperty("packages", out var inner)) list = inner;
        if (list.ValueKind != JsonValueKind.Array) return patterns;
        foreach (var item in list.EnumerateArray())
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } pattern) patterns.Add(pattern);
        return patterns;
    }

    // As npm does it: "@acme/cli" 1.0.0 is acme-cli-1.0.0.tgz.
    private static string? TarballOf(string? name, string? version, IPath path)
    {
        if (name is null || version is null) return null;
        var tarball = $"{(name.StartsWith('@') ? name[1..] : name).Replace('/', '-')}-{version}.tgz";
        return path.GetFileName(tarball) == tarball ? tarball : null;
    }

    private static string? Text(JsonElement package, string key) => package.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
