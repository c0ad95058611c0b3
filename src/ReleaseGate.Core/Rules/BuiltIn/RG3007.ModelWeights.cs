using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class ModelWeights() : ArtifactRule(new Descriptor("RG3007", nameof(ModelWeights),
    "An entry is a trained model or the arrays one is made of: its weights are what was paid for.",
    "Leave the model out and load it from where access is controlled; where it ships on purpose, waive its path or turn the rule off for a package of models."))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        // PyTorch and NumPy save as a zip: one finding for it, not one for each part.
        var archives = new Dictionary<Entry, (string What, int Parts)>(ReferenceEqualityComparer.Instance);
        foreach (var entry in inventory.Entries)
        {
            if (entry is not { Container: { Kind: EntryKind.Zip } archive, Kind: EntryKind.Pickle or EntryKind.NumPy }) continue;
            var known = archives.GetValueOrDefault(archive);
            if (entry.Kind == EntryKind.Pickle && entry.Path.NameIs("data.pkl")) archives[archive] = ("a PyTorch model", known.Parts);
            else if (entry.Kind == EntryKind.NumPy) archives[archive] = (known.What ?? "NumPy arrays", known.Parts + 1);
        }

        foreach (var entry in inventory.Entries)
        {
            if (archives.TryGetValue(entry, out var archive))
            {
                Report(entry, archive.Parts > 1 ? string.Create(CultureInfo.InvariantCulture, $"{archive.What}, {archive.Parts:N0} of them") : archive.What, context);
                continue;
            }

            if (What(entry.Kind) is not { } what) continue;
            if (entry.Container is { } container && archives.ContainsKey(container) && entry.Kind is EntryKind.Pickle or EntryKind.NumPy) continue;
            Report(entry, what, context);
        }
    }

    private static string? What(EntryKind kind) => kind switch
    {
        EntryKind.Pickle => "a Python pickle, in which trained models are saved",
        EntryKind.Hdf5 => "an HDF5 file, in which Keras saves models",
        EntryKind.NumPy or EntryKind.Gguf or EntryKind.SafeTensors or EntryKind.Onnx or EntryKind.TensorFlowLite => Magic.Describe(kind),
        _ => null,
    };

    private static void Report(Entry entry, string what, RuleContext context)
    {
        context.Recognise(entry, "model", what);
        context.Report(entry, $"holds {what} ({ByteSize.Format(entry.Length)})",
            facts: ImmutableSortedDictionary<string, string>.Empty.Add("bytes", entry.Length.ToString(CultureInfo.InvariantCulture)));
    }
}
