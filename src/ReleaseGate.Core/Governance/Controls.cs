using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>The release controls where a manifest names none of its own (<c>exposure.controls</c>).</summary>
public static class Controls
{
    /// <summary>What the gate itself does whatever the rules say, RG0…: it reads everything or blocks.</summary>
    public static Control Gate { get; } = new("gate", "The gate itself", [.. GateRules.All.Select(d => d.Id)]);

    /// <summary>All of them. Every rule of ReleaseGate that inspects belongs to exactly one.</summary>
    public static IReadOnlyList<Control> Default { get; } =
    [
        Make("allowlist", "Allowlist", "RG1001", "RG1002", "RG1003"),
        Make("limits", "Size and growth", "RG1004", "RG1005"),
        Make("kinds", "Kinds of files", "RG1006", "RG1008"),
        Make("source-maps", "Source maps and bundles", "RG2001", "RG2002", "RG2003", "RG2004", "RG2005", "RG2016"),
        Make("debug-symbols", "Debug information", "RG2006", "RG2007", "RG2008", "RG2009", "RG2011", "RG2012", "RG2017"),
        Make("build-traces", "Traces of builds and tools", "RG2010", "RG2013", "RG2014", "RG2015", "RG3003", "RG3004", "RG3005"),
        Make("source", "Source code", "RG3001", "RG3002"),
        Make("internal-names", "Internal names", "RG3006", "RG3009"),
        Make("data", "Models and data", "RG3007", "RG3008"),
        Make("secrets", "Secrets", "RG4001", "RG4002", "RG4003", "RG4004", "RG4005", "RG4006"),
        Make("destination", "Destination", "RG5001"),
        Make("metadata", "Metadata and dependencies", "RG5002", "RG5003", "RG5004", "RG5005", "RG5006", "RG5007", "RG5008", "RG5009"),
        Make("archive-structure", "Archive structure", "RG1007", "RG6001", "RG6002", "RG6003", "RG6004", "RG6005"),
        Gate,
    ];

    /// <summary>The id of the column for rules that belong to no control; it is there only where such rules ran.</summary>
    public const string OtherId = "other";

    /// <summary>The columns of a drill: controls as named, the gate itself where they leave it out, and one more where rules are left over.</summary>
    /// <param name="named">The controls of the manifest, or <see cref="Default"/>.</param>
    /// <param name="ran">The rules that ran.</param>
    internal static IReadOnlyList<Control> Columns(IReadOnlyList<Control> named, IEnumerable<RuleId> ran)
    {
        var columns = new List<Control>(named);
        var known = new HashSet<RuleId>(named.SelectMany(c => c.Rules));
        var ids = new HashSet<string>(named.Select(c => c.Id), StringComparer.Ordinal);
        var gate = Gate.Rules.Where(r => !known.Contains(r)).ToArray();
        if (gate.Length > 0) columns.Add(Gate with { Id = Free(Gate.Id), Rules = gate });
        var rest = ran.Where(r => !known.Contains(r)).Distinct().Order().ToArray();
        if (rest.Length > 0) columns.Add(new Control(Free(OtherId), "Rules of no control", rest));
        return columns;

        // A name that the manifest has given to something else.
        string Free(string id)
        {
            while (!ids.Add(id)) id += "-itself";
            return id;
        }
    }

    private static Control Make(string id, string title, params string[] rules) => new(id, title, [.. rules.Select(RuleId.Parse)]);
}
