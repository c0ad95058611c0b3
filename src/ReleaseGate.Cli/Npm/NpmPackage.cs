using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Npm;

/// <summary>A package.json on disk, as far as it must be known before npm packs.</summary>
/// <param name="File">Its full path.</param>
/// <param name="Tarball">The name npm will give the tarball; null where name or version are none that npm takes as they stand.</param>
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
            return new NpmPackage(file, json.RootElement.ValueKind == JsonValueKind.Object ? TarballOf(Text(json.RootElement, "name"), Text(json.RootElement, "version")) : null);
        }
        catch (JsonException mistake)
        {
            throw new GateException(GateRules.NothingInspected.Id, "package.json is no JSON, so nothing was packed or checked; correct it here",
                file, (int)Math.Min(int.MaxValue - 1, mistake.LineNumber ?? 0) + 1, (int)Math.Min(int.MaxValue - 1, mistake.BytePositionInLine ?? 0) + 1, mistake);
        }
    }

    // As npm does it: "@acme/cli" 1.0.0 is acme-cli-1.0.0.tgz. Whatever npm would have to mend first ("v1.0", "=1.0.0") is left to npm.
    private static string? TarballOf(string? name, string? version)
    {
        if (name is null || version is null) return null;
        var plain = name.StartsWith('@') ? name[1..].Replace('/', '-') : name;
        foreach (var character in plain + version)
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.' or '+' or '~')) return null;
        return $"{plain}-{version}.tgz";
    }

    private static string? Text(JsonElement package, string key) => package.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
