using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

/// <summary>The content rules of a run, arranged by how they ask for bytes. Shared by all threads.</summary>
internal sealed class ContentRules
{
    private readonly List<AnchorLiteral> _literals = [];
    private readonly List<(int Part, int Literal)> _owners = [];
    private readonly HashSet<ContentRule> _asking = [];

    /// <exception cref="GateException">RG0002: what a rule asks for under this policy contradicts the contract.</exception>
    public ContentRules(IEnumerable<ContentRule> rules, ArtifactPolicy policy)
    {
        var anchors = new List<Part<ContentRequest.AnchorRequest>>();
        var scans = new Dictionary<ScannerFactory, List<Part<ContentRequest.ScanRequest>>>();
        var reads = new Dictionary<FactsReader, List<Part<ContentRequest.ReadRequest>>>();
        var whole = new List<Part<ContentRequest.WholeRequest>>();
        foreach (var rule in rules)
        {
            var asked = rule.RequestFor(policy);
            if (asked is null) continue;
            _asking.Add(rule);
            if (asked != rule.Request) RuleSet.Validate(rule, asked);
            foreach (var part in asked is ContentRequest.CombinedRequest combined ? combined.Parts : [asked])
            {
                switch (part)
                {
                    case ContentRequest.AnchorRequest request:
                        for (var i = 0; i < request.Literals.Count; i++)
                        {
                            _literals.Add(request.Literals[i]);
                            _owners.Add((anchors.Count, i));
                        }

                        anchors.Add(new(rule, request));
                        break;
                    case ContentRequest.ScanRequest request:
                        if (!scans.TryGetValue(request.Factory, out var scanning)) scans.Add(request.Factory, scanning = []);
                        scanning.Add(new(rule, request));
                        break;
                    case ContentRequest.ReadRequest request:
                        if (!reads.TryGetValue(request.Reader, out var reading)) reads.Add(request.Reader, reading = []);
                        reading.Add(new(rule, request));
                        break;
                    case ContentRequest.WholeRequest request:
                        whole.Add(new(rule, request));
                        break;
                }
            }
        }

        Anchors = [.. anchors];
        Scans = new SharedScan[scans.Count];
        var next = 0;
        foreach (var (factory, parts) in scans) Scans[next++] = new SharedScan(factory, [.. parts]);
        Reads = new SharedRead[reads.Count];
        next = 0;
        foreach (var (reader, parts) in reads) Reads[next++] = new SharedRead(reader, [.. parts]);
        Whole = [.. whole];
        Matcher = _literals.Count == 0 ? null : new AnchorMatcher(_literals);
    }

    /// <summary>One of the ways in which a rule asks.</summary>
    public readonly record struct Part<TRequest>(ContentRule Rule, TRequest Request)
        where TRequest : ContentRequest
    {
        public bool Wants(Entry entry) => Rule.Wants(entry) && Request.Wants(entry);
    }

    /// <summary>A scanner, and the rules that judge what it found.</summary>
    public sealed record SharedScan(ScannerFactory Factory, Part<ContentRequest.ScanRequest>[] Parts);

    /// <summary>A reader of whole entries, and the rules that judge its facts.</summary>
    public sealed record SharedRead(FactsReader Reader, Part<ContentRequest.ReadRequest>[] Parts);

    public Part<ContentRequest.AnchorRequest>[] Anchors { get; }

    public SharedScan[] Scans { get; }

    public SharedRead[] Reads { get; }

    public Part<ContentRequest.WholeRequest>[] Whole { get; }

    /// <summary>Null where no rule asks for anchors.</summary>
    public AnchorMatcher? Matcher { get; }

    /// <summary>Whether a rule has anything to look for under the policy.</summary>
    public bool Asks(ContentRule rule) => _asking.Contains(rule);

    /// <summary>Whose a literal of the matcher is (index in <see cref="Anchors"/>), and its number there.</summary>
    public (int Part, int Literal) OwnerOf(int literal) => _owners[literal];

    /// <summary>How many bytes a literal of the matcher has.</summary>
    public int LengthOf(int literal) => _literals[literal].Bytes.Length;
}
