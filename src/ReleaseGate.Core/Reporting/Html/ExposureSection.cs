using System.Globalization;
using ReleaseGate.Governance;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting.Html;

/// <summary>Exposure in money as a section of a page: what hangs on the artifacts, what a leak costs at which probability, which controls carry that.</summary>
/// <param name="html">Where to.</param>
/// <param name="exposure">What is shown.</param>
/// <param name="report">The run that it is a part of; null: it is the whole page, so that its title is the page's.</param>
internal sealed class ExposureSection(Markup html, ExposureAssessment exposure, GateReport? report = null)
{
    /// <summary>Its anchor.</summary>
    public const string Anchor = "exposure";

    private static readonly double[] Chances = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001];

    private readonly Severity _severity = report is null ? exposure.ToleranceSeverity : RiskText.SeverityIn(report, exposure);

    private Icon Exceeded => IconOf(_severity);

    private string Currency => exposure.Model.Currency;

    /// <summary>The sign and the word for how it stands to its tolerance.</summary>
    public static (Icon Icon, string Word) Standing(ExposureAssessment exposure, Severity severity) =>
        exposure.Model.Tolerance.Count == 0 && exposure.Model.MaximumEs95 is null ? (Icon.Note, "No tolerance is set")
        : exposure.Passed ? (Icon.Fine, "Within tolerance") : (IconOf(severity), "Over tolerance");

    private static Icon IconOf(Severity severity) => severity switch { Severity.Error => Icon.Error, Severity.Warning => Icon.Warning, _ => Icon.Note };

    /// <summary>Writes it.</summary>
    public void Write()
    {
        var (icon, word) = Standing(exposure, _severity);
        html.Write($"<section id=\"{Anchor}\" aria-labelledby=\"{Anchor}-title\" class=\"risk\"><header class=\"artifact\">{Begin(2)} id=\"{Anchor}-title\">Exposure in money{End(2)}<p><span class=\"badge {Icons.NameOf(icon)}\">{icon}{word}</span></p></header>\n");
        WriteFigures();
        WriteCurve();
        WriteTolerance();
        WritePathways();
        WriteControls();
        WriteInputs();
        html.Write($"</section>\n");
    }

    private void WriteFigures()
    {
        html.Write($"<p class=\"lead\">By these inputs leaks cost {Amount(exposure.Ale)} in an average year. {(exposure.Var95 > 0 ? $"In one year of twenty they cost more than {Amount(exposure.Var95)}." : "In nineteen years of twenty they cost nothing.")}</p>\n");
        html.Write($"<dl class=\"counts\">");
        Figure(Amount(exposure.Ale), "to be expected in a year (ALE)");
        Figure(Amount(exposure.Var95), "or less in 95 % of years (VaR 95)");
        Figure(Amount(exposure.Es95), "mean of the worst 5 % of years (ES 95)", exposure.ExceedsEs95);
        Figure(Money.Percent(exposure.LossProbability), "of years have a loss");
        html.Write($"</dl>\n<p class=\"muted caveat\">These figures are as good as what they are made of: {RiskText.Inputs(exposure)}. Inputs are opinions, so three digits are shown; k is a thousand, M a million, B a thousand million.</p>\n");
        if (exposure.ExceedsEs95 && Money.Apart(exposure.Es95, exposure.Model.MaximumEs95!.Value, Currency) is var (es95, most))
            html.Write($"<p class=\"notice {Icons.NameOf(Exceeded)}\">{Exceeded}<span><strong>The worst 5 % of years lose {es95} on average.</strong> At most {most} may be.</span></p>\n");
        if (RiskText.Unblocked(exposure) is { } unblocked) Notice(Exceeded, unblocked);
        if (report is not null && RiskText.Unexposed(report) is { } unexposed) Notice(Icon.Note, unexposed);

        void Notice(Icon icon, string text) => html.Write($"<p class=\"notice {Icons.NameOf(icon)}\">{icon}<span>{RiskText.Sentence(text)}</span></p>\n");
    }

    private void Figure(string value, string what, bool isOver = false) =>
        html.Write($"<div{(isOver ? new Markup.Own($" class=\"{Icons.NameOf(Exceeded)}\"") : default)}><dd>{(isOver ? new Markup.Own(Icons.Use(Exceeded)) : default)}{value}</dd><dt>{what}</dt></div>");

    private void WriteCurve()
    {
        html.Write($"{Begin(3)}>What a year may lose{End(3)}\n");
        if (!LossCurve.IsFor(exposure))
        {
            html.Write($"<p class=\"none\">{Icon.Note}No year is expected to have a loss.</p>\n");
            return;
        }

        var label = $"How probable it is that a year loses more than an amount. {exposure.Tolerance.Count switch { 0 => "", var all => $"{exposure.Tolerance.Count(t => t.IsExceeded)} of {all} points of the tolerance are exceeded. " }}The tables below have the numbers.";
        html.Write($"<figure>");
        // Letters would be too small to read if one drawing were shrunk to a telephone.
        new LossCurve(html, exposure).Write("wide", 1000, 400, label);
        new LossCurve(html, exposure).Write("narrow", 380, 330, label);
        html.Write($"<figcaption><ul class=\"legend\"><li><svg class=\"key\" viewBox=\"0 0 28 12\" aria-hidden=\"true\"><path class=\"lec\" d=\"M1 6H27\"/></svg>probability that a year loses more</li>");
        if (exposure.Tolerance.Count > 0)
        {
            html.Write($"<li><svg class=\"key\" viewBox=\"0 0 28 12\" aria-hidden=\"true\"><path class=\"limit\" d=\"M1 6H27\"/><circle class=\"kept\" cx=\"14\" cy=\"6\" r=\"4.5\"/></svg>tolerance</li>");
            if (exposure.Tolerance.Any(t => t.IsExceeded)) html.Write($"<li><svg class=\"key\" viewBox=\"0 0 28 12\" aria-hidden=\"true\"><path class=\"over\" d=\"M9 1l10 10m0 -10l-10 10\"/></svg>tolerance that is exceeded</li>");
        }

        html.Write($"</ul></figcaption></figure>\n");
    }

    private void WriteTolerance()
    {
        html.Write($"<div class=\"two\">");
        if (exposure.Tolerance.Count > 0)
        {
            html.Write($"<div class=\"scroll\"><table><caption>Tolerance, as the manifest sets it</caption><thead><tr><th scope=\"col\">A year that loses more than</th><th scope=\"col\" class=\"n\">may be</th><th scope=\"col\" class=\"n\">is</th><th scope=\"col\"><span class=\"unseen\">Verdict</span></th></tr></thead><tbody>\n");
            foreach (var result in exposure.Tolerance)
            {
                var icon = result.IsExceeded ? Exceeded : Icon.Fine;
                html.Write($"<tr><th scope=\"row\">{Amount(result.Point.Loss)}</th><td class=\"n\">{Money.Entered(result.Point.MaximumProbability)}</td><td class=\"n\">{Money.Beside(result.Probability, result.Point.MaximumProbability)}</td><td><span class=\"badge {Icons.NameOf(icon)}\">{icon}{(result.IsExceeded ? "over" : "within")}</span></td></tr>\n");
            }

            html.Write($"</tbody></table></div>");
        }

        if (LossCurve.IsFor(exposure))
        {
            html.Write($"<div class=\"scroll\"><table><caption>Points of the curve</caption><thead><tr><th scope=\"col\">In</th><th scope=\"col\" class=\"n\">Chance</th><th scope=\"col\" class=\"n\">it loses more than</th></tr></thead><tbody>\n");
            foreach (var chance in Chances)
            {
                if (exposure.LossAt(chance) is not { } loss) continue;
                html.Write($"<tr><th scope=\"row\">1 year of {Math.Round(1 / chance)}</th><td class=\"n\">{Money.Percent(chance)}</td><td class=\"n\">{(loss > 0 ? Amount(loss) : "nothing")}</td></tr>\n");
            }

            html.Write($"</tbody></table></div>");
        }

        html.Write($"</div>\n");
    }

    private void WritePathways()
    {
        html.Write($"{Begin(3)}>What hangs on it{End(3)}\n<div class=\"scroll\"><table class=\"pathways\"><thead><tr><th scope=\"col\">Pathway</th><th scope=\"col\">Streams and contracts</th><th scope=\"col\">One leak costs</th><th scope=\"col\">Leaks to be expected</th><th scope=\"col\" class=\"n\">Loss in a year</th><th scope=\"col\" class=\"b\"><span class=\"unseen\">Share</span></th></tr></thead><tbody>\n");
        var most = exposure.Pathways.Count == 0 ? 0 : exposure.Pathways.Max(p => p.Ale);
        foreach (var own in exposure.Pathways)
        {
            var pathway = own.Pathway;
            html.Write($"<tr><th scope=\"row\"><strong>{pathway.Id}</strong><span class=\"muted line\">{(pathway.Artifact is { } artifact ? artifact.ToString() : "all artifacts")}</span></th><td>");
            if (pathway.Streams.Count + pathway.Contracts.Count == 0) html.Write($"<span class=\"muted\">none is named</span>");
            else
            {
                html.Write($"<ul>");
                foreach (var stream in pathway.Streams) html.Write($"<li>{stream.Title} <span class=\"muted nowrap\">{Amount(stream.Value)}</span></li>");
                foreach (var contract in pathway.Contracts) html.Write($"<li>{contract.Title} <span class=\"muted nowrap\">contract, {Amount(contract.Value)}</span></li>");
                html.Write($"</ul>");
            }

            html.Write($"</td><td>{Amount(own.MeanLoss)} <span class=\"muted line\">9 of 10 between {Money.Amount(pathway.Low)} and {Money.Amount(pathway.High)}{(own.Cap is { } cap ? $", never more than {Money.Amount(cap)}" : "")}</span><details><summary class=\"muted\">made of</summary><ul>");
            foreach (var loss in pathway.Losses) html.Write($"<li>{loss.Name} <span class=\"muted nowrap\">{Money.Amount(loss.Low)} to {Money.Amount(loss.High)}</span></li>");
            html.Write($"</ul></details></td><td>{Often(own.Frequency)}<span class=\"muted line\">{pathway.Releases.ToString("#,0.######", CultureInfo.InvariantCulture)} releases a year, {RiskText.LeakProbability(own)} of them with a leak{(own.History is { LeakProbability: not null } history ? $" ({Number(history.Blocked)} of {Number(history.Releases)} in the audit log; the manifest says {Money.Entered(pathway.LeakProbability)})" : "")}, {RiskText.MissRate(exposure)} of leaks get past</span></td><td class=\"n\">{Amount(own.Ale)}</td><td class=\"b\">");
            WriteBar(most > 0 ? own.Ale / most : 0, "grew");
            html.Write($"</td></tr>\n");
        }

        html.Write($"</tbody></table></div>\n");
    }

    private void WriteControls()
    {
        if (exposure.Controls.Count == 0) return;
        html.Write($"{Begin(3)}>What each control carries{End(3)}<p class=\"muted\">How much more the worst 5 % of years would lose without it, all others being there. These values do not add up: what two controls both catch counts for neither.</p>\n");
        html.Write($"<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Control</th><th scope=\"col\" class=\"n\">Value</th><th scope=\"col\" class=\"b\"><span class=\"unseen\">Share</span></th><th scope=\"col\" class=\"n\">Leaks that get past without it</th><th scope=\"col\" class=\"n\">Costs a year</th><th scope=\"col\" class=\"n\">Return</th></tr></thead><tbody>\n");
        var most = exposure.Controls.Max(c => c.Value);
        foreach (var value in exposure.Controls.OrderByDescending(c => c.Value).ThenBy(c => c.Control.Id, StringComparer.Ordinal))
        {
            html.Write($"<tr><th scope=\"row\">{value.Control.Title}<span class=\"muted line\">{value.Control.Id}, {string.Join(" ", value.Control.Rules.Take(6))}{(value.Control.Rules.Count > 6 ? $" and {value.Control.Rules.Count - 6} more" : "")}</span></th><td class=\"n\">{Amount(value.Value)}</td><td class=\"b\">");
            WriteBar(most > 0 ? value.Value / most : 0, "grew");
            html.Write($"</td><td class=\"n\">{Money.Percent(value.MissRateWithout)}</td><td class=\"n\">{(value.Control.Cost is { } cost ? Amount(cost) : "–")}</td><td class=\"n\">{RiskText.Return(value) ?? "–"}</td></tr>\n");
        }

        html.Write($"</tbody></table></div>\n");
    }

    private void WriteInputs()
    {
        var model = exposure.Model;
        html.Write($"{Begin(3)}>What the figures are made of{End(3)}\n<dl class=\"facts\"><div><dt>Said in</dt><dd><code class=\"path\">{model.Location.File}</code>, line {model.Location.Line}</dd></div>");
        html.Write($"<div><dt>Leaks that get past</dt><dd>{RiskText.MissRate(exposure)}{(exposure.Drill is { } drill ? $": a drill of {Number(drill.Leaks.Count)} leaks missed {Number(drill.Missed(static _ => true))}; at least {Money.Entered(model.MinimumMiss)} is taken" : ", as the manifest says or for want of better; no drill has measured it")}</dd></div>");
        html.Write($"<div><dt>Worst 1 % of years</dt><dd>more than {Amount(exposure.Var99)}, {Amount(exposure.Es99)} on average</dd></div>");
        if (model.RemediationBudget is { } budget) html.Write($"<div><dt>Remediation budget</dt><dd>{Amount(budget)} a year</dd></div>");
        if (model.Approvers.Count > 0) html.Write($"<div><dt>May accept waivers</dt><dd>{string.Join(", ", model.Approvers.Select(a => $"{a.Id} up to {Amount(a.Limit)}"))}</dd></div>");
        html.Write($"</dl>\n");
        if (exposure.Doubts.Count == 0) return;
        html.Write($"{Begin(4)}>Doubts{End(4)}<ul class=\"plain\">");
        foreach (var doubt in exposure.Doubts) html.Write($"<li>{doubt}</li>");
        html.Write($"</ul>\n");
    }

    private void WriteBar(double share, string name) =>
        html.Write($"<svg class=\"bar {name}\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"8\"/><rect class=\"fill\" width=\"{(share > 0 ? Math.Clamp(share * 100, 0.5, 100) : 0)}\" height=\"8\"/></svg>");

    private Markup.Own Begin(int level) => new($"<h{(report is null ? level - 1 : level).ToString(CultureInfo.InvariantCulture)}");

    private Markup.Own End(int level) => new($"</h{(report is null ? level - 1 : level).ToString(CultureInfo.InvariantCulture)}>");

    private string Amount(double amount) => Money.Text(amount, Currency);

    private static string Often(double frequency) =>
        frequency <= 0 ? "none" : frequency >= 1 ? $"{Plain(frequency)} a year" : frequency < 0.001 ? "less than one in a thousand years" : $"one in {Plain(1 / frequency)} years";

    private static string Plain(double number) => number >= 10 ? number.ToString("#,0", CultureInfo.InvariantCulture) : number.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
