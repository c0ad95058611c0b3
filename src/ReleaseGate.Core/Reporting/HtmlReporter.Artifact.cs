using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting.Html;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

// One artifact: what it is, its findings by cause, what it exposes.
public sealed partial class HtmlReporter
{
    private sealed partial class Page
    {
        private const int MostGroupsOpen = 6;
        private const int MostCausesOpen = 25;
        private const int MostFolders = 12;
        private const int MostExposed = 8;

        private void WriteArtifact(Verdict verdict, List<CauseGroup> groups, int number, bool? isFolded)
        {
            var inventory = verdict.Inventory;
            var icon = IconOf(verdict);
            html.Write($"<article id=\"a{number}\" aria-labelledby=\"a{number}-title\"><header class=\"artifact\"><h2 id=\"a{number}-title\">{inventory.Name}</h2><p><span class=\"badge {Icons.NameOf(icon)}\">{icon}{WordOf(verdict)}</span> <span class=\"muted\">");
            html.Write($"{KindOf(inventory.Kind)}, {ByteSize.Format(inventory.Length)}, {Counted(inventory.Entries.Count, "entry", "entries")}, {(verdict.Policy.Destination is { } destination ? $"destination {destination}" : "destination not declared")}</span></p></header>\n");
            if (isFolded is { } folded) html.Write($"<details class=\"folded\"{(folded ? default : new Markup.Own(" open=\"open\""))}><summary>{(verdict.Findings.Count == 0 ? "Nothing was found; what is in it" : Counted(verdict.Findings.Count, "finding", "findings") + " and what is in it")}</summary>\n");
            if (report.Verdicts.Count > 1)
            {
                html.Write($"<nav class=\"within\" aria-label=\"Sections of {inventory.Name}\"><ul>");
                WriteSectionLinks(verdict, number);
                html.Write($"</ul></nav>\n");
            }

