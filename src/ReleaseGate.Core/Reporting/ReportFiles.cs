using System.IO.Abstractions;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>The reports that a request asks for, all made from one verdict.</summary>
/// <param name="files">Where.</param>
/// <param name="repository">The root of the repository, which places in some formats are relative to; null: the nearest folder upward from where the manifest is searched for.</param>
/// <param name="summary">A file for Markdown that is not ours alone, such as the summary of a job: a report is added to its end, and nothing in it is removed. A full path, or null.</param>
internal sealed class ReportFiles(IFileSystem files, string? repository = null, string? summary = null)
{
    /// <summary>The names of the formats beside JSON, as builds ask for them (<see cref="Beside"/>).</summary>
    public static IReadOnlyList<string> Formats { get; } = ["sarif", "junit", "markdown", "html"];

    /// <summary>Asks for more formats beside the JSON report, under its name: <c>report.json</c> and <c>report.html</c>.</summary>
    /// <param name="request">The request, with the JSON report.</param>
    /// <param name="formats">Names of <see cref="Formats"/>.</param>
    /// <exception cref="GateException">RG0007: there is no such format.</exception>
    /// <exception cref="ArgumentException">There is no JSON report to put it beside.</exception>
    public static GateRequest Beside(GateRequest request, IEnumerable<string> formats)
    {
        foreach (var format in Names(formats))
        {
            var report = request.Report ?? throw new ArgumentException("More formats are written beside the JSON report; name a file for that.", nameof(request));
            request = format switch
            {
                "sarif" => request with { Sarif = Path.ChangeExtension(report, ".sarif") },
                "junit" => request with { JUnit = Path.ChangeExtension(report, ".junit.xml") },
                "markdown" => request with { Markdown = Path.ChangeExtension(report, ".md") },
                "html" => request with { Html = Path.ChangeExtension(report, ".html") },
                _ => throw new GateException(GateRules.NothingInspected.Id, $"there is no report format '{Artifacts.EntryPath.Printable(format)}', only {string.Join(", ", Formats)}{Spelling.Suggest(format, Formats)}"),
            };
        }

        return request;
    }

    /// <summary>The same for a run that is refused: a format that does not exist is left out.</summary>
    public static GateRequest KnownBeside(GateRequest request, IEnumerable<string> formats) =>
        request.Report is null ? request : Beside(request, Names(formats).Where(f => Formats.Contains(f, StringComparer.Ordinal)));

    // A ';' that was escaped on its way through a command line is still one here.
    private static IEnumerable<string> Names(IEnumerable<string> formats) =>
        formats.SelectMany(f => f.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>Removes those of an earlier run; all of them, or none where one must not be.</summary>
    /// <exception cref="GateException">RG0007: one is to be read as well, or to be written twice. RG0010: the audit log is another file of the run.</exception>
    /// <exception cref="IOException">One cannot be removed, or is no report.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be removed.</exception>
    public void Clear(GateRequest request)
    {
        var wanted = Wanted(request);
        foreach (var (path, reporter) in wanted)
            if (!IsSummary(path, reporter) && ReportFile.Obstacle(files, path, FormatOf(reporter)) is { } why) throw new IOException(why);
        if (request.AuditLog is { } log) Outputs.RequireOwnLog(files, request, log);
        if (Conflict(request, wanted) is { } conflict) throw new GateException(GateRules.NothingInspected.Id, conflict);
        foreach (var (path, reporter) in wanted)
            if (!IsSummary(path, reporter)) ReportFile.Clear(files, path, FormatOf(reporter));
    }

    /// <summary>Whether nothing is lost when they are written.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    public bool MayWrite(GateRequest request)
    {
        var wanted = Wanted(request);
        foreach (var (path, reporter) in wanted)
            if (!IsSummary(path, reporter) && !ReportFile.MayReplace(files, path, FormatOf(reporter))) return false;
        return Conflict(request, wanted) is null && (request.AuditLog is not { } log || Outputs.LogConflict(files, request, log) is null);
    }

    /// <summary>Writes them.</summary>
    /// <exception cref="IOException">One cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written.</exception>
    public void Write(GateReport report)
    {
        foreach (var (path, reporter) in Wanted(report.Request))
        {
            if (IsSummary(path, reporter)) ReportFile.Append(files, path, (stream, length) => new MarkdownReporter(MarkdownReporter.RoomInSummary(length)).Write(report, stream));
            else ReportFile.Write(files, path, stream => reporter.Write(report, stream));
        }
    }

    private List<(string Path, IReporter Reporter)> Wanted(GateRequest request)
    {
        var wanted = new List<(string, IReporter)>();
        if (request.Report is { } json) wanted.Add((json, new JsonReporter()));
        if (request.Sarif is { } sarif) wanted.Add((sarif, new SarifReporter(files, Repository(request))));
        if (request.JUnit is { } junit) wanted.Add((junit, new JUnitReporter()));
        if (request.Markdown is { } markdown) wanted.Add((markdown, new MarkdownReporter()));
        if (request.Html is { } html) wanted.Add((html, new HtmlReporter()));
        return wanted;
    }

    private string? Conflict(GateRequest request, List<(string Path, IReporter Reporter)> wanted)
    {
        var written = new List<string>();
        foreach (var (path, _) in wanted) written.Add(path);
        written.AddRange(Outputs.Receipts(files, request));
        written.AddRange(Outputs.Sboms(files, request));
        written.AddRange(Outputs.Seals(files, request));
        return Outputs.Conflict(files, written, request);
    }

    private static ReportFormat FormatOf(IReporter reporter) => reporter switch
    {
        SarifReporter => ReportFormat.Sarif,
        JUnitReporter => ReportFormat.JUnit,
        MarkdownReporter => ReportFormat.Markdown,
        HtmlReporter => ReportFormat.Html,
        _ => ReportFormat.Json,
    };

    private bool IsSummary(string path, IReporter reporter) => reporter is MarkdownReporter && path == summary;

    private string Repository(GateRequest request) => repository ?? new ManifestSearch(files).FindRepository(request.SearchFrom) ?? request.SearchFrom;
}
