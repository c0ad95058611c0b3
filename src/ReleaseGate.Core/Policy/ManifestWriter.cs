using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>Writes a <see cref="ManifestDraft"/> as JSON with a comment on each line.</summary>
internal static class ManifestWriter
{
    private const int NamesShown = 3;

    public static string Write(ManifestDraft draft)
    {
        var text = new StringBuilder();
        var matches = draft.Sections.Select(s => s.Match).ToArray();
        var artifacts = draft.Sections.SelectMany(s => s.Artifacts).Select(a => a.Name).ToArray();
        text.AppendLf($"// What {Listed(matches)} may hold, written by 'releasegate init' from {Listed(artifacts)}.");
        text.AppendLf($"// Read every line once: whatever stands here{(draft.Extends is null ? "" : " or in what it extends")} may ship from now on, and nothing else.");
        text.AppendLf("{");
        text.AppendLf($"  \"$schema\": \"{ManifestReader.SchemaAddress}\",");
        if (draft.Extends is { } extends)
        {
            text.AppendLf($"  // This adds to {EntryPath.Printable(extends)}, which held here before: without the line nothing of it holds any more.");
            text.AppendLf($"  \"extends\": {ManifestAdvice.Quoted(extends)},");
        }

        text.AppendLf("  \"artifacts\": [");
        for (var i = 0; i < draft.Sections.Count; i++)
        {
            if (i > 0) text.AppendLf(",");
            Section(text, draft.Sections[i], draft.Terms);
            Symbols(text, draft.Sections[i], matches);
        }

        text.AppendLf("");
        text.Append("  ]");
        Registries(text, draft);
        Rules(text, draft);
        Waivers(text, draft);
        text.AppendLf("");
        text.AppendLf("}");
        return text.ToString();
    }

