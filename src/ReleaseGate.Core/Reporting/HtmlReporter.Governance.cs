using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting.Html;

namespace ReleaseGate.Reporting;

// Drift, waivers, and what the run went by.
public sealed partial class HtmlReporter
{
    private sealed partial class Page
    {
        private const int MostChanges = 300;
        private const int FullBar = 90;
        private const int Soon = 14;

        private void WriteDrift(Verdict verdict, int number)
        {
            if (verdict.Drift is not { } drift) return;
            var inventory = verdict.Inventory;
            html.Write($"<section id=\"a{number}-drift\" aria-labelledby=\"a{number}-drift-title\" class=\"drift\"><h3 id=\"a{number}-drift-title\">What changed since {(drift.Baseline.Version is { } version ? version : drift.Baseline.Name)}</h3>\n");
            html.Write($"<p class=\"muted\">Compared with <code class=\"path\">{drift.Baseline.Path}</code>, SHA-256 <code class=\"copy digest\">{drift.Baseline.Digest.ToString()}</code></p>\n");
            if (drift.IsEmpty)
            {
                html.Write($"<p class=\"none\">{Icon.Fine}No entry, licence, dependency or script is different.</p></section>\n");
                return;
            }

            int added = 0, removed = 0, changed = 0;
            foreach (var change in drift.Entries)
            {
                if (change.Change == ChangeKind.Added) added++;
                else if (change.Change == ChangeKind.Removed) removed++;
                else changed++;
            }

            html.Write($"<dl class=\"counts\"><div><dd>{Signed(inventory.Length - drift.Baseline.Length)}</dd><dt>{ByteSize.Format(drift.Baseline.Length)} → {ByteSize.Format(inventory.Length)}</dt></div><div><dd>+{Number(added)}</dd><dt>added</dt></div><div><dd>−{Number(removed)}</dd><dt>removed</dt></div><div><dd>{Number(changed)}</dd><dt>changed</dt></div></dl>\n");
            if (drift.Exposures.Count > 0)
            {
                html.Write($"<h4>Newly exposed</h4><ul class=\"causes\">\n");
                var shown = drift.ExposuresShown(MostChanges);
                foreach (var exposure in shown)
                {
                    html.Write($"<li>");
                    if (exposure.Path is { } path) html.WritePath(path);
                    html.Write($"<p class=\"message\"><code class=\"id\">{exposure.Rule.ToString()}</code> <span>{exposure.Message}</span></p></li>\n");
                }

                html.Write($"</ul>\n");
                if (drift.Exposures.Count > shown.Count) html.Write($"<p class=\"muted\">… {Number(drift.Exposures.Count - shown.Count)} more, see the JSON report</p>\n");
            }

            WriteNews(drift);
            WriteDependencies(drift);
            WriteChanges(drift);
            html.Write($"</section>\n");
        }

        private void WriteNews(Drift drift)
        {
            if (drift.License is null && drift.InstallScripts.Count + drift.NewKinds.Count + drift.NewFolders.Count == 0) return;
            html.Write($"<dl class=\"facts\">");
            foreach (var (name, script) in drift.InstallScripts) html.Write($"<div class=\"loud\"><dt>New install script</dt><dd><code>{name}</code>: <code class=\"path\">{script}</code></dd></div>");
            if (drift.License is { } license) html.Write($"<div class=\"loud\"><dt>Licence</dt><dd><code>{LicenseChange.Words(license.Before)}</code> → <code>{LicenseChange.Words(license.After)}</code></dd></div>");
            if (drift.NewFolders.Count > 0) html.Write($"<div><dt>New top folders</dt><dd><code class=\"path\">{string.Join(", ", drift.NewFolders)}</code></dd></div>");
            if (drift.NewKinds.Count > 0) html.Write($"<div><dt>New kinds</dt><dd>{string.Join(", ", drift.NewKinds.Select(k => Words(k.ToString())))}</dd></div>");
            html.Write($"</dl>\n");
        }

        private void WriteDependencies(Drift drift)
        {
            if (drift.Dependencies.Count == 0) return;
            html.Write($"<div class=\"scroll\"><table><caption>Dependencies</caption><thead><tr><th scope=\"col\">Package</th><th scope=\"col\">Of</th><th scope=\"col\">Change</th><th scope=\"col\">Before</th><th scope=\"col\">Now</th></tr></thead><tbody>\n");
            foreach (var change in drift.Dependencies)
                html.Write($"<tr><th scope=\"row\"><code class=\"path\">{change.Id}</code></th><td>{change.Group}</td><td>{new Markup.Own(Tag(change.Change))}</td><td>{change.Before ?? "–"}</td><td>{change.After ?? "–"}</td></tr>\n");
            html.Write($"</tbody></table></div>\n");
        }

