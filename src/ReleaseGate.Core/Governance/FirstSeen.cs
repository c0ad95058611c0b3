using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Policy;

namespace ReleaseGate.Governance;

/// <summary>
/// When findings were first seen, by an audit log: the time of the first <c>check</c> that tells of one. What no line tells of is seen now. The log is read once, at the first question;
/// runs without findings or deadlines do not read it.
/// </summary>
internal sealed class FirstSeen
{
    private readonly AuditLogReader _log;
    private readonly DateTime _now;
    private Dictionary<string, DateTime>? _seen;

    private FirstSeen(AuditLogReader log, DateTime now)
    {
        _log = log;
        _now = now;
    }

    /// <summary>What <see cref="Waivers.Apply"/> asks; null where nobody needs it or nobody records it.</summary>
    /// <param name="files">Where.</param>
    /// <param name="request">What is to be checked.</param>
    /// <param name="manifest">What it is judged by.</param>
    /// <param name="now">The time of the run, UTC.</param>
    public static Func<string, DateTime?>? Of(IFileSystem files, GateRequest request, Manifest manifest, DateTime now)
    {
        if (AuditedRun.LogOf(request, manifest) is not { } path || manifest.Deadlines == new Deadlines()) return null;
        return new FirstSeen(new AuditLogReader(files, path), now).When;
    }

    private DateTime? When(string fingerprint) => (_seen ??= Read()).TryGetValue(fingerprint, out var seen) && seen < _now ? seen : _now;

    private Dictionary<string, DateTime> Read()
    {
        var seen = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        // The run that is about to begin it.
        if (!_log.Exists) return seen;
        _log.ReadIntact((line, bytes) =>
        {
            if (line.Event == AuditedRun.Check) Add(bytes, line.Time, seen);
        });
        return seen;
    }

    // Clocks go back at times: the earliest counts.
    private static void Add(byte[] line, DateTime time, Dictionary<string, DateTime> seen)
    {
        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = AuditLine.MaxDepth });
        if (!document.RootElement.TryGetProperty("artifacts", out var artifacts) || artifacts.ValueKind != JsonValueKind.Array) return;
        foreach (var artifact in artifacts.EnumerateArray())
        {
            if (artifact.ValueKind != JsonValueKind.Object || !artifact.TryGetProperty("findings", out var findings) || findings.ValueKind != JsonValueKind.Array) continue;
            foreach (var finding in findings.EnumerateArray())
                if (finding.ValueKind == JsonValueKind.String && finding.GetString() is { } fingerprint && (!seen.TryGetValue(fingerprint, out var before) || time < before)) seen[fingerprint] = time;
        }
    }
}
