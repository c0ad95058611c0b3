using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting.Html;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// Writes a report for people (docs/html-report.md): one file for any browser that needs no network. Its text is all there without a script; the script draws the map, filters and sorts.
/// What comes from artifacts is encoded, and a policy in the file lets nothing run or load but the style sheet and the script in it.
/// </summary>
public sealed partial class HtmlReporter : IReporter
{
    /// <summary>The name of the format, in a comment at the beginning.</summary>
    public const string Schema = "releasegate/html/v1";

    /// <inheritdoc/>
    public void Write(GateReport report, Stream output)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        new Page(report, new Markup(writer)).Write();
    }

    /// <summary>One of our own texts that stand in the file.</summary>
    internal static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(HtmlReporter).Assembly.GetManifestResourceStream("ReleaseGate.Html." + name)!);
        // A browser takes every line end for a line feed before it compares the hash.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>The policy that lets nothing run or load but this style sheet and this script.</summary>
    internal static Markup.Own PolicyFor(string style, string script) => new($"default-src 'none'; style-src '{HashOf(style)}'; script-src '{HashOf(script)}'; img-src data:; base-uri 'none'; form-action 'none'");

    internal static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The page about one run.</summary>
    private sealed partial class Page(GateReport report, Markup html)
    {
        private const int MostReasons = 5;

        // A browser becomes slow with more. Every group is there, and its number stands.
        private const int MostCauses = 500;

        // With more artifacts than that, those in which nothing was found are folded, and most of the others.
        private const int MostOpen = 10;

        private readonly List<List<CauseGroup>> _groups = [];

        public void Write()
        {
            var numbered = 0;
            foreach (var verdict in report.Verdicts)
            {
                var groups = CauseGroup.Of(verdict);
                foreach (var group in groups)
                {
                    // Those that are only counted have one anchor: the line that counts them.
                    for (var i = 0; i < group.Causes.Count; i++) group.Causes[i].Number = i <= MostCauses ? ++numbered : numbered;
                }

                _groups.Add(groups);
            }

            WriteHead();
            WriteVerdict();
            WriteApproval();
            WriteArtifacts();
            if (report.Exposure is { } exposure) new ExposureSection(html, exposure, report).Write();
            WriteWaivers();
            WriteAbout();
            html.Write($"</main>\n<footer>ReleaseGate {GateReport.ToolVersion}, {JsonReporter.Written(report.Started)}</footer>\n<script>");
            html.WriteOwn(Resource("report.js"));
            html.Write($"</script>\n</body></html>\n");
        }

        private void WriteArtifacts()
        {
            if (report.Verdicts.Count <= MostOpen)
            {
                for (var i = 0; i < report.Verdicts.Count; i++) WriteArtifact(report.Verdicts[i], _groups[i], i + 1, null);
                return;
            }

            var open = MostOpen;
            foreach (var isBlocked in (bool[])[true, false])
            {
                for (var i = 0; i < report.Verdicts.Count; i++)
                {
                    var verdict = report.Verdicts[i];
                    if (verdict.Passed != isBlocked) WriteArtifact(verdict, _groups[i], i + 1, verdict.Findings.Count == 0 || open-- <= 0);
                }
            }
        }

        private void WriteHead()
        {
            var (style, script) = (Resource("report.css"), Resource("report.js"));
            var (icon, word, _) = Outcome();
            var what = report.Verdicts is [var only] ? Title(only) : Counted(report.Verdicts.Count, "artifact", "artifacts");
            html.Write($"<!doctype html>\n<!-- {Schema} -->\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n");
            html.Write($"<meta http-equiv=\"Content-Security-Policy\" content=\"{PolicyFor(style, script)}\"/>\n");
            html.Write($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"referrer\" content=\"no-referrer\"/><meta name=\"color-scheme\" content=\"light dark\"/>\n<title>{word}: {what} – ReleaseGate</title>\n<style>");
            html.WriteOwn(style);
            html.Write($"</style></head>\n<body class=\"{Icons.NameOf(icon)}\">\n{new Markup.Own(Icons.Drawings)}\n<a class=\"skip\" href=\"#verdict\">Skip to the verdict</a>\n<header class=\"top\"><p class=\"brand\">ReleaseGate</p><nav aria-label=\"Sections\"><ul>");
            if (report.NeedApproval.Count > 0) html.Write($"<li><a href=\"#approval\">Needs approval</a></li>");
            if (report.Verdicts is [var alone]) WriteSectionLinks(alone, 1);
            else
                for (var i = 0; i < report.Verdicts.Count && i < 6; i++)
                    html.Write($"<li><a href=\"#a{i + 1}\">{IconOf(report.Verdicts[i])}{report.Verdicts[i].Inventory.Name}</a></li>");
            if (report.Verdicts.Count > 6) html.Write($"<li><a href=\"#artifacts\">all {Number(report.Verdicts.Count)}</a></li>");
            if (report.Exposure is not null) html.Write($"<li><a href=\"#{ExposureSection.Anchor}\">Exposure in money</a></li>");
            if (report.Waivers.Count > 0) html.Write($"<li><a href=\"#waivers\">Waivers</a></li>");
            html.Write($"<li><a href=\"#about\">About</a></li></ul></nav><button type=\"button\" id=\"theme\" class=\"quiet\" hidden=\"hidden\">Dark</button></header>\n<main>\n");
        }

        private void WriteSectionLinks(Verdict verdict, int number)
        {
            if (verdict.Findings.Count > 0) html.Write($"<li><a href=\"#a{number}-findings\">Findings</a></li>");
            if (Exposed.Of(verdict).Count > 0) html.Write($"<li><a href=\"#a{number}-exposure\">Exposure</a></li>");
            if (verdict.Inventory.Entries.Count > 0) html.Write($"<li><a href=\"#a{number}-map\">Map</a></li>");
            if (verdict.Drift is not null) html.Write($"<li><a href=\"#a{number}-drift\">Drift</a></li>");
            if (verdict.Inventory.Entries.Count > 0) html.Write($"<li><a href=\"#a{number}-entries\">Entries</a></li>");
        }

        private void WriteVerdict()
        {
            var (icon, word, lead) = Outcome();
            html.Write($"<section id=\"verdict\" class=\"verdict {Icons.NameOf(icon)}\" aria-labelledby=\"word\"><div class=\"word\">{icon}<div><h1 id=\"word\">{word}</h1><p class=\"of\">");
            if (report.Verdicts is [var only]) html.Write($"{Title(only)}");
            else html.Write($"{Counted(report.Verdicts.Count, "artifact", "artifacts")}");
            html.Write($"</p></div></div>\n<p class=\"lead\">{lead}</p>\n");
            WriteExposedSource();
            WriteWhy();
            WriteNotices();

            int errors = 0, warnings = 0, notes = 0, waived = 0, entries = 0;
            long size = 0;
            foreach (var verdict in report.Verdicts)
            {
                entries += verdict.Inventory.Entries.Count;
                size += verdict.Inventory.Length;
                foreach (var judged in verdict.Findings)
                {
                    switch (Icons.Of(judged))
                    {
                        case Icon.Error: errors++; break;
                        case Icon.Warning: warnings++; break;
                        case Icon.Waived: waived++; break;
                        default: notes++; break;
                    }
                }
            }

            html.Write($"<dl class=\"counts\">");
            Count(errors, errors == 1 ? "finding blocks" : "findings block", errors > 0 ? Icon.Error : null);
            Count(warnings, warnings == 1 ? "finding warns" : "findings warn", warnings > 0 ? Icon.Warning : null);
            Count(waived, "waived", waived > 0 ? Icon.Waived : null);
            if (notes > 0) Count(notes, notes == 1 ? "note" : "notes", null);
            Count(entries, entries == 1 ? "entry" : "entries", null);
            html.Write($"<div><dd>{ByteSize.Format(size)}</dd><dt>in all</dt></div></dl>\n</section>\n");
            if (report.Verdicts.Count > 1) WriteOverview();
        }

        private void Count(int count, string what, Icon? icon)
        {
            html.Write($"<div{(icon is { } shown ? new Markup.Own($" class=\"{Icons.NameOf(shown)}\"") : default)}><dd>");
            if (icon is { } sign) html.Write($"{sign}");
            html.Write($"{Number(count)}</dd><dt>{what}</dt></div>");
        }

        private void WriteExposedSource()
        {
            long files = 0, lines = 0;
            foreach (var verdict in report.Verdicts)
            {
                foreach (var exposed in Exposed.Of(verdict))
                {
                    files += exposed.Files;
                    lines += exposed.Lines ?? 0;
                }
            }

            if (files == 0) return;
            html.Write($"<p class=\"exposed\"><strong>{(lines > 0 ? Counted(lines, "line", "lines") : Counted(files, "file", "files"))} of source text</strong> ");
            html.Write($"{(lines > 0 ? $"in {Counted(files, "file", "files")} " : "")}{(!report.Passed && !report.GoesOn ? "would become" : (lines > 0 ? lines : files) == 1 ? "becomes" : "become")} public.</p>\n");
        }

        // The rules that block, each with the first place it is about.
        private void WriteWhy()
        {
            var blocking = new Dictionary<RuleId, (CauseGroup Group, string Anchor, int Count)>();
            for (var i = 0; i < _groups.Count; i++)
            {
                foreach (var group in _groups[i])
                {
                    if (group.Icon != Icon.Error) continue;
                    if (!blocking.TryGetValue(group.Rule.Id, out var known)) known = (group, AnchorOf(i + 1, group), 0);
                    blocking[group.Rule.Id] = known with { Count = known.Count + group.Causes.Count };
                }
            }

            if (blocking.Count == 0) return;
            html.Write($"<div class=\"why\"><p>What blocks</p><ul>");
            foreach (var (group, anchor, count) in blocking.Values.Take(MostReasons))
                html.Write($"<li><a href=\"#{anchor}\">{Words(group.Rule.Title)}</a> <span class=\"muted\">{(count > 1 ? $"{Number(count)} times" : group.Causes[0].Main.Finding.Path is { } path ? path.Name.Length > 40 ? "" : new string(path.Name) : "")}</span></li>");
            html.Write($"</ul>");
            if (blocking.Count > MostReasons) html.Write($"<p>and {Counted(blocking.Count - MostReasons, "rule", "rules")} more</p>");
            html.Write($"</div>\n");
        }

        private static string AnchorOf(int artifact, CauseGroup group) => string.Create(CultureInfo.InvariantCulture, $"a{artifact}-{group.Rule.Id}-{Icons.NameOf(group.Icon)}");

        private void WriteNotices()
        {
            var request = report.Request;
            if (request.WarnOnly)
                Notice(Icon.Warning, "Warnings only.", report.Passed ? "This run was asked to block nothing. It would have passed all the same." : report.GoesOn
                    ? "This run was asked to block nothing, so the release went on. Nothing vouches for it: no receipt was written."
                    : "This run was asked to block nothing. What the gate itself could not do stops it all the same.");
            if (request.AsOf is { } day) Notice(Icon.Warning, $"Judged as of {JsonReporter.Written(day)}, not of today.", "It shows which waivers will have expired by then.");
            if (report.NeedApproval.Count > 0)
                Notice(Icon.Warning, $"{Counted(report.NeedApproval.Count, "change", "changes")} to the manifest {(report.NeedApproval.Count == 1 ? "needs" : "need")} approval.", "They do not count here: a change cannot exempt itself.");
            if (report.Part is { } part)
                Notice(Icon.Note, $"Part {part.Shard.Index} of {part.Shard.Count}.", $"{Counted(report.Verdicts.Count, "artifact", "artifacts")} of {Number(part.Total)}; 'releasegate merge' joins all parts and decides.");
            if (!report.ManifestFound) Notice(Icon.Note, "No manifest was found.", $"The built-in profile '{report.Manifest.Name}' served; 'releasegate init' writes a manifest.");
            foreach (var verdict in report.Verdicts)
                if (verdict.Inventory.IsPlanned) Notice(Icon.Note, "A plan was judged.", $"{verdict.Inventory.Name} was not written yet: only names and first bytes are known.");
        }

        private void Notice(Icon icon, string loud, string text) =>
            html.Write($"<p class=\"notice {Icons.NameOf(icon)}\">{icon}<span><strong>{loud}</strong> {text}</span></p>\n");

        private void WriteOverview()
        {
            html.Write($"<section id=\"artifacts\" aria-labelledby=\"artifacts-title\"><h2 id=\"artifacts-title\">Artifacts</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Verdict</th><th scope=\"col\">Artifact</th><th scope=\"col\" class=\"n\">Block</th><th scope=\"col\" class=\"n\">Warn</th><th scope=\"col\" class=\"n\">Waived</th><th scope=\"col\" class=\"n\">Entries</th><th scope=\"col\" class=\"n\">Size</th></tr></thead><tbody>\n");
            for (var i = 0; i < report.Verdicts.Count; i++)
            {
                var verdict = report.Verdicts[i];
                var icon = IconOf(verdict);
                html.Write($"<tr><td><span class=\"badge {Icons.NameOf(icon)}\">{icon}{WordOf(verdict)}</span></td><th scope=\"row\"><a href=\"#a{i + 1}\">{verdict.Path}</a></th><td class=\"n\">{Number(verdict.Errors)}</td><td class=\"n\">{Number(verdict.Warnings)}</td><td class=\"n\">{Number(verdict.Findings.Count(f => f.Waiver is not null))}</td><td class=\"n\">{Number(verdict.Inventory.Entries.Count)}</td><td class=\"n\">{ByteSize.Format(verdict.Inventory.Length)}</td></tr>\n");
            }

            html.Write($"</tbody></table></div>");
            if (report.Verdicts.Count > MostOpen) html.Write($"<p class=\"muted\">Below, {(report.Passed ? "" : "the blocked ones come first, and ")}at most {Number(MostOpen)} are unfolded; those in which nothing was found are folded.</p>");
            html.Write($"</section>\n");
        }

        private void WriteApproval()
        {
            if (report.NeedApproval.Count == 0) return;
            html.Write($"<section id=\"approval\" aria-labelledby=\"approval-title\"><h2 id=\"approval-title\">Needs approval</h2><p>This run was judged by the manifest of <code>{report.Request.PolicyFrom ?? "another revision"}</code>. Whoever merges this change agrees that from then on the manifest</p><ul class=\"plain\">");
            foreach (var change in report.NeedApproval)
            {
                html.Write($"<li><code>{change.What}</code>");
                if (change.Location is { } place) html.Write($" <span class=\"muted\">{Written(place)}</span>");
                html.Write($"</li>");
            }

            html.Write($"</ul></section>\n");
        }

        // What the run amounts to, in a word and in a sentence.
        private (Icon Icon, string Word, string Lead) Outcome()
        {
            if (report.Verdicts.Count == 0)
                return report.Passed ? (Icon.Fine, "Passed", "This part of the run holds no artifact.") : (Icon.Error, "Blocked", "Nothing was inspected, so nothing may be released.");
            var errors = report.Verdicts.Sum(v => v.Errors);
            var warnings = report.Verdicts.Sum(v => v.Warnings);
            // As many as are listed under "What blocks".
            var causes = _groups.SelectMany(g => g).Where(g => g.Icon == Icon.Error).Select(g => g.Rule.Id).Distinct().Count();
            if (errors > 0)
            {
                var of = causes == errors ? "." : $", of {Counted(causes, "cause", "causes")}.";
                if (report.GoesOn) return (Icon.Warning, "Would be blocked", $"{Counted(errors, "finding", "findings")} would block{of}");
                var mend = $"{Counted(errors, "finding blocks", "findings block")}{of}";
                return (Icon.Error, "Blocked", $"{mend} Do not release {(report.Verdicts.Count == 1 ? "it" : "them")}.");
            }

            return warnings > 0
                ? (Icon.Fine, "Passed, with warnings", $"Nothing blocks. {(warnings == 1 ? "1 finding warns." : $"{Number(warnings)} findings warn.")}")
                : (Icon.Fine, "Passed", "Everything in it may be released.");
        }

        // The same as the verdict on the whole run.
        private Icon IconOf(Verdict verdict) => verdict.Passed ? verdict.Warnings > 0 ? Icon.Warning : Icon.Fine : report.GoesOn ? Icon.Warning : Icon.Error;

        private string WordOf(Verdict verdict) => verdict.Passed ? "Passed" : report.GoesOn ? "Would be blocked" : "Blocked";

        private static string Title(Verdict verdict) => verdict.Inventory.Package is { } package ? $"{package.Id} {package.Version}" : verdict.Inventory.Name;

        // Relative where it can be: the rest only says where the build ran.
        private string Written(ManifestLocation place)
        {
            var from = report.Request.SearchFrom;
            var below = place.File.Length > from.Length + 1 && place.File.StartsWith(from, StringComparison.Ordinal) && place.File[from.Length] is '/' or '\\';
            return string.Create(CultureInfo.InvariantCulture, $"{(below ? place.File.AsSpan(from.Length + 1) : place.File)}({place.Line},{place.Column})");
        }

        private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

        private static string Counted(long count, string one, string many) => $"{Number(count)} {(count == 1 ? one : many)}";
    }
}
