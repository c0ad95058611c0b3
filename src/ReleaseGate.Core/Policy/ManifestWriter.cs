using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// Writes a manifest from a known-good artifact, for <c>releasegate init</c>: roles, not a frozen list. Frameworks, runtimes, cultures, the
/// package's id and version become placeholders; many files of one kind in one tree become one pattern. The artifact passes what is written,
/// but for what is <see cref="Withheld"/>: that stands there as a comment.
/// </summary>
public static class ManifestWriter
{
    // From here on a list of single files is no longer read by anybody.
    private const int Many = 8;

    // What a list settles by itself.
    private static readonly HashSet<string> OfTheList = new(StringComparer.Ordinal) { "RG0006", "RG1001", "RG1002", "RG1008" };

    /// <summary>Writes the manifest as JSON with a comment on each line.</summary>
    /// <param name="inventory">What the artifact holds now.</param>
    /// <param name="findings">What the rules found in it.</param>
    /// <param name="profile">
    /// The profile the artifact is good by. The severities it gives to rules that found something are written as well, each on a line that can be
    /// deleted; <c>closed</c> gives none, so that nothing is let through which nobody asked for.
    /// </param>
    public static string Write(Inventory inventory, IEnumerable<Finding> findings, Manifest profile)
    {
        var lowered = findings.Where(f => profile.Rules.ContainsKey(f.Rule.Id)).GroupBy(f => f.Rule.Id).OrderBy(g => g.Key).Select(g => (g.First().Rule, Count: g.Count())).ToArray();
        var names = PackageNames.Of(inventory);
        var unnamed = new List<Entry>();
        var withheld = new WithheldEntries(Withheld(inventory, findings, profile), inventory, names);
        var (roles, left) = Roles(inventory, names, withheld, unnamed);
        var required = roles.Where(r => r.Required).ToArray();
        var allowed = Collapse([.. roles.Where(r => !r.Required)], withheld.AnyMatches);
        var leftOut = left.GroupBy(r => r.Reason).SelectMany(g => Collapse([.. g], _ => false)).OrderBy(r => r.Pattern, StringComparer.Ordinal).ToArray();
        var match = ManifestAdvice.MatchFor(inventory);

        var text = new StringBuilder();
        text.AppendLf($"// What {EntryPath.Printable(match)} may hold, written by 'releasegate init' from {EntryPath.Printable(inventory.Name)}.");
        text.AppendLf("// Read every line once: whatever stands here may ship from now on, and nothing else.");
        text.AppendLf("{");
        text.AppendLf($"  \"$schema\": \"{ManifestReader.SchemaAddress}\",");
        text.AppendLf("  \"artifacts\": [");
        text.AppendLf("    {");
        text.Append($"      \"match\": {ManifestAdvice.Quoted(match)}");
        List(text, "require", "What must be there.", required, []);
        List(text, "allow", "What may be there as well.", allowed, leftOut);
        text.AppendLf("");
        foreach (var entry in unnamed) text.AppendLf($"      // No pattern can name this entry: {ManifestAdvice.Quoted(entry.Path.Value)}");
        text.Append("    }");
        if (inventory.Kind == ArtifactKind.NuGetPackage)
        {
            text.AppendLf(",");
            text.AppendLf("    // The symbols package that may be packed beside it.");
            text.AppendLf("    {");
            var symbols = match.EndsWith(".nupkg", StringComparison.Ordinal) ? match[..^".nupkg".Length] + ".snupkg" : "*.snupkg";
            text.AppendLf($"      \"match\": {ManifestAdvice.Quoted(symbols)},");
            text.AppendLf("      \"allow\": [\"**/*.pdb\"]");
            text.Append("    }");
        }

        text.AppendLf("");
        text.Append("  ]");
        if (lowered.Length > 0)
        {
            text.AppendLf(",");
            text.AppendLf($"  // What ships on purpose, as the profile '{profile.Name}' has it. What does not, blocks again without its line.");
            text.AppendLf("  \"rules\": {");
            for (var i = 0; i < lowered.Length; i++)
            {
                var (rule, count) = lowered[i];
                var severity = profile.Rules[rule.Id].Severity.ToString().ToLowerInvariant();
                text.AppendLf(string.Create(CultureInfo.InvariantCulture, $"    \"{rule.Id}\": \"{severity}\"{(i + 1 < lowered.Length ? "," : "")} // {rule.Title}, {count:#,0} {(count == 1 ? "finding" : "findings")}"));
            }

            text.Append("  }");
        }

        text.AppendLf("");
        text.AppendLf("}");
        return text.ToString();
    }

