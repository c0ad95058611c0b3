using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

/// <summary>The content rules of a run, arranged by how they ask for bytes. Shared by all threads.</summary>
internal sealed class ContentRules
{
    private readonly List<AnchorLiteral> _literals = [];
    private readonly List<(int Rule, int Literal)> _owners = [];

    public ContentRules(IEnumerable<ContentRule> rules)
    {
        var anchors = new List<ContentRule>();
        var scans = new Dictionary<ScannerFactory, List<ContentRule>>();
        var whole = new List<ContentRule>();
        foreach (var rule in rules)
        {
            switch (rule.Request)
            {
                case ContentRequest.AnchorRequest request:
                    for (var i = 0; i < request.Literals.Count; i++)
                    {
                        _literals.Add(request.Literals[i]);
                        _owners.Add((anchors.Count, i));
                    }

                    anchors.Add(rule);
                    break;
                case ContentRequest.ScanRequest request:
                    if (!scans.TryGetValue(request.Factory, out var list)) scans.Add(request.Factory, list = []);
                    list.Add(rule);
                    break;
                case ContentRequest.WholeRequest:
                    whole.Add(rule);
                    break;
            }
        }

        Anchors = [.. anchors];
        Scans = new SharedScan[scans.Count];
        var next = 0;
        foreach (var (factory, sharing) in scans) Scans[next++] = new SharedScan(factory, [.. sharing]);
        Whole = [.. whole];
        Matcher = _literals.Count == 0 ? null : new AnchorMatcher(_literals);
    }

    /// <summary>A scanner, and the rules that read what it found.</summary>
    public sealed record SharedScan(ScannerFactory Factory, ContentRule[] Rules);

    public ContentRule[] Anchors { get; }

    public SharedScan[] Scans { get; }

    public ContentRule[] Whole { get; }

    /// <summary>Null where no rule asks for anchors.</summary>
    public AnchorMatcher? Matcher { get; }

    /// <summary>Which rule (index in <see cref="Anchors"/>) a literal of the matcher belongs to, and its number there.</summary>
    public (int Rule, int Literal) OwnerOf(int literal) => _owners[literal];
}
