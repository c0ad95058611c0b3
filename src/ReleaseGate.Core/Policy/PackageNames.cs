using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>What {id} and {version} stand for in one artifact.</summary>
internal sealed class PackageNames
{
    private PackageNames(string? id, IReadOnlyList<string> fileIds, IReadOnlyList<string> versions)
    {
        Id = id;
        FileIds = fileIds;
        Versions = versions;
    }

    /// <summary>No package: both match nothing.</summary>
    public static PackageNames None { get; } = new(null, [], []);

    /// <summary>The id as the package spells it, or null; that of a scoped npm package holds a '/'.</summary>
    public string? Id { get; }

    /// <summary>The id as part of a file name: for <c>@scope/name</c> it is <c>scope-name</c>, as npm names its tarballs.</summary>
    public IReadOnlyList<string> FileIds { get; }

    /// <summary>The version as written and, for NuGet, as normalised.</summary>
    public IReadOnlyList<string> Versions { get; }

    public static PackageNames Of(Inventory inventory)
    {
        if (inventory.Package is not { } package) return None;
        var id = package.Id;
        var fileId = id.Contains('/', StringComparison.Ordinal) ? id.TrimStart('@').Replace('/', '-') : id;
        string[] versions = inventory.Kind is ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage ? [package.Version, Normalise(package.Version)] : [package.Version];
        return new PackageNames(
            id.Length == 0 ? null : id,
            fileId.Length == 0 ? [] : [fileId],
            [.. versions.Where(v => v.Length > 0).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>
    /// Whether this is a version as it stands in the file name of a package: one to four numbers with dots between them, then optionally
    /// <c>-</c> and a label, <c>+</c> and build metadata, of letters, digits, hyphens, in parts with dots between them.
    /// </summary>
    /// <remarks>https://semver.org/#backusnaur-form-grammar-for-valid-semver-versions, with NuGet's fourth number and the short forms that older tools write.</remarks>
    public static bool IsVersion(ReadOnlySpan<char> text)
    {
        var plus = text.IndexOf('+');
        if (plus >= 0 && !IsDotted(text[(plus + 1)..], isNumber: false)) return false;
        var core = plus < 0 ? text : text[..plus];
        var dash = core.IndexOf('-');
        if (dash >= 0 && !IsDotted(core[(dash + 1)..], isNumber: false)) return false;
        var numbers = dash < 0 ? core : core[..dash];
        return IsDotted(numbers, isNumber: true) && numbers.Count('.') <= 3;
    }

    private static bool IsDotted(ReadOnlySpan<char> text, bool isNumber)
    {
        var last = '.';
        foreach (var c in text)
        {
            if (c == '.' ? last == '.' : !char.IsAsciiDigit(c) && (isNumber || (!char.IsAsciiLetter(c) && c != '-'))) return false;
            last = c;
        }

        return last != '.';
    }

    /// <summary>NuGet's normalised form: no leading zeros, three parts (the fourth only if it is not 0), no build metadata. What cannot be read stays.</summary>
    /// <remarks>https://learn.microsoft.com/nuget/concepts/package-versioning#normalized-version-numbers</remarks>
    public static string Normalise(string version)
    {
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        var core = plus < 0 ? version : version[..plus];
        var dash = core.IndexOf('-', StringComparison.Ordinal);
        var label = dash < 0 ? "" : core[dash..];
        var parts = (dash < 0 ? core : core[..dash]).Split('.');
        if (parts.Length > 4) return version;

        var numbers = new int[Math.Max(3, parts.Length)];
        for (var i = 0; i < parts.Length; i++)
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return version;
        var shown = numbers is [_, _, _, 0] ? numbers[..3] : numbers;
        return string.Join('.', shown.Select(n => n.ToString(CultureInfo.InvariantCulture))) + label;
    }
}
