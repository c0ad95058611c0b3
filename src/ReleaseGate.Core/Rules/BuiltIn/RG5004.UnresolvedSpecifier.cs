using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Dependencies that mean something only where the package was made. What some can reach and others not (git, addresses) is no matter of form.</summary>
internal sealed class UnresolvedSpecifier() : ArtifactRule(new Descriptor("RG5004", nameof(UnresolvedSpecifier),
    "The package depends on something that nobody but its author can install.",
    "Pack with the tool that writes real versions (pnpm and yarn replace what a workspace means, dotnet pack what a project means), or write a version range."))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory.Package is not { } package) return;
        // A token is RG5008's, where that blocks: one mistake is said once.
        var tokens = context.Policy.SeverityOf(UnreplacedToken.Description) == Severity.Error;
        foreach (var dependency in package.Dependencies)
        {
            if (tokens && UnreplacedToken.TokenIn(dependency) is not null) continue;
            if (package.Npm is { } npm) InspectNpm(inventory, package, npm, dependency, context);
            else InspectNuGet(package, dependency, context);
        }
    }

    private static void InspectNpm(Inventory inventory, PackageMetadata package, NpmMetadata npm, PackageDependency dependency, RuleContext context)
    {
        if (NpmSpecifier.WhyNot(dependency.Range) is not { } why || IsBundled(inventory, npm, dependency.Id)) return;
        context.Report(package.Entry, $"{dependency.Group} has '{EntryPath.Printable(Redacted.Address(dependency.Id))}' as '{Redacted.Show(dependency.Range)}', {why}");
    }

    // npm installs nothing for a dependency that came along. One that is only said to have come along, it does.
    private static bool IsBundled(Inventory inventory, NpmMetadata npm, string id)
    {
        if (!npm.Bundled.Contains(id, StringComparer.Ordinal)) return false;
        var description = $"node_modules/{id}/package.json";
        foreach (var entry in inventory.Entries)
            if (entry.Path.Depth == 0 && entry.Path.Inner == description) return true;
        return false;
    }

    private static void InspectNuGet(PackageMetadata package, PackageDependency dependency, RuleContext context)
    {
        var (id, range) = (EntryPath.Printable(Redacted.Address(dependency.Id)), Redacted.Show(dependency.Range));
        // The same in the group of each framework is one mistake.
        if (!context.IsFirst(package.Entry, $"{dependency.Id} {dependency.Range}")) return;
        if (!IsId(dependency.Id))
            context.Report(package.Entry, dependency.Id.Length == 0 ? "a dependency has no id" : $"it depends on '{id}', which is no id of a package");
        // No version at all means any; that is allowed.
        else if (dependency.Range.Contains('*', StringComparison.Ordinal))
            context.Report(package.Entry, $"it depends on '{id}' '{range}', and only a project may have a floating version");
        else if (dependency.Range.Length > 0 && !IsRange(dependency.Range))
            context.Report(package.Entry, $"it depends on '{id}' '{range}', which is no version range; NuGet takes any version then");
    }

    private static bool IsId(string id)
    {
        foreach (var c in id)
            if (!char.IsLetterOrDigit(c) && c is not ('.' or '-' or '_')) return false;
        return id.Length > 0;
    }

    /// <summary>Whether NuGet reads a text as a version range (https://learn.microsoft.com/nuget/concepts/package-versioning); which of two bounds is larger is not compared.</summary>
    private static bool IsRange(string text)
    {
        var range = text.Trim();
        if (range.Length == 0) return false;
        if (range[0] is not ('[' or '(')) return IsVersion(range);
        if (range.Length < 2 || range[^1] is not (']' or ')')) return false;
        var bounds = range[1..^1].Split(',');
        // One version alone is an exact one.
        if (bounds.Length == 1) return range[0] == '[' && range[^1] == ']' && IsVersion(bounds[0]);
        if (bounds.Length != 2) return false;
        bool hasLeast = bounds[0].Trim().Length > 0, hasMost = bounds[1].Trim().Length > 0;
        return (hasLeast || hasMost) && (!hasLeast || IsVersion(bounds[0])) && (!hasMost || IsVersion(bounds[1]));
    }

    // One to four numbers, then "-" and a label, then "+" and build metadata.
    private static bool IsVersion(string text)
    {
        text = text.Trim();
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        if (plus >= 0)
        {
            if (!IsLabel(text[(plus + 1)..], mayBeginWithZero: true)) return false;
            text = text[..plus];
        }

        var minus = text.IndexOf('-', StringComparison.Ordinal);
        if (minus >= 0)
        {
            if (!IsLabel(text[(minus + 1)..], mayBeginWithZero: false)) return false;
            text = text[..minus];
        }

        var numbers = text.Split('.');
        foreach (var number in numbers)
            if (!int.TryParse(number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
        return numbers.Length <= 4;
    }

    // Numbers in a label have no zero in front, those in build metadata may.
    private static bool IsLabel(string text, bool mayBeginWithZero)
    {
        foreach (var part in text.Split('.'))
        {
            var isNumber = true;
            foreach (var c in part)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
                isNumber &= char.IsAsciiDigit(c);
            }

            if (part.Length == 0 || !mayBeginWithZero && isNumber && part.Length > 1 && part[0] == '0') return false;
        }

        return true;
    }
}