        private void WriteChanges(Drift drift)
        {
            if (drift.Entries.Count == 0) return;
            var shown = drift.Entries.OrderByDescending(c => Math.Abs((c.After ?? 0) - (c.Before ?? 0))).ThenBy(c => c.Path, StringComparer.Ordinal).Take(MostChanges).ToList();
            var most = Math.Max(1, shown.Max(c => Math.Abs((c.After ?? 0) - (c.Before ?? 0))));
            html.Write($"<div class=\"scroll\"><table class=\"changes\"><caption>{(shown.Count == drift.Entries.Count ? "Entries, the largest change first" : $"Entries: the {Number(shown.Count)} largest of {Number(drift.Entries.Count)} changes; all are in the JSON report")}</caption><thead><tr><th scope=\"col\">Entry</th><th scope=\"col\">Change</th><th scope=\"col\" class=\"n\">Before</th><th scope=\"col\" class=\"n\">Now</th><th scope=\"col\" class=\"n\">Difference</th><th scope=\"col\" class=\"b\"><span class=\"unseen\">Share</span></th></tr></thead><tbody>\n");
            foreach (var change in shown)
            {
                var difference = (change.After ?? 0) - (change.Before ?? 0);
                html.Write($"<tr><th scope=\"row\">");
                html.WritePath(change.Path);
                if (change.KindBefore is { } kind && change.Kind is { } now && kind != now) html.Write($" <span class=\"muted\">was {Words(kind.ToString())}, is {Words(now.ToString())}</span>");
                if (change.ModeBefore is { } mode) html.Write($" <span class=\"muted\">permissions {Octal(mode)} → {(change.Mode is { } own ? Octal(own) : "none")}</span>");
                else if (change is { Mode: { } added, Change: ChangeKind.Changed }) html.Write($" <span class=\"muted\">permissions now {Octal(added)}</span>");
                html.Write($"</th><td>{new Markup.Own(Tag(change.Change))}</td><td class=\"n\">{(change.Before is { } before ? ByteSize.Format(before) : "–")}</td><td class=\"n\">{(change.After is { } after ? ByteSize.Format(after) : "–")}</td><td class=\"n\">{(difference == 0 ? "same size" : Signed(difference))}</td><td class=\"b\">");
                WriteBar((double)Math.Abs(difference) / most, difference > 0 ? "grew" : "shrank");
                html.Write($"</td></tr>\n");
            }

            html.Write($"</tbody></table></div>\n");
        }

        private static string Tag(ChangeKind change) => change switch
        {
            ChangeKind.Added => "<span class=\"tag added\">+ added</span>",
            ChangeKind.Removed => "<span class=\"tag removed\">− removed</span>",
            _ => "<span class=\"tag\">~ changed</span>",
        };

        private static string Signed(long bytes) => bytes == 0 ? "±0" : (bytes > 0 ? "+" : "−") + ByteSize.Format(Math.Abs(bytes));

        private static string Octal(int mode) => "0" + Convert.ToString(mode, 8);

