using System.Globalization;
using System.Text;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting.Html;

namespace ReleaseGate.Reporting;

// The map and the table of all entries, and the data that the script makes both of.
public sealed partial class HtmlReporter
{
    private sealed partial class Page
    {
        private const int LargestShown = 10;
        private const int RowsWithoutScript = 200;
        private const int MostRowsWithoutScript = 1000;

        // What policy made of the entries of the artifact that is being written, and where its findings stand.
        private Dictionary<string, (Icon Worst, int Cause)> _byPath = new(StringComparer.Ordinal);

        private void WriteMap(Verdict verdict, List<CauseGroup> groups, int number)
        {
            _byPath = new(StringComparer.Ordinal);
            foreach (var group in groups)
                foreach (var cause in group.Causes)
                    if (cause.Main.Finding.Path is { } path && (!_byPath.TryGetValue(path.Value, out var known) || known.Worst < group.Icon)) _byPath[path.Value] = (group.Icon, cause.Number);
            var entries = verdict.Inventory.Entries;
            if (entries.Count == 0) return;

            var root = TreeNode.Of(entries, WorstOf);
            html.Write($"<section id=\"a{number}-map\" aria-labelledby=\"a{number}-map-title\" class=\"mapped\"><h3 id=\"a{number}-map-title\">What is in it, by size</h3>\n<nav class=\"crumbs\" aria-label=\"Folder shown in the map\" hidden=\"hidden\"></nav><div class=\"treemap\" data-artifact=\"{number}\">\n");
            if (root.Size > 0) new Treemap(html).Write(root, $"Map of {verdict.Inventory.Name}: the area of an entry is its size. The largest stand in the table below.");
            html.Write($"</div>\n<p class=\"told\" aria-hidden=\"true\" hidden=\"hidden\"></p><ul class=\"legend\" aria-label=\"Legend\">");
            foreach (var icon in new[] { Icon.Error, Icon.Warning, Icon.Waived, Icon.Fine })
                html.Write($"<li><span class=\"swatch {Icons.NameOf(icon)}\"></span>{(icon == Icon.Fine ? "nothing found" : Icons.WordOf(icon).ToLowerInvariant())}</li>");
            html.Write($"<li class=\"muted\">What has findings is drawn large enough to be seen.</li></ul>\n");

            var largest = entries.Where(e => e.Type == EntryType.File).OrderByDescending(e => e.Length).ThenBy(e => e.Path).Take(LargestShown).ToList();
            // As few as that stand in the table of all entries.
            if (entries.Count > LargestShown && largest.Count > 0)
            {
                html.Write($"<div class=\"scroll\"><table class=\"largest\"><caption>{(largest.Count == 1 ? "The largest entry" : $"The {Number(largest.Count)} largest entries")}</caption><thead><tr><th scope=\"col\">Entry</th><th scope=\"col\">Verdict</th><th scope=\"col\" class=\"n\">Size</th><th scope=\"col\" class=\"b\"><span class=\"unseen\">Share</span></th></tr></thead><tbody>\n");
                foreach (var entry in largest)
                {
                    html.Write($"<tr><th scope=\"row\">");
                    html.WritePath(entry.Path.Value);
                    html.Write($"</th><td>");
                    WriteBadge(WorstOf(entry), CauseOf(entry));
                    html.Write($"</td><td class=\"n\">{ByteSize.Format(entry.Length)}</td><td class=\"b\">");
                    WriteBar(largest[0].Length == 0 ? 0 : (double)entry.Length / largest[0].Length, Icons.NameOf(WorstOf(entry)));
                    html.Write($"</td></tr>\n");
                }

                html.Write($"</tbody></table></div>");
            }

            html.Write($"</section>\n");
        }

        private void WriteEntries(Verdict verdict, int number)
        {
            var entries = verdict.Inventory.Entries;
            if (entries.Count == 0) return;
            var shown = ShownWithoutScript(entries);
            html.Write($"<section id=\"a{number}-entries\" aria-labelledby=\"a{number}-entries-title\" class=\"entries\" data-artifact=\"{number}\"><h3 id=\"a{number}-entries-title\">All entries</h3>\n<div class=\"controls\" hidden=\"hidden\"><label>Filter <input type=\"search\" class=\"text\" placeholder=\"part of a path\" autocomplete=\"off\" spellcheck=\"false\"/></label><label>Verdict <select class=\"severity\" autocomplete=\"off\"><option value=\"\">all</option><option value=\"4\">blocks</option><option value=\"3\">warns</option><option value=\"2\">waived</option><option value=\"0\">fine</option></select></label><label>Kind <select class=\"kind\" autocomplete=\"off\"><option value=\"\">all</option></select></label></div>\n");
            html.Write($"<p role=\"status\" class=\"status muted\">{(shown.Count == entries.Count ? Counted(shown.Count, "entry", "entries") : $"{Number(shown.Count)} of {Number(entries.Count)} entries: the {RowsWithoutScript} largest, and those with findings. The others are in the JSON report, and here with scripts on.")}</p>\n");
            html.Write($"<div class=\"scroll\" role=\"group\" aria-label=\"Table of all entries\"><table class=\"all\"><thead><tr><th scope=\"col\" data-sort=\"path\">Entry</th><th scope=\"col\" data-sort=\"verdict\">Verdict</th><th scope=\"col\" data-sort=\"kind\">Kind</th><th scope=\"col\" class=\"n\" data-sort=\"size\">Size</th></tr></thead><tbody>\n");
            foreach (var entry in shown)
            {
                html.Write($"<tr><th scope=\"row\">");
                html.WritePath(entry.Path.Value);
                if (NoteOf(entry) is { Length: > 0 } note) html.Write($" <span class=\"muted\">{note}</span>");
                html.Write($"</th><td>");
                WriteBadge(WorstOf(entry), CauseOf(entry));
                html.Write($"</td><td>{KindOf(entry)}</td><td class=\"n\">{ByteSize.Format(entry.Length)}</td></tr>\n");
            }

            html.Write($"</tbody></table></div><button type=\"button\" class=\"more\" hidden=\"hidden\">Show more</button>\n<script type=\"application/json\" id=\"d{number}\">");
            html.WriteOwn(Data(verdict));
            html.Write($"</script></section>\n");
        }

