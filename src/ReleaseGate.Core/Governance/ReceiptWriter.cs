using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// Writes the receipts of a run: <c>NAME.receipt.json</c> for each artifact, in <see cref="GateRequest.Receipts"/>. Only for a run that has passed, never for one that was asked for
/// warnings only, nor for a look at what is still planned or unfinished.
/// </summary>
/// <remarks>
/// The order on disk: <see cref="Clear"/> removes what an earlier run left, before anything is inspected. <see cref="Prepare"/> writes the receipts under names that are none, so that a full
/// disk stops the release before it begins. The artifacts are released and compared once more. Then the receipts get their names, and where one can't, the artifacts are taken back. A process
/// that is killed leaves an artifact without a receipt at worst, and has not ended well; never a receipt of what was not verified where it lies.
/// </remarks>
public sealed class ReceiptWriter(IFileSystem files)
{
    /// <summary>What the names of files end with that wait for their artifacts.</summary>
    internal const string Unreleased = ".unreleased";

    /// <summary>Whether a run writes receipts, once it has passed.</summary>
    public static bool IsWanted(GateRequest request) => request is { Receipts: not null, WarnOnly: false, AsPlanned: false, Unfinished: false };

    /// <summary>Removes the receipts of an earlier run that bear the names of this one's artifacts, so that a run which fails leaves none.</summary>
    /// <exception cref="GateException">A path leads to no artifact, or the receipts would lie in the artifact itself (RG0007).</exception>
    /// <exception cref="IOException">One can't be removed, or is no receipt.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be removed.</exception>
    public void Clear(GateRequest request)
    {
        if (request.Receipts is { } folder) Receipts(folder).Clear(request, ReportFormat.Receipt, Unreleased);
    }

    /// <summary>Refuses receipts for a part of a run, before anything is inspected: a receipt says that nothing of its run was blocked.</summary>
    /// <exception cref="GateException">RG0007: it is a part.</exception>
    internal static void RequireWhole(GateRequest request)
    {
        if (IsWanted(request)) Attachments.RequireWhole(request, "has no receipts", "Leave '--receipts' out here, and check what is to be released with it once that has passed");
    }

    /// <summary>Whether the receipts that an earlier look at the same artifacts wrote are there; true where none are wanted.</summary>
    /// <exception cref="GateException">A path leads to no artifact.</exception>
    public bool Stand(GateRequest request)
    {
        if (!IsWanted(request)) return true;
        foreach (var path in Paths(request))
            if (!files.File.Exists(path)) return false;
        return true;
    }

    /// <summary>Writes the receipts of a report under names that nobody takes for receipts; see the remarks. To be disposed.</summary>
    /// <param name="report">A report that has passed.</param>
    /// <param name="time">See <see cref="Receipt.TimeOf"/>.</param>
    /// <exception cref="ArgumentException">The report has not passed.</exception>
    /// <exception cref="GateException">RG0007: it is of a part of a run.</exception>
    /// <exception cref="IOException">One can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written.</exception>
    public PendingReceipts Prepare(GateReport report, DateTime time)
    {
        var pending = new PendingReceipts(files);
        if (!IsWanted(report.Request)) return pending;
        RequireWhole(report.Request);
        if (!report.Passed) throw new ArgumentException("Only what has passed gets a receipt.", nameof(report));
        try
        {
            var paths = Receipts(report.Request.Receipts!).Paths(report);
            for (var i = 0; i < paths.Count; i++)
            {
                DiskFile.CreateFolder(files, files.Path.GetDirectoryName(paths[i])!);
                var receipt = Receipt.Of(report, report.Verdicts[i], time, files);
                pending.Add(paths[i] + Unreleased, paths[i]);
                using var stream = files.FileStream.Create(paths[i] + Unreleased, FileMode.Create, FileAccess.Write, FileShare.None);
                Write(receipt, stream);
            }
        }
        catch
        {
            pending.Dispose();
            throw;
        }

        return pending;
    }

