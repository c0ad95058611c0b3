using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;

namespace ReleaseGate.Governance;

/// <summary>A line that does not fit behind the one before.</summary>
/// <param name="Line">Which, from 1.</param>
/// <param name="Why">What is wrong.</param>
internal sealed record AuditBreak(long Line, string Why);

/// <summary>A seal that names a place in an audit log.</summary>
/// <param name="File">The name of its file.</param>
/// <param name="Position">The place; null where it names none.</param>
/// <param name="Problem">Why the log is not the one it was made with, or why nobody can tell; null where all is well.</param>
/// <param name="Key">The hint of the trusted key that signed it; null where no key was named, or none of those signed it.</param>
internal sealed record AuditSeal(string File, AuditPosition? Position, string? Problem, string? Key = null);

/// <summary>Whether an audit log is whole, and which seals say so.</summary>
internal sealed record AuditVerification
{
    /// <summary>How <see cref="Write"/> names its format.</summary>
    public const string Schema = "releasegate/log-verification/v1";

    /// <summary>The most breaks that are kept; <see cref="BreakCount"/> knows of all.</summary>
    public const int MostBreaks = 100;

    // Clocks of build agents differ, and a check is told of when it ends.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Whole lines.</summary>
    public required long Lines { get; init; }

    /// <summary>The last line, or null where there is none.</summary>
    public AuditPosition? Last { get; init; }

    /// <summary>When the first line was written, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>When the last line was written, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Bytes of an unfinished line at the end.</summary>
    public required long Torn { get; init; }

    /// <summary>Where the chain is broken, in order.</summary>
    public required IReadOnlyList<AuditBreak> Breaks { get; init; }

    /// <summary>How often it is.</summary>
    public required long BreakCount { get; init; }

    /// <summary>What is odd and breaks nothing.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>The seals, by the name of their file.</summary>
    public required IReadOnlyList<AuditSeal> Seals { get; init; }

    /// <summary>Whether nothing was changed, and every seal found its line.</summary>
    public bool IsIntact
    {
        get
        {
            if (BreakCount > 0) return false;
            foreach (var seal in Seals)
                if (seal.Problem is not null) return false;
            return true;
        }
    }

    /// <summary>Reads an audit log from its first line to its last.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">A full path.</param>
    /// <param name="seals">Full paths of seals.</param>
    /// <param name="keys">Who is trusted to seal; null: whoever made a seal is believed.</param>
    /// <exception cref="GateException">RG0010: there is none, or it can't be read.</exception>
    public static AuditVerification Of(IFileSystem files, string path, IReadOnlyList<string> seals, IReadOnlyList<TrustedKey>? keys = null)
    {
        var reader = new AuditLogReader(files, path);
        if (!reader.Exists && !files.Directory.Exists(path)) throw AuditLog.Mistake("there is no such audit log", path);
        var sealedAt = new List<AuditSeal>();
        var wanted = new Dictionary<long, Digest>();
        foreach (var seal in seals)
        {
            var read = SealOf(files, seal, keys);
            sealedAt.Add(read);
            if (read.Position is { } position) wanted[position.Sequence] = default;
        }

        var chain = new AuditChain();
        var (breaks, count, lines, remarks) = (new List<AuditBreak>(), 0L, 0L, new List<string>());
        var back = 0L;
        DateTime? from = null, to = null, latest = null;
        long last = -1;
        var torn = reader.Read((bytes, number) =>
        {
            lines = number;
            if (chain.Next(bytes, out var line) is { } why && ++count <= MostBreaks) breaks.Add(new AuditBreak(number, why));
            if (line is null) return;
            last = line.Sequence;
            from ??= line.Time;
            to = line.Time;
            if (line.Time + Skew < latest && ++back == 1) remarks.Add(string.Create(CultureInfo.InvariantCulture, $"line {number}: its time is {JsonReporter.Written(line.Time)}, and a line before it has {JsonReporter.Written(latest.Value)}: a clock went back"));
            if (latest is null || line.Time > latest) latest = line.Time;
            if (wanted.ContainsKey(line.Sequence)) wanted[line.Sequence] = chain.Head;
        });
        if (back > 1) remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the same of {back - 1:N0} more lines"));
        if (torn > 0) remarks.Add(string.Create(CultureInfo.InvariantCulture, $"behind the last line there {(torn == 1 ? "is 1 byte" : $"are {torn:N0} bytes")} of an unfinished one: a run was killed while it wrote; the next cuts that off and says so"));
        for (var i = 0; i < sealedAt.Count; i++) sealedAt[i] = Held(sealedAt[i], wanted, last);
        return new AuditVerification
        {
            Path = path, Lines = lines, Last = last < 0 ? null : new AuditPosition(last, chain.Head), From = from, To = to, Torn = torn, Breaks = breaks, BreakCount = count, Remarks = remarks, Seals = sealedAt,
        };
    }

