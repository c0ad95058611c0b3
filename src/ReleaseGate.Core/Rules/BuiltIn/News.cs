using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>What a finding says where something was not in the release before.</summary>
internal static class News
{
    /// <summary>The end of a message: <c>; it is new since 1.2.0</c>, or nothing where it was there, or there is nothing to compare with.</summary>
    public static string Since(Snapshot? baseline, bool? wasThere) => baseline is not null && wasThere == false ? $"; it is new since {NameOf(baseline)}" : "";

    /// <summary>The end of a message about a licence: <c>; it was 'MIT' in 1.2.0</c>, or nothing where it was the same, or there is nothing to compare with.</summary>
    public static string OfLicense(Snapshot? baseline, PackageLicense? now) =>
        baseline is { KnowsLicense: true } && baseline.License != now
            ? baseline.License is { } before ? $"; it was '{EntryPath.Printable(LicenseChange.Words(before.Text.Length > 100 ? before with { Text = before.Text[..100] + "…" } : before))}' in {NameOf(baseline)}" : $"; there was none in {NameOf(baseline)}"
            : "";

    /// <summary>The names of the packages that a baseline carried below <c>node_modules</c>.</summary>
    public static HashSet<string> Carried(Snapshot baseline)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in baseline.Entries)
            if (ModulePath.PackageOf(entry.Path, out _) is { } name) names.Add(name);
        return names;
    }

    /// <summary>The version of a baseline, or its name.</summary>
    public static string NameOf(Snapshot baseline) => EntryPath.Printable(baseline.Version ?? baseline.Name);
}