        private List<Entry> ShownWithoutScript(IReadOnlyList<Entry> entries)
        {
            if (entries.Count <= RowsWithoutScript) return Sorted(entries);
            var shown = new HashSet<Entry>(entries.OrderByDescending(e => e.Length).ThenBy(e => e.Path).Take(RowsWithoutScript));
            foreach (var entry in entries)
                if (_byPath.ContainsKey(entry.Path.Value) && shown.Count < MostRowsWithoutScript) shown.Add(entry);
            return Sorted(entries.Where(shown.Contains));
        }

        // As the script sorts them.
        private List<Entry> Sorted(IEnumerable<Entry> entries) => [.. entries.OrderByDescending(WorstOf).ThenByDescending(e => e.Length).ThenBy(e => e.Path)];

        private void WriteBadge(Icon icon, int cause)
        {
            if (cause > 0) html.Write($"<a class=\"badge {Icons.NameOf(icon)}\" href=\"#f{cause}\">{icon}{Icons.WordOf(icon)}</a>");
            else html.Write($"<span class=\"badge {Icons.NameOf(icon)}\">{icon}{Icons.WordOf(icon)}</span>");
        }

        private Icon WorstOf(Entry entry) => _byPath.TryGetValue(entry.Path.Value, out var known) ? known.Worst : Icon.Fine;

        private int CauseOf(Entry entry) => _byPath.TryGetValue(entry.Path.Value, out var known) ? known.Cause : 0;

        private static string KindOf(Entry entry) => entry.Type switch
        {
            EntryType.File => Words(entry.Kind.ToString()),
            EntryType.Directory => "Folder",
            EntryType.SymbolicLink => "Symbolic link",
            EntryType.HardLink => "Hard link",
            _ => entry.Type.ToString(),
        };

        private static string NoteOf(Entry entry)
        {
            if (entry.LinkTarget is { } target) return "leads to " + target;
            if (entry.Traits.Count == 0) return "";
            var note = new StringBuilder();
            foreach (var (name, value) in entry.Traits) note.Append(note.Length > 0 ? "; " : "").Append(name).Append(": ").Append(value);
            return note.ToString();
        }

        /// <summary>
        /// The entries for the script: <c>[folder, name, kind, size, verdict, cause, note, entered]</c> each, folders and kinds by their place in a list. Zeros and empty texts at the end are left out.
        /// </summary>
        private string Data(Verdict verdict)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                var folders = new Dictionary<string, int>(StringComparer.Ordinal);
                var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
                json.WriteStartObject();
                json.WriteString("name"u8, EntryPath.Printable(verdict.Inventory.Name));
                json.WriteStartArray("rows"u8);
                foreach (var entry in verdict.Inventory.Entries)
                {
                    var path = entry.Path.ToString();
                    var slash = path.AsSpan(0, Math.Max(0, path.Length - 1)).LastIndexOf('/') + 1;
                    var note = EntryPath.Printable(NoteOf(entry));
                    var (worst, cause) = (WorstOf(entry), CauseOf(entry));
                    json.WriteStartArray();
                    json.WriteNumberValue(PlaceOf(folders, path[..slash]));
                    json.WriteStringValue(path.AsSpan(slash));
                    json.WriteNumberValue(PlaceOf(kinds, KindOf(entry)));
                    json.WriteNumberValue(entry.Length);
                    if (worst != Icon.Fine || note.Length > 0 || entry.Entered) json.WriteNumberValue((int)worst);
                    if (cause > 0 || note.Length > 0 || entry.Entered) json.WriteNumberValue(cause);
                    if (note.Length > 0 || entry.Entered) json.WriteStringValue(note);
                    if (entry.Entered) json.WriteNumberValue(1);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
                WriteNames(json, "folders", folders);
                WriteNames(json, "kinds", kinds);
                json.WriteEndObject();
            }

            return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }

        private static int PlaceOf(Dictionary<string, int> places, string name)
        {
            if (!places.TryGetValue(name, out var place)) places.Add(name, place = places.Count);
            return place;
        }

        private static void WriteNames(Utf8JsonWriter json, string key, Dictionary<string, int> places)
        {
            var names = new string[places.Count];
            foreach (var (name, place) in places) names[place] = name;
            json.WriteStartArray(key);
            foreach (var name in names) json.WriteStringValue(name);
            json.WriteEndArray();
        }
    }
}