    /// <summary>Writes one receipt as JSON, UTF-8 without a mark, lines ending in a line feed.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="output">Where to; stays open.</param>
    public static void Write(Receipt receipt, Stream output)
    {
        var content = receipt.Content;
        using var lines = new LineFeeds(output);
        using var json = new Utf8JsonWriter(lines, JsonReporter.Format);
        json.WriteStartObject();
        json.WriteString("schema"u8, Receipt.Schema);
        json.WriteStartObject("tool"u8);
        json.WriteString("name"u8, "ReleaseGate"u8);
        JsonReporter.WriteText(json, "version"u8, receipt.ToolVersion);
        json.WriteEndObject();
        json.WriteString("time"u8, JsonReporter.Written(receipt.Time));
        json.WriteStartObject("artifact"u8);
        JsonReporter.WriteText(json, "name"u8, content.Name);
        json.WriteString("kind"u8, content.Kind.ToString());
        JsonReporter.WriteText(json, "id"u8, content.Id);
        JsonReporter.WriteText(json, "version"u8, content.Version);
        JsonReporter.WriteText(json, "purl"u8, receipt.PackageUrl);
        json.WriteString("sha256"u8, content.Digest.ToString());
        json.WriteNumber("size"u8, content.Length);
        // As it was read: a receipt of an older version does not say.
        if (content.KnowsLicense)
        {
            json.WritePropertyName("license"u8);
            JsonReporter.WriteLicense(json, content.License);
        }

        json.WriteEndObject();
        json.WriteStartObject("policy"u8);
        JsonReporter.WriteText(json, "path"u8, receipt.Policy.Path);
        json.WriteString("sha256"u8, receipt.Policy.Digest.ToString());
        json.WriteBoolean("found"u8, receipt.Policy.Found);
        JsonReporter.WriteText(json, "from"u8, receipt.Policy.From);
        json.WriteEndObject();
        json.WriteStartArray("rules"u8);
        foreach (var rule in receipt.Rules) WriteRule(json, rule);
        json.WriteEndArray();
        json.WriteStartArray("rulesOff"u8);
        foreach (var rule in receipt.RulesOff) json.WriteStringValue(rule.ToString());
        json.WriteEndArray();
        json.WriteStartArray("waivers"u8);
        foreach (var waiver in receipt.Waivers) WriteWaiver(json, waiver);
        json.WriteEndArray();
        json.WriteNumber("warnings"u8, receipt.Warnings);
        json.WriteNumber("notes"u8, receipt.Notes);
        WriteContent(json, content);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteRule(Utf8JsonWriter json, ReceiptRule rule)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, rule.Id.ToString());
        JsonReporter.WriteText(json, "version"u8, rule.Version);
        JsonReporter.WriteText(json, "assembly"u8, rule.Assembly);
        JsonReporter.WriteText(json, "module"u8, rule.Module?.ToString("D", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WriteWaiver(Utf8JsonWriter json, ReceiptWaiver waiver)
    {
        json.WriteStartObject();
        JsonReporter.WriteText(json, "id"u8, waiver.Id);
        json.WriteString("rule"u8, waiver.Rule.ToString());
        JsonReporter.WriteText(json, "path"u8, waiver.Path);
        JsonReporter.WriteText(json, "owner"u8, waiver.Owner);
        json.WriteString("expires"u8, JsonReporter.Written(waiver.Expires));
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, Snapshot content)
    {
        json.WriteStartArray("entries"u8);
        foreach (var entry in content.Entries)
        {
            json.WriteStartObject();
            JsonReporter.WriteText(json, "path"u8, entry.Path);
            json.WriteString("type"u8, entry.Type.ToString());
            json.WriteString("kind"u8, entry.Kind.ToString());
            json.WriteNumber("size"u8, entry.Length);
            JsonReporter.WriteText(json, "sha256"u8, entry.Digest?.ToString());
            JsonReporter.WriteNumber(json, "mode"u8, entry.UnixMode);
            JsonReporter.WriteText(json, "linkTarget"u8, entry.LinkTarget);
            json.WriteEndObject();
            if (json.BytesPending > JsonReporter.FlushAt) json.Flush();
        }

        json.WriteEndArray();
        json.WriteStartArray("dependencies"u8);
        foreach (var dependency in content.Dependencies)
        {
            json.WriteStartObject();
            JsonReporter.WriteText(json, "id"u8, dependency.Id);
            JsonReporter.WriteText(json, "range"u8, dependency.Range);
            JsonReporter.WriteText(json, "group"u8, dependency.Group);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonReporter.WriteTexts(json, "installScripts"u8, content.InstallScripts);
        json.WriteStartArray("exposures"u8);
        foreach (var exposure in content.Exposures)
        {
            json.WriteStartObject();
            json.WriteString("rule"u8, exposure.Rule.ToString());
            JsonReporter.WriteText(json, "path"u8, exposure.Path);
            JsonReporter.WriteText(json, "message"u8, exposure.Message);
            json.WriteEndObject();
            if (json.BytesPending > JsonReporter.FlushAt) json.Flush();
        }

        json.WriteEndArray();
    }

    internal List<string> Paths(GateRequest request) => request.Receipts is { } folder ? Receipts(folder).Paths(request) : [];

    internal Attachments Receipts(string folder) => new(files, folder, Receipt.Suffix, "receipts");
}

/// <summary>Drops carriage returns, which the framework's writer ends lines with on Windows. In JSON they stand nowhere else: in strings they are escaped.</summary>
internal sealed class LineFeeds(Stream output) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        for (int at; (at = buffer.IndexOf((byte)'\r')) >= 0; buffer = buffer[(at + 1)..]) output.Write(buffer[..at]);
        output.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>Receipts, and what else belongs to artifacts, that wait for these to be released. What is not released when this is disposed is gone.</summary>
public sealed class PendingReceipts : IDisposable
{
    private readonly IFileSystem _files;
    private readonly List<string> _from = [];
    private readonly List<string> _to = [];

    internal PendingReceipts(IFileSystem files) => _files = files;

    /// <summary>Gives them their names: all of them, or none.</summary>
    /// <exception cref="IOException">One can't be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be renamed.</exception>
    public void Release()
    {
        var done = 0;
        try
        {
            for (; done < _from.Count; done++) _files.File.Move(_from[done], _to[done], overwrite: true);
        }
        catch
        {
            for (var i = 0; i < done; i++) _files.File.Delete(_to[i]);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var path in _from)
            if (_files.File.Exists(path)) _files.File.Delete(path);
    }

    internal void Add(string from, string to)
    {
        _from.Add(from);
        _to.Add(to);
    }
}
