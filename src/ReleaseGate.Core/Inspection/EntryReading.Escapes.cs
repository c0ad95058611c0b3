using ReleaseGate.Artifacts;

namespace ReleaseGate.Inspection;

internal sealed partial class EntryReading
{
    private readonly EscapedText _escaped = new();

    // Only what spans an escape is new, but it is cheaper to let the rules find the rest once more: they know what they have reported.
    private void FindEscapedAnchors(Entry entry, ReadOnlySpan<byte> buffer, int from, int to, long bufferPosition)
    {
        if (!_escaped.Read(buffer, from, to, entry.Kind == EntryKind.Json)) return;
        _hits.Clear();
        _rules.Matcher!.Find(_escaped.Text, _escaped.From, _escaped.To, _hits);
        _hits.Sort();
        for (var i = 0; i < _hits.Count; i++)
        {
            var (start, literal) = _hits[i];
            if (_rules.Anchors[_rules.OwnerOf(literal).Part].Request.AlsoEscaped)
                FoundAnchor(entry, literal, _escaped.Text, start, bufferPosition + _escaped.OriginOf(start), isWide: false);
        }
    }
}