    private static AuditSeal Held(AuditSeal seal, Dictionary<long, Digest> lines, long last)
    {
        if (seal.Position is not { } position || lines[position.Sequence] is var head && head == position.Head) return seal;
        return seal with
        {
            Problem = head != default ? string.Create(CultureInfo.InvariantCulture, $"it was made when line {position.Sequence + 1:N0} was another one: the log was rewritten, or is not the one it was made with")
                : string.Create(CultureInfo.InvariantCulture, $"it was made when the log had {position.Sequence + 1:N0} lines or more, and {last + 1:N0} are left: the end was cut off, or the log is not the one it was made with"),
        };
    }

    /// <summary>Reads of a seal what it says of a log: a Sigstore bundle with a statement in it, whose predicate has an <c>audit</c> below the address of its verifier. What is not signed by a trusted key is not believed.</summary>
    private static AuditSeal SealOf(IFileSystem files, string path, IReadOnlyList<TrustedKey>? keys)
    {
        var name = files.Path.GetFileName(path);
        try
        {
            var (payload, key) = keys is null ? (Payload(files, path), null) : Signed(files, path, keys);
            if (payload is null) return new AuditSeal(name, null, "no key that was named signed it");
            using var statement = JsonDocument.Parse(payload.Value);
            foreach (var member in statement.RootElement.GetProperty("predicate").EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.Object || !member.Value.TryGetProperty("audit", out var audit) || audit.ValueKind == JsonValueKind.Null) continue;
                return Digest.TryParse(audit.GetProperty("head").GetString(), out var head) && audit.GetProperty("seq").GetInt64() is >= 0 and <= AuditLine.MaxSequence and var sequence
                    ? new AuditSeal(name, new AuditPosition(sequence, head), null, key)
                    : new AuditSeal(name, null, "what it says of the log is no place in one", key);
            }

            return new AuditSeal(name, null, null, key);
        }
        catch (Exception e) when (e is GateException or JsonException or FormatException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            return new AuditSeal(name, null, $"it is no seal that can be read: {EntryPath.Printable(e.Message)}");
        }
    }

    private static ReadOnlyMemory<byte>? Payload(IFileSystem files, string path)
    {
        DiskFile.RequireFile(files, path);
        using var bundle = JsonDocument.Parse(files.File.ReadAllBytes(path));
        var payload = bundle.RootElement.GetProperty("dsseEnvelope").GetProperty("payload").GetString()!;
        return Convert.FromBase64String(payload.Replace('-', '+').Replace('_', '/'));
    }

    private static (ReadOnlyMemory<byte>? Payload, string? Key) Signed(IFileSystem files, string path, IReadOnlyList<TrustedKey> keys)
    {
        var envelope = SigstoreBundle.Read(files, path).Envelope;
        var signed = envelope.PreAuthenticationEncoding();
        foreach (var key in keys)
            if (key.Signed(signed, envelope.Signatures[0].Signature.Span)) return (envelope.Payload, key.Hint);
        return (null, null);
    }

    /// <summary>Writes it as JSON, UTF-8, lines ending in a line feed.</summary>
    public void Write(Stream output)
    {
        using (var lines = new LineFeeds(output))
        using (var json = new Utf8JsonWriter(lines, JsonReporter.Format))
        {
            json.WriteStartObject();
            json.WriteString("schema"u8, Schema);
            json.WriteStartObject("tool"u8);
            json.WriteString("name"u8, "ReleaseGate"u8);
            JsonReporter.WriteText(json, "version"u8, GateReport.ToolVersion);
            json.WriteEndObject();
            JsonReporter.WriteText(json, "path"u8, Path);
            json.WriteBoolean("intact"u8, IsIntact);
            json.WriteNumber("lines"u8, Lines);
            JsonReporter.WriteNumber(json, "seq"u8, Last?.Sequence);
            JsonReporter.WriteText(json, "head"u8, Last?.Head.ToString());
            JsonReporter.WriteText(json, "from"u8, From is { } from ? JsonReporter.Written(from) : null);
            JsonReporter.WriteText(json, "to"u8, To is { } to ? JsonReporter.Written(to) : null);
            json.WriteNumber("torn"u8, Torn);
            json.WriteNumber("breakCount"u8, BreakCount);
            json.WriteStartArray("breaks"u8);
            foreach (var broken in Breaks)
            {
                json.WriteStartObject();
                json.WriteNumber("line"u8, broken.Line);
                JsonReporter.WriteText(json, "why"u8, broken.Why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("remarks"u8);
            foreach (var remark in Remarks) json.WriteStringValue(remark);
            json.WriteEndArray();
            json.WriteStartArray("seals"u8);
            foreach (var seal in Seals)
            {
                json.WriteStartObject();
                JsonReporter.WriteText(json, "file"u8, seal.File);
                JsonReporter.WriteNumber(json, "seq"u8, seal.Position?.Sequence);
                JsonReporter.WriteText(json, "head"u8, seal.Position?.Head.ToString());
                JsonReporter.WriteText(json, "key"u8, seal.Key);
                JsonReporter.WriteText(json, "problem"u8, seal.Problem);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
