using System.IO.Abstractions;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting;

/// <summary>What a report is written as. A report takes the place of one of the same format only.</summary>
internal enum ReportFormat
{
    /// <summary>JSON of ours that is no receipt.</summary>
    Json,

    /// <summary>SARIF that ReleaseGate wrote.</summary>
    Sarif,

    /// <summary>JUnit XML.</summary>
    JUnit,

    /// <summary>Markdown.</summary>
    Markdown,

    /// <summary>HTML.</summary>
    Html,

    /// <summary>A receipt.</summary>
    Receipt,

    /// <summary>An inventory in CycloneDX that ReleaseGate wrote.</summary>
    CycloneDx,

    /// <summary>A seal.</summary>
    Seal,

    /// <summary>The statement or the predicate of a seal, for other signers.</summary>
    Statement,
}

/// <summary>A report on disk: there whole or not at all, and never one of an earlier run.</summary>
internal static class ReportFile
{
    /// <summary>Removes the report of an earlier run, so that a run which ends early leaves none that says "passed". Where a link leads to it, the link stays and what it leads to is emptied.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">A full path.</param>
    /// <param name="format">What is to be written there.</param>
    /// <exception cref="IOException">It cannot be removed, or what is there is something else: the artifact, a device, a report of another format.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public static void Clear(IFileSystem files, string path, ReportFormat format)
    {
        if (Obstacle(files, path, format) is { } why) throw new IOException(why);
        if (!files.File.Exists(path)) return;
        if (IsLink(files, path)) files.File.WriteAllBytes(Target(files, path), []);
        else files.File.Delete(path);
    }

    /// <summary>Whether nothing is lost when a report takes this place: there is no file, an empty one, or a report of the same format.</summary>
    public static bool MayReplace(IFileSystem files, string path, ReportFormat format) => Obstacle(files, path, format) is null;

    /// <summary>Why a report must not take this place, or null.</summary>
    internal static string? Obstacle(IFileSystem files, string path, ReportFormat format)
    {
        if (NoFile(files, path) is { } why) return why;
        if (!files.File.Exists(path)) return null;
        using var stream = files.File.OpenRead(path);
        // Seals and statements name their artifact before they say whose they are.
        var head = new byte[format is ReportFormat.Seal or ReportFormat.Statement ? SealHead : 512];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return length == 0 || IsOurs(head.AsSpan(0, length), format) ? null
            : $"'{EntryPath.Printable(path)}' is there and is no report of this format ({format}); name another file for the report, or delete it";
    }

    /// <summary>The comment that reports in XML, HTML and Markdown begin with, so that the next run knows them again, e.g. <c>&lt;!-- releasegate/junit/v1 --&gt;</c>.</summary>
    /// <param name="format">The name of the format in small letters.</param>
    public static string Marker(string format) => $"<!-- releasegate/{format}/v1 -->";

    // A text that only speaks of these, or has them further down, is somebody's own.
    private static bool IsOurs(ReadOnlySpan<byte> head, ReportFormat format) => format switch
    {
        ReportFormat.Sarif => Dense(head).StartsWith("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"ReleaseGate\"", StringComparison.Ordinal),
        ReportFormat.Html => Text(head).StartsWith("<!doctype html>\n<!-- " + HtmlReporter.Schema + " -->", StringComparison.Ordinal),
        ReportFormat.JUnit => Text(head) is var xml && xml.IndexOf('\n', StringComparison.Ordinal) is > 0 and var line && xml.StartsWith("<?xml ", StringComparison.Ordinal) && xml[(line + 1)..].StartsWith(Marker("junit"), StringComparison.Ordinal),
        ReportFormat.Markdown => Text(head).StartsWith(Marker("markdown"), StringComparison.Ordinal) || Text(head).StartsWith(Marker("drift"), StringComparison.Ordinal) || Text(head).StartsWith(Marker("drill"), StringComparison.Ordinal),
        ReportFormat.CycloneDx => Dense(head) is var bom && bom.StartsWith($"{{\"$schema\":\"{CycloneDx.SchemaAddress}\",\"bomFormat\":\"CycloneDX\",", StringComparison.Ordinal)
            && bom.Contains("\"tools\":{\"components\":[{\"type\":\"application\",\"name\":\"ReleaseGate\"", StringComparison.Ordinal),
        ReportFormat.Seal => IsSeal(Dense(head)),
        ReportFormat.Statement => IsStatement(Dense(head)),
        _ => Dense(head) is var json && json.StartsWith(FirstKey, StringComparison.Ordinal) && IsVersion(json[FirstKey.Length..])
            && json.StartsWith(FirstKey + "receipt/", StringComparison.Ordinal) == (format == ReportFormat.Receipt),
    };

    private const int SealHead = 8 << 10;

    private const string SealStart = $"{{\"mediaType\":\"{SigstoreBundle.MediaType}\",\"verificationMaterial\":{{\"publicKey\":{{\"hint\":\"";

