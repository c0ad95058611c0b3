using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;

namespace ReleaseGate.Governance;

/// <summary>
/// Counts what an audit log tells of the releases by each pathway of a model within a year: a release is one version of a package, or where it is no package one name of an artifact. Runs by
/// another day and what was planned do not count, runs that only warned do. What blocks because the exposure is over tolerance says nothing of the release and would raise the exposure further.
/// </summary>
/// <param name="model">Its pathways say which artifacts leave by them.</param>
/// <param name="now">The time of the run, UTC.</param>
/// <param name="path">The log, to say what is wrong with it.</param>
internal sealed class PastReleases(ExposureModel model, DateTime now, string path)
{
    /// <summary>So far back: whoever has mended what leaked is not held to it for ever.</summary>
    public const int Days = 365;

    private readonly HashSet<string>[] _released = Sets(model);
    private readonly HashSet<string>[] _blocked = Sets(model);

    /// <summary>Counts what a log tells, or null where there is none yet.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">The log, a full path, or null.</param>
    /// <param name="model">Its pathways.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <exception cref="GateException">RG0010: the log can't be read, or its chain is broken: it decides nothing then.</exception>
    public static IReadOnlyDictionary<string, ReleaseHistory>? Read(IFileSystem files, string? path, ExposureModel model, DateTime now)
    {
        if (path is null || new AuditLogReader(files, path) is not { Exists: true } log) return null;
        var past = new PastReleases(model, now, path);
        log.ReadIntact(past.Add);
        return past.Histories();
    }

    /// <summary>Takes a line of the log; what is no check is passed over.</summary>
    /// <exception cref="GateException">RG0010: the line says not what was found.</exception>
    public void Add(AuditLine line, byte[] bytes)
    {
        if (line.Event != AuditedRun.Check || line.Time < now.AddDays(-Days)) return;
        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = AuditLine.MaxDepth });
        var root = document.RootElement;
        if (!root.TryGetProperty("planned", out var planned) || !root.TryGetProperty("asOf", out var asOf) || !root.TryGetProperty("artifacts", out var artifacts) || artifacts.ValueKind != JsonValueKind.Array) throw Wrong(line);
        if (planned.ValueKind != JsonValueKind.False || asOf.ValueKind != JsonValueKind.Null) return;
        foreach (var artifact in artifacts.EnumerateArray())
        {
            if (artifact.ValueKind != JsonValueKind.Object || Text(artifact, "name") is not { } name || Number(artifact, "errors") is not { } errors || Number(artifact, "overTolerance") is not { } own) throw Wrong(line);
            var release = Text(artifact, "id") is { } id && Text(artifact, "version") is { } version ? $"{id}\n{version}" : name;
            for (var i = 0; i < _released.Length; i++)
            {
                // The log does not say of a name whether it is a folder's.
                if (model.Pathways[i].Artifact is { } only && !only.Glob.IsMatch(name, isFolder: true)) continue;
                _released[i].Add(release);
                if (errors > own) _blocked[i].Add(release);
            }
        }
    }

    /// <summary>What was counted, by the ids of the pathways; what nothing left by is not among them.</summary>
    public IReadOnlyDictionary<string, ReleaseHistory> Histories()
    {
        var histories = new Dictionary<string, ReleaseHistory>(StringComparer.Ordinal);
        for (var i = 0; i < _released.Length; i++)
            if (_released[i].Count > 0) histories[model.Pathways[i].Id] = new ReleaseHistory(_released[i].Count, _blocked[i].Count);
        return histories;
    }

    private GateException Wrong(AuditLine line) => AuditLog.Mistake(string.Create(CultureInfo.InvariantCulture, $"the check with seq {line.Sequence} says not what was found"), path);

    private static string? Text(JsonElement artifact, string key) => artifact.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement artifact, string key) => artifact.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static HashSet<string>[] Sets(ExposureModel model)
    {
        var sets = new HashSet<string>[model.Pathways.Count];
        for (var i = 0; i < sets.Length; i++) sets[i] = new HashSet<string>(StringComparer.Ordinal);
        return sets;
    }
}