        private void WriteWaivers()
        {
            if (report.Waivers.Count == 0) return;
            html.Write($"<section id=\"waivers\" aria-labelledby=\"waivers-title\"><h2 id=\"waivers-title\">Waivers</h2><div class=\"scroll\"><table class=\"waivers\"><thead><tr><th scope=\"col\">Waiver</th><th scope=\"col\">For</th><th scope=\"col\">Why, and who answers for it</th><th scope=\"col\">Time left</th></tr></thead><tbody>\n");
            foreach (var state in report.Waivers.OrderBy(w => w.DaysLeft).ThenBy(w => w.Waiver.Id, StringComparer.Ordinal))
            {
                var waiver = state.Waiver;
                html.Write($"<tr><th scope=\"row\">{waiver.Id}{(state.Uses == 0 && !state.IsExpired ? new Markup.Own(" <span class=\"tag removed\">silences nothing</span>") : default)}<span class=\"muted line\">{(state.Uses == 0 ? "" : $"silences {Counted(state.Uses, "finding", "findings")}")}</span></th><td><code class=\"id\">{waiver.Rule.ToString()}</code> ");
                if (waiver.Path == Waiver.WholeArtifact) html.Write($"the artifact as a whole");
                else html.WritePath(waiver.Path);
                if (waiver.Artifact is { } artifact) html.Write($"<span class=\"muted line\">in {artifact.ToString()}</span>");
                if (waiver.Sha256 is { } digest) html.Write($"<span class=\"muted line\">only SHA-256 <code class=\"digest copy\">{digest.ToString()}</code></span>");
                html.Write($"</td><td>{waiver.Reason}<span class=\"muted line\">Owner {waiver.Owner}{(waiver.Approver is { } approver ? $", approved by {approver}" : "")}{(waiver.Ticket is { } ticket ? $", {ticket}" : "")}{(waiver.Since is { } since ? $", first seen {JsonReporter.Written(since)}" : "")}</span><span class=\"muted line\">{Written(waiver.Location)}</span></td><td class=\"left\">");
                WriteDaysLeft(state);
                html.Write($"</td></tr>\n");
            }

            html.Write($"</tbody></table></div></section>\n");
        }

        private void WriteDaysLeft(WaiverState state)
        {
            var days = state.DaysLeft;
            var name = state.IsExpired ? "error" : days <= Soon ? "warning" : "waived";
            var text = state.IsExpired ? $"expired {Counted(-(long)days, "day", "days")} ago" : days == 0 ? "last day" : $"{Counted(days, "day", "days")} left";
            html.Write($"<span class=\"days {name}\"><span class=\"nowrap\">{(state.IsExpired ? Icon.Error : days <= Soon ? Icon.Warning : Icon.Waived)}{text}</span>");
            // Full on its first day, where that is known.
            var whole = state.Waiver.Since is { } since && state.Waiver.Expires.DayNumber > since.DayNumber ? state.Waiver.Expires.DayNumber - since.DayNumber : FullBar;
            WriteBar((double)Math.Clamp(days, 0, whole) / whole, name);
            html.Write($"<span class=\"muted\">until {JsonReporter.Written(state.Waiver.Expires)}{(PriceOf(state) is { } price ? $", adds {price}" : "")}</span></span>");
        }

        // What it adds to the loss to be expected until then.
        private string? PriceOf(WaiverState state) => report.Exposure is { } exposure && state.Price is { } price ? Money.Text(price, exposure.Model.Currency) : null;

        private void WriteAbout()
        {
            html.Write($"<section id=\"about\" aria-labelledby=\"about-title\"><h2 id=\"about-title\">About this run</h2><dl class=\"facts\"><div><dt>Began</dt><dd>{JsonReporter.Written(report.Started)}</dd></div><div><dt>ReleaseGate</dt><dd>{GateReport.ToolVersion}</dd></div>");
            if (report.SeveralManifests) html.Write($"<div><dt>Manifest</dt><dd>several: reports were joined that different manifests judged</dd></div>");
            else
            {
                html.Write($"<div><dt>Manifest</dt><dd><code class=\"path\">{report.Manifest.Name}</code>{(report.Request.PolicyFrom is { } revision ? $" as of {revision}" : report.ManifestFound ? "" : ", a built-in profile")}</dd></div><div><dt>Its SHA-256</dt><dd><code class=\"copy digest\">{report.Manifest.Digest.ToString()}</code></dd></div>");
            }

            html.Write($"</dl>\n");
            foreach (var verdict in report.Verdicts)
            {
                var inventory = verdict.Inventory;
                html.Write($"<h3>{inventory.Name}</h3><dl class=\"facts\"><div><dt>Path</dt><dd><code class=\"path\">{verdict.Path}</code></dd></div>");
                if (inventory.Package is { } package) html.Write($"<div><dt>Package</dt><dd>{package.Id} {package.Version}</dd></div>");
                if (!inventory.IsPlanned) html.Write($"<div><dt>SHA-256</dt><dd><code class=\"copy digest\">{inventory.Digest.ToString()}</code></dd></div>");
                html.Write($"<div><dt>Inspected</dt><dd>{ByteSize.Format(verdict.BytesRead)} decompressed, {Counted(inventory.Entries.Count, "entry", "entries")}</dd></div>");
                html.Write($"<div><dt>Rules run</dt><dd><details><summary>{Number(verdict.RulesRun.Count)}</summary><p class=\"ids\">{string.Join(" ", verdict.RulesRun)}</p></details></dd></div><div><dt>Switched off</dt><dd>{(verdict.RulesOff.Count == 0 ? "none" : string.Join(" ", verdict.RulesOff))}</dd></div></dl>\n");
            }

            html.Write($"</section>\n");
        }
    }
}