    private static void AppendLf(this StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Listed(string[] names)
    {
        var shown = string.Join(", ", names.Take(NamesShown).Select(EntryPath.Printable));
        return names.Length > NamesShown ? string.Create(CultureInfo.InvariantCulture, $"{shown} and {names.Length - NamesShown:#,0} more") : shown;
    }

    private static void Section(StringBuilder text, SectionDraft section, WaiverTerms? terms)
    {
        text.AppendLf("    {");
        text.Append($"      \"match\": {ManifestAdvice.Quoted(section.Match)}");
        DestinationOf(text, section);
        List(text, "require", "What must be there.", [.. section.Required.Select(Line)], []);
        var waived = section.Waived.Select(r => new ManifestElement(ManifestAdvice.Quoted(r.Pattern), $"blocked by {r.Reason}, waived until {Reporting.JsonReporter.Written(terms!.Expires)}{r.Files}"));
        List(text, "allow", "What may be there as well.", [.. waived, .. section.Allowed.Select(Line)], section.LeftOut);
        if (text[^1] != '\n') text.AppendLf("");
        foreach (var entry in section.Unnamed) text.AppendLf($"      // No pattern can name this entry: {ManifestAdvice.Quoted(entry.Path.Value)}");
        text.Append("    }");
    }

    private static ManifestElement Line(EntryRole role) => new(ManifestAdvice.Quoted(role.Pattern), role.Comment);

    private static void List(StringBuilder text, string key, string comment, IReadOnlyList<ManifestElement> lines, IReadOnlyList<EntryRole> leftOut)
    {
        if (lines.Count == 0 && leftOut.Count == 0) return;
        if (text[^1] != '\n') text.AppendLf(",");
        text.AppendLf($"      // {comment}");
        text.AppendLf($"      \"{key}\": [");
        // First, so that each line can be uncommented as it is.
        foreach (var role in leftOut)
        {
            var why = role.Reason!.Length == 0 ? "a hidden file: does it belong here?"
                : role.Count == 1 ? $"blocked by {role.Reason}: {role.Finding}" : $"blocked by {role.Reason}";
            text.AppendLf($"        // {ManifestAdvice.Quoted(role.Pattern)}, // {why}{role.Files}");
        }

        for (var i = 0; i < lines.Count; i++)
            foreach (var line in lines[i].Lines(i + 1 < lines.Count)) text.AppendLf("        " + line);
        text.Append("      ]");
    }

    /// <summary>Who may see it, where the package says so; else how to say it.</summary>
    private static void DestinationOf(StringBuilder text, SectionDraft section)
    {
        if (!section.Artifacts.All(a => a.Kind is ArtifactKind.NuGetPackage or ArtifactKind.NpmPackage)) return;
        text.AppendLf(",");
        var said = section.Artifacts.Select(Destination.Of).ToArray();
        if (said.All(d => d.IsPrivate))
        {
            text.AppendLf($"      // {said[0].Why}, so only some may see it: RG5001 sees to that.");
            text.Append("      \"destination\": \"private\"");
            return;
        }

        if (said[0].Why is { } why) text.AppendLf($"      // {why}: if only some may see it, say so below, and where it goes in \"private\" (RG5001).");
        else text.AppendLf("      // Who may see it: uncomment the line if only some may, or write \"public\" (RG5001).");
        text.Append("      // \"destination\": \"private\",\n");
    }

    private static void Symbols(StringBuilder text, SectionDraft section, string[] matches)
    {
        if (section.Artifacts.First().Kind != ArtifactKind.NuGetPackage) return;
        var symbols = section.Match.EndsWith(".nupkg", StringComparison.Ordinal) ? section.Match[..^".nupkg".Length] + ".snupkg" : "*.snupkg";
        if (matches.Contains(symbols, StringComparer.Ordinal)) return;
        text.AppendLf(",");
        text.AppendLf("    // The symbols package that may be packed beside it.");
        text.AppendLf("    {");
        text.AppendLf($"      \"match\": {ManifestAdvice.Quoted(symbols)},");
        text.AppendLf("      \"allow\": [\"**/*.pdb\"]");
        text.Append("    }");
    }

    private static void Registries(StringBuilder text, ManifestDraft draft)
    {
        var registries = draft.Sections.SelectMany(s => s.Artifacts).Select(a => Destination.Of(a).Registry).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        if (registries.Length == 0) return;
        text.AppendLf(",");
        text.AppendLf("  // Where private npm packages may go: what their publishConfig names.");
        text.Append($"  \"private\": {{ \"registries\": [{string.Join(", ", registries.Select(ManifestAdvice.Quoted))}] }}");
    }

    private static void Rules(StringBuilder text, ManifestDraft draft)
    {
        if (draft.Lowered.Count == 0) return;
        text.AppendLf(",");
        text.AppendLf($"  // What ships on purpose, as the profile '{draft.Profile.Name}' has it. What does not, blocks again without its line.");
        text.AppendLf("  \"rules\": {");
        for (var i = 0; i < draft.Lowered.Count; i++)
        {
            var (rule, count) = draft.Lowered[i];
            var severity = draft.Profile.Rules[rule.Id].Severity.ToString().ToLowerInvariant();
            text.AppendLf(string.Create(CultureInfo.InvariantCulture, $"    \"{rule.Id}\": \"{severity}\"{(i + 1 < draft.Lowered.Count ? "," : "")} // {rule.Title}, {count:#,0} {(count == 1 ? "finding" : "findings")}"));
        }

        text.Append("  }");
    }

    private static void Waivers(StringBuilder text, ManifestDraft draft)
    {
        if (draft.Terms is not { } terms || draft.Waivers.Count == 0) return;
        text.AppendLf(",");
        var remark = terms.Active ? "" : "// ";
        if (terms.Active) text.AppendLf("  // What is wrong today and may ship until its waiver expires. Mend it, then delete the waiver and the line of the entry above.");
        else
        {
            text.AppendLf("  // What is wrong today could ship for a while, if somebody answers for it: uncomment these waivers and the lines of their entries above,");
            text.AppendLf("  // or run init with '--waive-today'. The better way is to mend it.");
        }

        text.AppendLf($"  {remark}\"waivers\": [");
        for (var i = 0; i < draft.Waivers.Count; i++)
            foreach (var line in new ManifestElement(draft.Waivers[i].Json(terms)).Lines(i + 1 < draft.Waivers.Count)) text.AppendLf($"  {remark}  {line}");
        text.Append($"  {remark}]");
    }
}

/// <summary>What a package says of who may see it.</summary>
/// <param name="IsPrivate">Whether the manifest can say "private", and the package passes by that.</param>
/// <param name="Why">What in the package says that only some may see it; null: nothing.</param>
/// <param name="Registry">Where it goes, where the manifest has to say so.</param>
internal sealed record Destination(bool IsPrivate, string? Why, string? Registry)
{
    public static Destination Of(Inventory artifact)
    {
        if (artifact.Package is not { Npm: { } npm } package || npm.PublishConfig.GetValueOrDefault("access") is "public") return new Destination(false, null, null);
        if (npm.IsPrivate) return new Destination(true, "package.json has \"private\": true", null);
        if (npm.PublishConfig.GetValueOrDefault("access") != "restricted") return new Destination(false, null, null);
        const string restricted = "publishConfig in package.json has \"access\": \"restricted\"";
        // Only a package that RG5001 has nothing against: it names its registry, for its scope as well, and no detour.
        var slash = package.Id.StartsWith('@') ? package.Id.IndexOf('/', StringComparison.Ordinal) : -1;
        var isWhole = npm.PublishConfig.GetValueOrDefault("registry") is { } goes && RegistryAddress.Normalised(goes) is not null
            && (slash < 0 || npm.PublishConfig.GetValueOrDefault(package.Id[..slash] + ":registry") == goes)
            && !npm.PublishConfig.Keys.Any(k => k is "scope" or "proxy" or "http-proxy" or "https-proxy");
        return new Destination(isWhole, restricted, isWhole ? npm.PublishConfig["registry"] : null);
    }
}
