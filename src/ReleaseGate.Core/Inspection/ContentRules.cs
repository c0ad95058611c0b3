using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

/// <summary>The content rules of a run, arranged by how they ask for bytes. Shared by all threads.</summary>
internal sealed class ContentRules
{
    // By literal of the matcher: the literal, whose it is and its number there. Arrays: lists of structs are compiled at every start.
    private readonly AnchorLiteral[] _literals;
    private readonly int[] _owners;
    private readonly int[] _numbers;
    private readonly HashSet<ContentRule> _asking = [];

    /// <exception cref="GateException">RG0002: what a rule asks for under this policy contradicts the contract.</exception>
    public ContentRules(IEnumerable<ContentRule> rules, ArtifactPolicy policy)
    {
        var anchors = new List<Part<ContentRequest.AnchorRequest>>();
        var literals = 0;
        var scans = new Dictionary<ScannerFactory, List<Part<ContentRequest.ScanRequest>>>();
        var reads = new Dictionary<FactsReader, List<Part<ContentRequest.ReadRequest>>>();
        var whole = new List<Part<ContentRequest.WholeRequest>>();
        foreach (var rule in rules)
        {
            ContentRequest? asked;
            bool isUsual;
            try
            {
                asked = rule.RequestFor(policy);
                isUsual = asked is null || asked == rule.Request;
            }
            catch (Exception crash)
            {
                throw RuleSet.Crashed(rule, crash);
            }

            if (asked is null) continue;
            _asking.Add(rule);
            if (!isUsual) RuleSet.Validate(rule, asked);
            foreach (var part in asked is ContentRequest.CombinedRequest combined ? combined.Parts : [asked])
            {
                switch (part)
                {
                    case ContentRequest.AnchorRequest request:
                        literals += request.Literals.Count;
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
        _literals = new AnchorLiteral[literals];
        _owners = new int[literals];
        _numbers = new int[literals];
        literals = 0;
        for (var owner = 0; owner < Anchors.Length; owner++)
        {
            var list = Anchors[owner].Request.Literals;
            for (var i = 0; i < list.Count; i++) (_literals[literals], _owners[literals], _numbers[literals++]) = (list[i], owner, i);
        }

        Scans = new SharedScan[scans.Count];
        var next = 0;
        foreach (var (factory, parts) in scans) Scans[next++] = new SharedScan(factory, [.. parts]);
        Reads = new SharedRead[reads.Count];
        next = 0;
        foreach (var (reader, parts) in reads) Reads[next++] = new SharedRead(reader, [.. parts]);
        Whole = [.. whole];
        Matcher = _literals.Length == 0 ? null : new AnchorMatcher(_literals);
    }

    /// <summary>One of the ways in which a rule asks.</summary>
    public sealed record Part<TRequest>(ContentRule Rule, TRequest Request)
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
    public (int Part, int Literal) OwnerOf(int literal) => (_owners[literal], _numbers[literal]);

    /// <summary>How many bytes a literal of the matcher has.</summary>
    public int LengthOf(int literal) => _literals[literal].Bytes.Length;
}
