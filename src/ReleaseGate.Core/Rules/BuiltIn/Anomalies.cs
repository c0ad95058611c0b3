using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Turns the anomalies of one kind into findings.</summary>
internal static class Anomalies
{
    public static void Report(AnomalyKind kind, Inventory inventory, RuleContext context)
    {
        Dictionary<EntryPath, Entry>? byPath = null;
        foreach (var anomaly in inventory.Anomalies)
        {
            if (anomaly.Kind != kind) continue;
            if (byPath is null)
            {
                byPath = [];
                foreach (var entry in inventory.Entries) byPath.TryAdd(entry.Path, entry);
            }

            context.Report(anomaly.Path is null ? null : byPath.GetValueOrDefault(anomaly.Path), anomaly.Reason, offset: anomaly.Offset, path: anomaly.Path);
        }
    }
}