    /// <summary>
    /// The entries that no list lets ship, or that nobody should list without a thought: those in which rules find what blocks by the profile, and
    /// hidden files that the profile does not know. The manifest holds them as comments.
    /// </summary>
    /// <param name="inventory">What the artifact holds now.</param>
    /// <param name="findings">What the rules found in it.</param>
    /// <param name="profile">The profile the artifact is good by.</param>
    public static IReadOnlyList<WithheldEntry> Withheld(Inventory inventory, IEnumerable<Finding> findings, Manifest profile)
    {
        var policy = profile.For(inventory.Name, inventory.Kind == ArtifactKind.Directory);
        var known = policy.AllowListFor(inventory);
        var blocked = Blocking(findings, inventory, policy).Where(f => f.Path is not null).ToLookup(f => f.Path!);
        var result = new List<WithheldEntry>();
        foreach (var entry in inventory.Entries)
        {
            if (entry.Type == EntryType.Directory) continue;
            // What is in a blocked archive ships with it.
            var own = new List<Finding>();
            for (var path = entry.Path; path is not null; path = path.Container) own.AddRange(blocked[path]);
            if (own.Count > 0) result.Add(new WithheldEntry(entry, own));
            else if (IsHidden(entry.Path) && known[entry].Listing is not (Listing.Allowed or Listing.Plumbing)) result.Add(new WithheldEntry(entry, []));
        }

        return result;
    }

    /// <summary>The findings that block by a policy and that no list of entries settles.</summary>
    public static IEnumerable<Finding> Blocking(IEnumerable<Finding> findings, Inventory inventory, ArtifactPolicy policy) =>
        findings.Where(f => policy.SeverityOf(f, inventory) == Severity.Error && !OfTheList.Contains(f.Rule.Id.ToString()));

    private static bool IsHidden(EntryPath path)
    {
        for (var at = path; at is not null; at = at.Container)
            if (at.Inner.Split('/').Any(segment => segment.Length > 1 && segment[0] == '.')) return true;
        return false;
    }

    private static void AppendLf(this StringBuilder text, string line) => text.Append(line).Append('\n');

    private static void List(StringBuilder text, string key, string comment, IReadOnlyList<Role> roles, IReadOnlyList<Role> leftOut)
    {
        if (roles.Count == 0 && leftOut.Count == 0) return;
        text.AppendLf(",");
        text.AppendLf($"      // {comment}");
        text.AppendLf($"      \"{key}\": [");
        // First, so that each line can be uncommented as it is.
        foreach (var role in leftOut)
        {
            var files = role.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {role.Count} files");
            var why = role.Reason!.Length == 0 ? "a hidden file: does it belong here?"
                : role.Count == 1 ? $"blocked by {role.Reason}: {role.Finding}" : $"blocked by {role.Reason}";
            text.AppendLf($"        // {ManifestAdvice.Quoted(role.Pattern)}, // {why}{files}");
        }

        for (var i = 0; i < roles.Count; i++)
        {
            var role = roles[i];
            var files = role.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {role.Count} files");
            text.AppendLf($"        {ManifestAdvice.Quoted(role.Pattern)}{(i + 1 < roles.Count ? "," : "")} // {Purpose(role)}{files}");
        }

        text.Append("      ]");
    }

    /// <summary>One role for each distinct pattern, by pattern.</summary>
    private static (List<Role> Listed, List<Role> LeftOut) Roles(Inventory inventory, PackageNames names, WithheldEntries withheld, List<Entry> unnamed)
    {
        // What the format brings along is known without a manifest: an empty list says which entries these are.
        var nothing = new AllowList(new Manifest("", null, default, [], new Dictionary<RuleId, RuleSetting>()).For(""), inventory);
        var containers = inventory.Entries.Where(e => e.Type != EntryType.Directory && e.Path.Container is not null).Select(e => e.Path.Container!).ToHashSet();
        var programs = inventory.Entries.Where(e => e.Path.Container is null && e.Path.Inner.EndsWith(".runtimeconfig.json", StringComparison.Ordinal) && !e.Path.Inner.Contains('/', StringComparison.Ordinal))
            .Select(e => e.Path.Inner[..^".runtimeconfig.json".Length]).ToHashSet(StringComparer.Ordinal);
        var roles = new SortedDictionary<string, Role>(StringComparer.Ordinal);
        var left = new Dictionary<(string Pattern, string Reason), Role>();
        foreach (var entry in inventory.Entries)
        {
            if (nothing[entry].Listing == Listing.Plumbing) continue;
            var isArchive = AllowList.IsArchive(entry);
            // An archive is allowed by the patterns for its content; it needs a line of its own only where there are none.
            if (isArchive && containers.Contains(entry.Path)) continue;
            var pattern = PatternFor(entry.Path, inventory, names);
            if (pattern is null)
            {
                unnamed.Add(entry);
                continue;
            }

            if (isArchive) pattern += "!/**";
            if (withheld.Of(entry) is { } held)
            {
                if (left.TryGetValue((pattern, held.Reason), out var same)) same.Count++;
                else left[(pattern, held.Reason)] = new Role(pattern, entry, isArchive, false) { Reason = held.Reason, Finding = held.Said };
                continue;
            }

            // A placeholder does not let in by the back door what stands beside as a comment.
            if (withheld.AnyMatches(pattern) && ManifestAdvice.PatternFor(entry.Path) is { } literal) pattern = isArchive ? literal + "!/**" : literal;
            if (roles.TryGetValue(pattern, out var role)) role.Count++;
            else roles[pattern] = new Role(pattern, entry, isArchive, !isArchive && IsEssential(pattern, inventory, programs));
        }

        return ([.. roles.Values], [.. left.Values]);
    }

