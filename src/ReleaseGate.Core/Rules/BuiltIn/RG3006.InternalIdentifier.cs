using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules.BuiltIn.Identifiers;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class InternalIdentifier() : ContentRule(new Descriptor("RG3006", nameof(InternalIdentifier),
    "An entry or its name holds a name that the manifest lists as internal: a codename, a namespace, a host.",
    "Rename or remove it at its source and build again; what may be public after all, take out of 'identifiers' in the manifest."))
{
    // Without identifiers in the manifest there is nothing to ask for; what that would be depends on them.
    public override ContentRequest Request { get; } = ContentRequest.Read(IdentifierFacts.Reader, static (_, _, _) => { }).Where(static _ => false);

    public override ContentRequest? RequestFor(ArtifactPolicy policy)
    {
        var list = policy.Manifest.Identifiers;
        var parts = new List<ContentRequest>();
        if (list.Search.Literals.Count > 0)
        {
            parts.Add(ContentRequest.Anchors(list.Search.Literals, _ => new IdentifierHits(list.Search),
                static (in AnchorMatch match, IdentifierHits hits, Entry entry, RuleContext _) => hits.Add(in match, entry),
                static (hits, entry, context) =>
                {
                    foreach (var hit in hits.All) context.Report(entry, MessageOf(hit), offset: hit.First, facts: FactsOf(hit.Target.What, hit.Target.Text, hit.Count));
                }));
        }

        foreach (var words in list.Hashes)
        {
            parts.Add(ContentRequest.Scan(new ScannerFactory<HashedWordScanner>(_ => new HashedWordScanner(words)), static (scanner, entry, context) =>
            {
                foreach (var hit in scanner.Hits)
                    context.Report(entry, $"holds '{hit.Text}'{Times(hit.Count)}, one of the hashed words", offset: hit.First, facts: FactsOf("hash", hit.Text, hit.Count));
            }));
        }

        if (list.Namespaces.Count + list.Assemblies.Count > 0)
            parts.Add(ContentRequest.Read(IdentifierFacts.Reader, Judge).Where(static entry => entry.Kind == EntryKind.PortableExecutable));
        return parts.Count == 0 ? null : ContentRequest.Of(parts);
    }

    /// <summary>The names of the entries, with their folders and archives, and of the artifact.</summary>
    public override void Conclude(Inventory inventory, RuleContext context)
    {
        var names = new NameSearch(context.Policy.Manifest.Identifiers);
        foreach (var (what, text) in names.Find(inventory.Name).Select(n => (n.What, n.Text)))
            context.Report(null, $"its name holds {what} '{text}'");

        var told = new Dictionary<(string, string), (Entry Entry, NameSearch.Found Found, int Count)>();
        foreach (var entry in inventory.Entries)
        {
            foreach (var found in names.Find(entry.Path.Value))
            {
                var key = (found.Text, entry.Path.Value[..found.End]);
                told[key] = told.TryGetValue(key, out var first) ? first with { Count = first.Count + 1 } : (entry, found, 1);
            }

            if (entry.LinkTarget is not { } target) continue;
            foreach (var found in names.Find(target)) context.Report(entry, $"it leads to a name with {found.What} '{EntryPath.Printable(found.Text)}'");
        }

        foreach (var ((_, name), (entry, found, count)) in told)
        {
            var own = name.Length == entry.Path.Value.TrimEnd('/').Length;
            context.Report(entry, own && count == 1
                ? $"its name holds {found.What} '{found.Text}'"
                : string.Create(CultureInfo.InvariantCulture, $"the name '{EntryPath.Printable(name)}' holds {found.What} '{found.Text}'; {count:N0} {(count == 1 ? "entry stands" : "entries stand")} there"),
                facts: FactsOf("name", found.Text, count));
        }
    }

    private static string MessageOf(IdentifierHits.Hit hit) => hit.Target.What switch
    {
        "host" => $"names the internal host '{hit.Text}'{Times(hit.Count)}",
        "pattern" => $"holds '{hit.Text}'{Times(hit.Count)}, which matches the internal pattern '{EntryPath.Printable(hit.Target.Text)}'",
        _ => $"holds the internal word '{EntryPath.Printable(hit.Target.Text)}'{Times(hit.Count)}{(string.Equals(hit.Text, hit.Target.Text, StringComparison.Ordinal) ? "" : $", first as '{hit.Text}'")}",
    };

    private static string Times(int count) => count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {count:N0} times");

    private static void Judge(IdentifierFacts facts, Entry entry, RuleContext context)
    {
        var list = context.Policy.Manifest.Identifiers;
        foreach (var name in list.Namespaces) Report("namespace", name, facts.Namespaces, StringComparison.Ordinal);
        foreach (var name in list.Assemblies) Report("assembly", name, facts.Assemblies, StringComparison.OrdinalIgnoreCase);

        void Report(string what, string prefix, IReadOnlyCollection<string> names, StringComparison comparison)
        {
            string? first = null;
            var count = 0;
            foreach (var name in names)
            {
                if (!name.StartsWith(prefix, comparison) || (name.Length > prefix.Length && name[prefix.Length] != '.')) continue;
                first ??= name;
                count++;
            }

            if (first is null) return;
            var others = count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {count - 1:N0} more below '{prefix}'");
            context.Report(entry, $"its metadata names the internal {what} '{EntryPath.Printable(first)}'{others}", facts: FactsOf(what, prefix, count));
        }
    }

    private static ImmutableSortedDictionary<string, string> FactsOf(string kind, string text, int count) => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("count", count.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create("identifier", text),
        KeyValuePair.Create("list", kind),
    ]);

    /// <summary>Looks for identifiers in names.</summary>
    private sealed class NameSearch
    {
        private readonly IdentifierSearch _search;
        private readonly IdentifierHits _hits;
        private readonly HashedWordScanner[] _scanners;
        private readonly Inspection.AnchorHits _anchors = new();

        public NameSearch(IdentifierList list)
        {
            _search = list.Search;
            _hits = new IdentifierHits(_search);
            _scanners = [.. list.Hashes.Select(words => new HashedWordScanner(words))];
        }

        /// <param name="What">What was found, for a message.</param>
        /// <param name="Text">The identifier.</param>
        /// <param name="End">Where the segment ends that it stands in, in characters.</param>
        public readonly record struct Found(string What, string Text, int End);

        public List<Found> Find(string name)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            var found = new List<Found>();
            if (_search.Literals.Count > 0)
            {
                _anchors.Clear();
                _search.Matcher.Find(bytes, 0, bytes.Length, _anchors);
                _anchors.Sort();
                for (var i = 0; i < _anchors.Count; i++)
                {
                    var (start, literal) = _anchors[i];
                    _hits.Add(literal, bytes, start, start);
                }

                if (!_hits.IsEmpty)
                {
                    foreach (var hit in _hits.All) found.Add(new Found($"the internal {hit.Target.What}", EntryPath.Printable(hit.Target.What == "word" ? hit.Target.Text : hit.Text), EndOf(hit.First)));
                    _hits.Clear();
                }
            }

            foreach (var scanner in _scanners)
            {
                scanner.Scan(bytes);
                foreach (var hit in scanner.Hits) found.Add(new Found("the hashed word", hit.Text, EndOf(hit.First)));
            }

            return found;

            int EndOf(long position)
            {
                var start = Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)position));
                var slash = name.IndexOf('/', Math.Min(start, name.Length));
                if (slash < 0) return name.Length;
                // "archive.zip!/": the step into an archive is none of its name.
                return slash > 0 && name[slash - 1] == '!' ? slash - 1 : slash;
            }
        }
    }
}