    // In-toto statements and Sigstore bundles are general formats: whose one is, its verifier says. Within a text quotes are escaped, so no text is taken for a key.
    private static bool IsStatement(string json) => json.Contains("\"version\":{\"releasegate\":\"", StringComparison.Ordinal)
        && (json.StartsWith("{\"verifier\":{\"id\":\"", StringComparison.Ordinal)
            || (json.StartsWith($"{{\"_type\":\"{SealStatement.Type}\",\"subject\":", StringComparison.Ordinal) && json.Contains($"\"predicateType\":\"{SealStatement.PredicateType}\",\"predicate\":{{\"verifier\":{{\"id\":\"", StringComparison.Ordinal)));

    private static bool IsSeal(string json)
    {
        const string Payload = "\"payload\":\"";
        if (!json.StartsWith(SealStart, StringComparison.Ordinal) || json.IndexOf(Payload, StringComparison.Ordinal) is not (> 0 and var at)) return false;
        var base64 = json[(at + Payload.Length)..];
        if (base64.IndexOf('"', StringComparison.Ordinal) is >= 0 and var end) base64 = base64[..end];
        base64 = base64.Replace("\\u002B", "+", StringComparison.Ordinal);
        var payload = new byte[base64.Length];
        // The head may end within it.
        return Convert.TryFromBase64String(base64[..(base64.Length / 4 * 4)], payload, out var length) && Dense(payload.AsSpan(0, length)) is var statement && statement.StartsWith("{\"_type\":", StringComparison.Ordinal) && IsStatement(statement);
    }

    /// <summary>The hint of the key that made a seal of ours; null where there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static string? SealedBy(IFileSystem files, string path)
    {
        if (!files.File.Exists(path) || NoFile(files, path) is not null) return null;
        using var stream = files.File.OpenRead(path);
        var head = new byte[SealHead];
        var json = Dense(head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)));
        if (!IsSeal(json)) return null;
        var hint = json[SealStart.Length..];
        return hint[..hint.IndexOf('"', StringComparison.Ordinal)].Replace("\\u002B", "+", StringComparison.Ordinal);
    }

    private const string FirstKey = "{\"schema\":\"releasegate/";

    // "report/v1", "seal-verification/v1"
    private static bool IsVersion(string rest)
    {
        var name = 0;
        while (name < rest.Length && (rest[name] is >= 'a' and <= 'z' || (rest[name] == '-' && name > 0))) name++;
        return name > 0 && rest[name..].StartsWith("/v", StringComparison.Ordinal) && rest.Length > name + 2 && rest[name + 2] is >= '1' and <= '9';
    }

    private static string Text(ReadOnlySpan<byte> head) => Encoding.UTF8.GetString(head).Replace("\r\n", "\n", StringComparison.Ordinal);

    // JSON may be laid out anew.
    private static string Dense(ReadOnlySpan<byte> head)
    {
        var text = new StringBuilder(head.Length);
        foreach (var c in head)
            if (c is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) text.Append((char)c);
        return text.ToString();
    }

    private static bool IsLink(IFileSystem files, string path) => files is FileSystem && new FileInfo(path).LinkTarget is not null;

    private static string Target(IFileSystem files, string path) => IsLink(files, path) ? DiskFile.Resolve(files, path) : path;

    // A file that is moved there would take the place of a device or a link.
    private static string? NoFile(IFileSystem files, string path)
    {
        if (files is not FileSystem) return null;
        var target = Target(files, path);
        if (files.Directory.Exists(target)) return $"'{EntryPath.Printable(path)}' is a folder; name a file";
        if (!files.File.Exists(target)) return IsLink(files, path) ? $"'{EntryPath.Printable(path)}' is a link that leads to no file; name another file, or delete the link" : null;
        return DiskFile.IsSpecial(files, target, new FileInfo(target).Length) ? $"'{EntryPath.Printable(path)}' is a device, a pipe or a socket, and only a file can be replaced; name another file" : null;
    }

    /// <summary>Writes beside, then moves into place. Missing folders are made. Where the path is a link, the file that it leads to is replaced.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">A full path.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file cannot be written, or what is there is a device, a pipe, a link to nowhere.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(IFileSystem files, string path, Action<Stream> write)
    {
        if (NoFile(files, path) is { } why) throw new IOException(why);
        path = Target(files, path);
        if (files.Path.GetDirectoryName(path) is { Length: > 0 } folder) DiskFile.CreateFolder(files, folder);
        var beside = $"{path}.{files.Path.GetRandomFileName()}.partial";
        try
        {
            using (var stream = files.FileStream.Create(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None)) write(stream);
            files.File.Move(beside, path, overwrite: true);
        }
        finally
        {
            if (files.File.Exists(beside)) files.File.Delete(beside);
        }
    }

    /// <summary>Adds to the end of a file that others write into as well, in one go.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">A full path.</param>
    /// <param name="write">Writes what is added; told how many bytes are there already.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Append(IFileSystem files, string path, Action<Stream, long> write)
    {
        using var stream = files.FileStream.Create(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        using var text = new MemoryStream();
        write(text, stream.Position);
        stream.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