    /// <summary>The pattern with placeholders, or the literal one where that would not match, or null where none does.</summary>
    private static string? PatternFor(EntryPath path, Inventory inventory, PackageNames names)
    {
        var isNuGet = inventory.Kind is ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage;
        var text = Generalised(path.Inner, isNuGet && path.Container is null, names);
        for (var container = path.Container; container is not null; container = container.Container)
            text = Generalised(container.Inner, isNuGet && container.Container is null, names) + "!/" + text;
        return Glob.TryParse(text, out var glob, out _) && glob.Bind(names).IsMatch(SplitName.Levels(path)) ? text : ManifestAdvice.PatternFor(path);
    }

    private static string Generalised(string path, bool isNuGet, PackageNames names)
    {
        var segments = path.Split('/');
        var result = new string[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            var isFile = i == segments.Length - 1;
            var parent = i == 0 ? "" : segments[i - 1];
            var named = Named(segment, names);
            if (!isFile && named.EndsWith('!')) named = named[..^1] + "?";
            result[i] = isFile || i == 0 ? named
                : isNuGet && FolderName.IsFramework(segment) && segment.Any(char.IsAsciiDigit) ? "{tfm}"
                : FolderName.IsRuntime(segment) && (parent == "runtimes" || (isNuGet && segments[0] == "tools" && i == 2)) ? "{rid}"
                : FolderName.IsCulture(segment) && (segments[^1].EndsWith(".resources.dll", StringComparison.Ordinal) || IsTranslations(parent)) ? "{culture}"
                : named;
        }

        // Satellite assemblies of a published program lie in folders at its top.
        if (segments.Length == 2 && segments[1].EndsWith(".resources.dll", StringComparison.Ordinal) && FolderName.IsCulture(segments[0])) result[0] = "{culture}";
        return string.Join('/', result);
    }

    private static bool IsTranslations(string folder) => folder is "locales" or "locale" or "lang" or "i18n" or "translations";

    /// <summary>A segment as a pattern, with the package's id at its beginning and the version anywhere as placeholders.</summary>
    private static string Named(string segment, PackageNames names)
    {
        var prefix = "";
        foreach (var id in names.FileIds)
        {
            if (!segment.StartsWith(id, StringComparison.Ordinal) || (segment.Length > id.Length && segment[id.Length] is not ('.' or '-'))) continue;
            prefix = "{id}";
            segment = segment[id.Length..];
            break;
        }

        foreach (var version in names.Versions)
        {
            if (!version.Contains('.', StringComparison.Ordinal)) continue;
            var at = segment.IndexOf(version, StringComparison.Ordinal);
            if (at < 0 || (at > 0 && char.IsAsciiLetterOrDigit(segment[at - 1])) || (at + version.Length < segment.Length && char.IsAsciiLetterOrDigit(segment[at + version.Length]))) continue;
            return prefix + ManifestAdvice.Escaped(segment[..at]) + "{version}" + ManifestAdvice.Escaped(segment[(at + version.Length)..]);
        }

        return prefix + ManifestAdvice.Escaped(segment);
    }