            WriteFindings(groups, number);
            WriteExposure(verdict, number);
            WriteMap(verdict, groups, number);
            WriteDrift(verdict, number);
            WriteEntries(verdict, number);
            html.Write($"{(isFolded is null ? default : new Markup.Own("</details>"))}</article>\n");
        }

        private void WriteFindings(List<CauseGroup> groups, int number)
        {
            html.Write($"<section id=\"a{number}-findings\" aria-labelledby=\"a{number}-findings-title\" class=\"findings\"><h3 id=\"a{number}-findings-title\">Findings</h3>\n");
            if (groups.Count == 0)
            {
                html.Write($"<p class=\"none\">{Icon.Fine}Nothing was found.</p></section>\n");
                return;
            }

            var causes = groups.Sum(g => g.Causes.Count);
            var rules = groups.SelectMany(g => g.Causes).SelectMany(c => c.Also.Prepend(c.Main)).Select(j => j.Finding.Rule.Id).Distinct().Order().ToList();
            html.Write($"<div class=\"controls\" hidden=\"hidden\"><label>Filter <input type=\"search\" class=\"text\" placeholder=\"path or text\" autocomplete=\"off\" spellcheck=\"false\"/></label><label>Severity <select class=\"severity\" autocomplete=\"off\"><option value=\"\">all</option>");
            foreach (var icon in groups.Select(g => g.Icon).Distinct()) html.Write($"<option value=\"{Icons.NameOf(icon)}\">{Icons.WordOf(icon).ToLowerInvariant()}</option>");
            html.Write($"</select></label><label>Rule <select class=\"rule\" autocomplete=\"off\"><option value=\"\">all</option>");
            foreach (var rule in rules) html.Write($"<option>{rule.ToString()}</option>");
            html.Write($"</select></label><p role=\"status\" class=\"status muted\"></p></div>\n");

            var open = groups.Count <= MostGroupsOpen && causes <= MostCausesOpen;
            var inWaived = false;
            foreach (var group in groups)
            {
                if (group.Icon == Icon.Waived && !inWaived)
                {
                    inWaived = true;
                    html.Write($"<h4 data-severity=\"waived\">Waived</h4>\n");
                }
                else if (group.Icon == Icon.Note && inWaived)
                {
                    inWaived = false;
                    html.Write($"<h4 data-severity=\"note\">Notes</h4>\n");
                }

                WriteGroup(number, group, open || group.Causes.Count == 1 && group.Icon == Icon.Error);
            }

            html.Write($"</section>\n");
        }

        private void WriteGroup(int number, CauseGroup group, bool open)
        {
            var rule = group.Rule;
            var name = Icons.NameOf(group.Icon);
            html.Write($"<details id=\"{AnchorOf(number, group)}\" class=\"group {name}\" data-rule=\"{rule.Id.ToString()}\" data-severity=\"{name}\"{(open ? new Markup.Own(" open=\"open\"") : default)}><summary><span class=\"badge {name}\">{group.Icon}{Icons.WordOf(group.Icon)}</span> <span class=\"title\">{Words(rule.Title)}</span> <code class=\"id\">{rule.Id.ToString()}</code><span class=\"many\">{Counted(group.Causes.Count, group.Causes[0].Main.Finding.Path is null ? "finding" : "entry", group.Causes[0].Main.Finding.Path is null ? "findings" : "entries")}</span></summary>\n<div class=\"body\">");
            html.Write($"<p class=\"what\">{rule.Summary}</p><p class=\"fix\"><strong>{(group.Icon == Icon.Waived ? "Before it ends" : "Next step")}</strong> <span>{group.Fix}");
            WriteHelp(rule);
            html.Write($"</span></p><ul class=\"causes\">\n");
            var fix = group.Fix;
            for (var i = 0; i < group.Causes.Count && i < MostCauses; i++) WriteCause(group.Causes[i], fix);
            html.Write($"</ul>");
            if (group.Causes.Count > MostCauses) html.Write($"<p class=\"muted left-out\" id=\"f{group.Causes[MostCauses].Number}\" data-count=\"{group.Causes.Count - MostCauses}\">… {Number(group.Causes.Count - MostCauses)} more, see the JSON report</p>");
            html.Write($"</div></details>\n");
        }

        // Only pages of our own: an outside rule may name any.
        private void WriteHelp(Descriptor rule)
        {
            if (rule is { HelpLink: { } page, Id.IsBuiltIn: true } && page.StartsWith("https://", StringComparison.Ordinal))
                html.Write($" <a href=\"{page}\" rel=\"noreferrer noopener\">About {rule.Id.ToString()}</a>");
        }

        private void WriteCause(Cause cause, string groupFix)
        {
            var main = cause.Main;
            html.Write($"<li id=\"f{cause.Number}\">");
            if (main.Finding.Path is { } path) html.WritePath(path.Value);
            if (main.Finding.Entry is { Type: EntryType.File } entry) html.Write($" <span class=\"muted\">{ByteSize.Format(entry.Length)}</span>");
            WriteMessage(main);
            foreach (var also in cause.Also) WriteMessage(also);
            if (main.Finding.Fix is { } fix && fix != groupFix) html.Write($"<p class=\"own\">{fix}</p>");
            foreach (var also in cause.Also)
                if (also.Severity == Severity.Error && main.Severity != Severity.Error) html.Write($"<p class=\"own\">{also.Finding.Fix ?? also.Finding.Rule.Fix}</p>");
            if (main.Waiver is { } waiver) WriteWaiver(waiver);
            // What a waiver may be bound to.
            if (main is { Severity: Severity.Error, Finding: { Entry: { Type: EntryType.File, Complete: true } bound, Rule.WaivedByDigestOnly: true } })
                html.Write($"<p class=\"muted\">SHA-256 <code class=\"copy\">{bound.Digest.ToString()}</code></p>");
            html.Write($"</li>\n");
        }

        private void WriteMessage(JudgedFinding judged)
        {
            var finding = judged.Finding;
            html.Write($"<p class=\"message\"><code class=\"id\">{finding.Rule.Id.ToString()}</code> <span>{finding.Message}</span>");
            if (finding.Offset is { } offset) html.Write($" <span class=\"muted\">at byte {Number(offset)}</span>");
            if (finding.Location is { } place) html.Write($" <span class=\"muted\">{Written(place)}</span>");
            if (judged.NeedsApproval) html.Write($" <span class=\"tag\">needs approval</span>");
            if (judged.FirstSeen is { } seen) html.Write($" <span class=\"muted\">first seen {JsonReporter.Written(DateOnly.FromDateTime(seen))}</span>");
            if (judged.Due is { } due) html.Write($" <span class=\"muted\">may be waived until {JsonReporter.Written(due)}</span>");
            html.Write($"</p>");
        }

        private void WriteWaiver(Waiver waiver)
        {
            html.Write($"<p class=\"waiver\"><strong>{waiver.Id}</strong> {waiver.Reason} <span class=\"muted\">Owner {waiver.Owner}{(waiver.Approver is { } approver ? $", approved by {approver}" : "")}{(waiver.Ticket is { } ticket ? $", {ticket}" : "")}.</span> ");
            foreach (var state in report.Waivers)
            {
                if (state.Waiver.Id != waiver.Id || state.Waiver.Location != waiver.Location) continue;
                WriteDaysLeft(state);
                break;
            }

            html.Write($"</p>");
        }

        private void WriteExposure(Verdict verdict, int number)
        {
            var found = Exposed.Of(verdict);
            if (found.Count == 0) return;
            var lines = found.Sum(e => e.Lines ?? 0);
            html.Write($"<section id=\"a{number}-exposure\" aria-labelledby=\"a{number}-exposure-title\" class=\"exposure\"><h3 id=\"a{number}-exposure-title\">Source text that {(verdict.Passed || report.GoesOn ? "becomes" : "would become")} public</h3>\n");
            html.Write($"<p class=\"big\">{(lines > 0 ? new Markup.Own("<strong>") : default)}{(lines > 0 ? Number(lines) : "")}{(lines > 0 ? new Markup.Own($"</strong> {(lines == 1 ? "line" : "lines")} of source in ") : default)}<strong>{Number(found.Sum(e => e.Files))}</strong> {(found.Sum(e => e.Files) == 1 ? "file" : "files")}, <strong>{ByteSize.Format(found.Sum(e => e.Bytes))}</strong> of text</p>\n<div class=\"two\">");
            var most = found.Max(e => e.Bytes);
            html.Write($"<div class=\"scroll\"><table><caption>Where it stands</caption><thead><tr><th scope=\"col\">Entry</th><th scope=\"col\" class=\"n\">Lines</th><th scope=\"col\" class=\"n\">Files</th><th scope=\"col\" class=\"n\">Text</th><th scope=\"col\" class=\"b\"><span class=\"unseen\">Share</span></th></tr></thead><tbody>\n");
            foreach (var exposed in found.Take(MostExposed))
            {
                html.Write($"<tr><th scope=\"row\">");
                html.WritePath(exposed.Judged.Finding.Path?.Value ?? verdict.Inventory.Name);
                html.Write($"</th><td class=\"n\">{(exposed.Lines is { } own ? Number(own) : "–")}</td><td class=\"n\">{Number(exposed.Files)}</td><td class=\"n\">{ByteSize.Format(exposed.Bytes)}</td><td class=\"b\">");
                WriteBar(most == 0 ? 0 : (double)exposed.Bytes / most, Icons.NameOf(Icons.Of(exposed.Judged)));
                html.Write($"</td></tr>\n");
            }

            html.Write($"</tbody></table>");
            if (found.Count > MostExposed) html.Write($"<p class=\"muted\">and {Counted(found.Count - MostExposed, "entry", "entries")} more, all named under Findings</p>");
            html.Write($"</div>");
            WriteFolders(found);
            html.Write($"</div></section>\n");
        }

        private void WriteFolders(List<Exposed> found)
        {
            var folders = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var exposed in found)
                foreach (var (name, sources) in exposed.Folders)
                    folders[name] = folders.GetValueOrDefault(name) + (sources ?? 0);
            if (folders.Count == 0) return;
            var sorted = folders.OrderByDescending(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal).ToList();
            html.Write($"<div class=\"scroll\"><table><caption>Folders it comes from</caption><thead><tr><th scope=\"col\">Folder</th><th scope=\"col\" class=\"n\">Sources</th><th scope=\"col\" class=\"b\"><span class=\"unseen\">Share</span></th></tr></thead><tbody>\n");
            for (var i = 0; i < sorted.Count && i < MostFolders; i++)
            {
                html.Write($"<tr><th scope=\"row\"><code class=\"path\">{sorted[i].Key}/</code></th><td class=\"n\">{(sorted[i].Value > 0 ? Number(sorted[i].Value) : "–")}</td><td class=\"b\">");
                if (sorted[0].Value > 0) WriteBar((double)sorted[i].Value / sorted[0].Value, "error");
                html.Write($"</td></tr>\n");
            }

            html.Write($"</tbody></table>");
            if (sorted.Count > MostFolders) html.Write($"<p class=\"muted\">and {Counted(sorted.Count - MostFolders, "folder", "folders")} more: {string.Join(", ", sorted.Skip(MostFolders).Take(60).Select(f => f.Key))}</p>");
            html.Write($"</div>");
        }

        /// <summary>A bar beside a number that says the same.</summary>
        private void WriteBar(double share, string name) =>
            html.Write($"<svg class=\"bar {name}\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"8\"/><rect class=\"fill\" width=\"{(share > 0 ? Math.Clamp(share * 100, 0.5, 100) : 0)}\" height=\"8\"/></svg>");

        // SourceMapContent: Source map content.
        private static string Words(string title)
        {
            var words = new System.Text.StringBuilder(title.Length + 8);
            for (var i = 0; i < title.Length; i++)
            {
                var begins = i > 0 && char.IsAsciiLetterUpper(title[i]) && (!char.IsAsciiLetterUpper(title[i - 1]) || (i + 1 < title.Length && char.IsAsciiLetterLower(title[i + 1])));
                if (begins) words.Append(' ');
                words.Append(begins && i + 1 < title.Length && char.IsAsciiLetterLower(title[i + 1]) ? char.ToLowerInvariant(title[i]) : title[i]);
            }

            return words.ToString();
        }

        private static string KindOf(ArtifactKind kind) => kind switch
        {
            ArtifactKind.NuGetPackage => "NuGet package",
            ArtifactKind.SymbolsPackage => "symbols package",
            ArtifactKind.NpmPackage => "npm package",
            ArtifactKind.Directory => "folder",
            ArtifactKind.Unknown => "unknown kind",
            _ => kind.ToString(),
        };
    }
}
