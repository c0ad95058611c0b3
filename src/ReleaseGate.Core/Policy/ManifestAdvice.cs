using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>Says which line of which manifest to change, so that a finding can name its precise next step.</summary>
internal static class ManifestAdvice
{
    /// <summary>The section a user would extend: the first own one that applies, or null.</summary>
    public static ManifestSection? OwnSection(ArtifactPolicy policy) => policy.Sections.FirstOrDefault(s => !s.Inherited);

    /// <summary>The sentence that says how to let an entry ship, or null where no pattern can name it.</summary>
    /// <param name="policy">What the entry was judged by.</param>
    /// <param name="inventory">The artifact.</param>
    /// <param name="pattern">The pattern to add, or null.</param>
    /// <param name="otherwise">What to do instead, e.g. "leave the file out".</param>
    public static string? ToAllow(ArtifactPolicy policy, Inventory inventory, string? pattern, string otherwise)
    {
        if (pattern is null) return null;
        if (policy.Manifest.File is null) return Capital($"{otherwise}; if it belongs there, list it in a releasegate.json ({ByInit(inventory)} writes one).");

        var file = FileName(policy.Manifest.File);
        return OwnSection(policy) is { } own
            ? Capital($"{otherwise}, or add {Quoted(pattern)} to \"allow\" of the section at line {own.Location.Line} of {file}.")
            : Capital($"{otherwise}, or add {{ \"match\": {Quoted(MatchFor(inventory))}, \"allow\": [{Quoted(pattern)}] }} to \"artifacts\" of {file}.");
    }

    /// <summary>The command that writes a manifest, in words: the artifact may lie elsewhere now, so that a path would mislead.</summary>
    public static string ByInit(Inventory inventory) => inventory.Kind switch
    {
        ArtifactKind.Directory => "'releasegate init --as directory' on the folder",
        _ when inventory.Package is not null => "'releasegate init' on the package",
        _ => "'releasegate init' on the artifact",
    };

    /// <summary>A pattern for the names of artifacts like this one: of a package its other versions, but no other package.</summary>
    public static string MatchFor(Inventory inventory)
    {
        var name = inventory.Name;
        if (inventory.Kind == ArtifactKind.Directory) return Escaped(name) + "/";
        // What stands behind the last dot of a program is mostly a part of its name.
        if (inventory.Kind == ArtifactKind.Executable && !name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase)) return Escaped(name);
        if (inventory.Package is not null) return MatchForPackage(name, PackageNames.Of(inventory));
        foreach (var suffix in new[] { ".tar.gz", ".tar.bz2", ".tar.xz" })
            if (name.EndsWith(suffix, StringComparison.Ordinal)) return "*" + suffix;
        var dot = name.LastIndexOf('.');
        return dot < 0 ? Escaped(name) : "*" + Escaped(name[dot..]);
    }

    private static string MatchForPackage(string name, PackageNames names)
    {
        foreach (var version in names.Versions)
        {
            // The last place: an id may hold the same digits.
            var at = name.LastIndexOf(version, StringComparison.Ordinal);
            if (at <= 0 || name[at - 1] is not ('.' or '-' or '_')) continue;
            var pattern = Escaped(name[..at]) + "{version}" + Escaped(name[(at + version.Length)..]);
            if (Glob.TryParseArtifactName(pattern, out var glob, out _) && glob.IsMatch(name)) return pattern;
        }

        return Escaped(name);
    }

    /// <summary>A pattern that matches this path, or null where none can.</summary>
    public static string? PatternFor(EntryPath path)
    {
        var text = Escaped(path.Inner);
        for (var container = path.Container; container is not null; container = container.Container) text = Escaped(container.Inner) + "!/" + text;
        return Glob.TryParse(text, out var glob, out _) && glob.IsMatch(path) ? text : null;
    }

    /// <summary>A name or path as part of a pattern: characters that mean something there, or that JSON cannot hold, become '?', which matches each of them.</summary>
    public static string Escaped(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
            {
                text.Append(name, i++, 2);
                continue;
            }

            var special = name[i] is '*' or '?' or '{' or '}' or '\\' || char.IsSurrogate(name[i]) || (name[i] == '!' && i + 1 < name.Length && name[i + 1] == '/');
            text.Append(special ? '?' : name[i]);
        }

        return text.ToString();
    }

    /// <summary>A pattern as it is written in the manifest, with its quotes. Control and format characters are escaped.</summary>
    public static string Quoted(string text) => EntryPath.Printable($"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");

    /// <summary>Where a manifest's pattern stands, for a message.</summary>
    public static string Place(ManifestLocation location) => $"line {location.Line} of {FileName(location.File)}";

    /// <summary>"Kind, 1.2 KB".</summary>
    public static string Describe(Entry entry) => entry.Type switch
    {
        EntryType.File => $"{entry.Kind}, {ByteSize.Format(entry.Length)}",
        EntryType.SymbolicLink => "a symbolic link",
        EntryType.HardLink => "a hard link",
        _ => "a device",
    };

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What explains that a pattern with {id} or {version} found nothing.</summary>
    public static string WithoutPackage(ManifestPattern pattern, Inventory inventory) =>
        pattern.Glob.Depends && inventory.Package is null ? "; the artifact is no package, so {id} and {version} stand for nothing" : "";

    private static string FileName(string file) => EntryPath.Printable(Path.GetFileName(file));

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