    /// <summary>Whether an artifact without it would not be worth publishing.</summary>
    private static bool IsEssential(string pattern, Inventory inventory, HashSet<string> programs)
    {
        if (!pattern.Contains('/', StringComparison.Ordinal))
        {
            var name = pattern.Split('.')[0];
            if (name.Equals("README", StringComparison.OrdinalIgnoreCase) || name.Equals("LICENSE", StringComparison.OrdinalIgnoreCase) || name.Equals("LICENCE", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return inventory.Kind switch
        {
            ArtifactKind.NuGetPackage => pattern is "lib/{tfm}/{id}.dll" or "build/{id}.props" or "build/{id}.targets" or "tools/{tfm}/{rid}/DotnetToolSettings.xml" or "analyzers/dotnet/cs/{id}.dll",
            ArtifactKind.SymbolsPackage => pattern is "lib/{tfm}/{id}.pdb",
            ArtifactKind.NpmPackage => pattern is "index.js" or "index.mjs" or "index.cjs" or "dist/index.js" or "dist/index.mjs" or "dist/index.cjs" or "lib/index.js",
            ArtifactKind.Directory => programs.Any(p => pattern == ManifestAdvice.Escaped(p) + ".dll" || pattern == ManifestAdvice.Escaped(p) + ".runtimeconfig.json"),
            _ => false,
        };
    }

    /// <summary>Makes one pattern of many: the same extension, the same kind of bytes, one tree of folders.</summary>
    /// <param name="roles">One role a pattern.</param>
    /// <param name="matchesTooMuch">Whether a pattern would match what is not meant.</param>
    private static List<Role> Collapse(List<Role> roles, Func<string, bool> matchesTooMuch)
    {
        var result = new List<Role>();
        foreach (var group in roles.GroupBy(r => r.Tree))
        {
            var members = group.ToArray();
            if (members.Length < Many || group.Key.Extension.Length == 0 || members.Select(m => m.KindGroup).Distinct().Count() > 1)
            {
                result.AddRange(members);
                continue;
            }

            var common = members[0].Folders;
            foreach (var member in members) common = [.. common.Zip(member.Folders).TakeWhile(p => p.First == p.Second).Select(p => p.First)];
            var deep = members.Any(m => m.Folders.Length > common.Length);
            var pattern = group.Key.Container + string.Concat(common.Select(f => f + "/")) + (deep ? "**/*" : "*") + group.Key.Extension;
            if (matchesTooMuch(pattern))
            {
                result.AddRange(members);
                continue;
            }

            result.Add(members[0] with { Pattern = pattern, Count = members.Sum(m => m.Count) });
        }

        return [.. result.OrderBy(r => r.Pattern, StringComparer.Ordinal)];
    }

    private static string Purpose(Role role)
    {
        if (role.IsOpaque) return "an archive; nobody said what may be in it";
        var path = role.Example.Path;
        var name = path.Name.ToString();
        var kind = role.Example.Kind;
        if (kind is EntryKind.PortablePdb or EntryKind.WindowsPdb || Ends(".pdb")) return "symbols: do they belong here?";
        if (kind == EntryKind.SourceMap || Ends(".map")) return "a source map: does it belong here?";
        if (Ends(".d.ts", ".d.mts", ".d.cts", ".pyi")) return "types";
        if (Ends(".cs", ".fs", ".vb", ".ts", ".tsx", ".jsx", ".vue", ".java", ".c", ".cpp", ".h", ".rs", ".go")) return "source code: does it belong here?";
        if (Ends(".csproj", ".fsproj", ".vbproj", ".sln", ".slnx") || name is "tsconfig.json") return "a project file: does it belong here?";
        if (Ends(".resources.dll")) return "a satellite assembly";
        if (Ends(".dll", ".winmd")) return path.Inner.StartsWith("analyzers/", StringComparison.Ordinal) ? "an analyzer" : "an assembly or library";
        if (Ends(".so", ".dylib", ".a", ".node") || kind is EntryKind.Elf or EntryKind.MachO) return "a native library or program";
        if (Ends(".exe")) return "a program";
        if (Ends(".props", ".targets")) return "MSBuild";
        if (Ends(".xml") && path.Inner.StartsWith("lib/", StringComparison.Ordinal)) return "XML documentation";
        if (name.StartsWith("README", StringComparison.OrdinalIgnoreCase)) return "the read-me";
        if (name.StartsWith("LICEN", StringComparison.OrdinalIgnoreCase) || name.StartsWith("COPYING", StringComparison.OrdinalIgnoreCase) || name.Contains("NOTICE", StringComparison.OrdinalIgnoreCase)) return "a licence or notice";
        if (name is "_._") return "an empty place holder";
        if (Ends(".js", ".mjs", ".cjs")) return "JavaScript";
        if (Ends(".css")) return "a style sheet";
        if (Ends(".wasm")) return "WebAssembly";
        if (Ends(".html", ".htm")) return "a page";
        if (Ends(".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp")) return "a picture";
        if (Ends(".ttf", ".otf", ".woff", ".woff2", ".eot")) return "a font";
        if (Ends(".md", ".txt", ".rtf", ".pdf")) return "documentation";
        if (Ends(".json", ".xml", ".config", ".yml", ".yaml", ".ini")) return "settings or data";
        if (path.Inner.StartsWith("bin/", StringComparison.Ordinal)) return "a program";
        return name.StartsWith('.') ? "a hidden file: does it belong here?" : "other";

        bool Ends(params string[] suffixes) => suffixes.Any(s => name.EndsWith(s, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What is withheld, to be asked by entry and by pattern.</summary>
    private sealed class WithheldEntries
    {
        private readonly Dictionary<Entry, WithheldEntry> _byEntry = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<string, bool> _matches = new(StringComparer.Ordinal);
        private readonly SplitName[][] _paths;
        private readonly PackageNames _names;

        public WithheldEntries(IReadOnlyList<WithheldEntry> withheld, Inventory inventory, PackageNames names)
        {
            foreach (var held in withheld) _byEntry[held.Entry] = held;
            _paths = [.. inventory.Entries.Where(_byEntry.ContainsKey).Select(e => SplitName.Levels(e.Path))];
            _names = names;
        }

        public WithheldEntry? Of(Entry entry) => _byEntry.GetValueOrDefault(entry);

        /// <summary>Whether a pattern lets in something that is withheld. Only one with a placeholder or wildcard can.</summary>
        public bool AnyMatches(string pattern)
        {
            if (_paths.Length == 0 || pattern.AsSpan().IndexOfAny('{', '*', '?') < 0) return false;
            if (_matches.TryGetValue(pattern, out var known)) return known;
            var glob = Glob.Parse(pattern).Bind(_names);
            return _matches[pattern] = _paths.Any(glob.IsMatch);
        }
    }

    /// <summary>A pattern, one of the entries it was made from, and how many these are.</summary>
    private sealed record Role(string Pattern, Entry Example, bool IsOpaque, bool Required)
    {
        public int Count { get; set; } = 1;

        /// <summary>The rules that block it, empty for a question; null where it may ship.</summary>
        public string? Reason { get; init; }

        /// <summary>What the first of these rules said.</summary>
        public string? Finding { get; init; }

        /// <summary>The folders of the innermost level.</summary>
        public string[] Folders => Inner.Split('/')[..^1];

        /// <summary>What may become one pattern: the same archive, the same folder at its top (or none), the same extension.</summary>
        public (string Container, string Top, string Extension) Tree => (Pattern[..^Inner.Length], Folders.FirstOrDefault() ?? "", IsOpaque ? "" : Extension(Inner[(Inner.LastIndexOf('/') + 1)..]));

        /// <summary>Texts are one kind of bytes, whatever stands in them.</summary>
        public EntryKind KindGroup => Example.Kind is EntryKind.Json or EntryKind.Xml or EntryKind.Script or EntryKind.Empty or EntryKind.Utf16Text ? EntryKind.Text : Example.Kind;

        private string Inner => Pattern[(Pattern.LastIndexOf("!/", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..];

        /// <summary>With what stands before it where the two belong together: .d.ts, .resources.dll, .js.map.</summary>
        private static string Extension(string name)
        {
            foreach (var both in new[] { ".d.ts", ".d.mts", ".d.cts", ".resources.dll", ".deps.json", ".runtimeconfig.json" })
                if (name.EndsWith(both, StringComparison.Ordinal)) return both;
            var dot = name.LastIndexOf('.');
            if (dot <= 0 || name[dot..].Contains('}', StringComparison.Ordinal)) return "";
            if (name[dot..] == ".map" && name.LastIndexOf('.', dot - 1) is var second and > 0 && !name[second..].Contains('}', StringComparison.Ordinal)) return name[second..];
            return name[dot..];
        }
    }
}

/// <summary>An entry that a manifest written from its artifact does not list.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Findings">What blocks it, or an archive it stands in; empty for a hidden file that nobody vouched for.</param>
public sealed record WithheldEntry(Entry Entry, IReadOnlyList<Finding> Findings)
{
    /// <summary>The rules, e.g. <c>RG2001, RG2002</c>; empty for a question.</summary>
    public string Reason => string.Join(", ", Findings.Select(f => f.Rule.Id).Distinct().Order());

    /// <summary>What the first of the rules said, on one line; empty for a question.</summary>
    public string Said => Findings.Count == 0 ? "" : EntryPath.Printable(Findings.MinBy(f => f.Rule.Id)!.Message);
}
