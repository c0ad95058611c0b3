using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Npm;

/// <summary>A package.json on disk, as far as it must be known before npm packs.</summary>
/// <param name="File">Its full path.</param>
/// <param name="Tarball">The name npm will give the tarball; null where it has no name or version, or one that is no name of a file.</param>
internal sealed record NpmPackage(string File, string? Tarball)
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
            return new NpmPackage(file, json.RootElement.ValueKind == JsonValueKind.Object ? TarballOf(Text(json.RootElement, "name"), Text(json.RootElement, "version"), files.Path) : null);
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

    // As npm does it: "@acme/cli" 1.0.0 is acme-cli-1.0.0.tgz.
    private static string? TarballOf(string? name, string? version, IPath path)
    {
        if (name is null || version is null) return null;
        var tarball = $"{(name.StartsWith('@') ? name[1..] : name).Replace('/', '-')}-{version}.tgz";
        return path.GetFileName(tarball) == tarball ? tarball : null;
    }

    private static string? Text(JsonElement package, string key) => package.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
