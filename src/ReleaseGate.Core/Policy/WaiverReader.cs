using System.Globalization;
using System.Text;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Policy;

/// <summary>
/// Reads the <c>waivers</c> and the <c>deadlines</c> of manifests. Stricter than the rest of a manifest: a waiver that is not understood to the last letter
/// is RG0005 with its place and ends the run, since one with a misspelt expiry would hold for ever.
/// </summary>
internal sealed class WaiverReader
{
    internal static readonly string[] WaiverKeys = ["id", "rule", "path", "artifact", "sha256", "owner", "approver", "ticket", "reason", "since", "expires"];
    internal static readonly string[] RequiredKeys = ["id", "rule", "path", "owner", "reason", "expires"];
    internal static readonly string[] DeadlineKeys = ["critical", "high", "medium", "low"];

    /// <summary>How days are written.</summary>
    public const string DayFormat = "yyyy-MM-dd";

    /// <summary>How many days ahead a waiver may run where no deadline says less, and the longest deadline.</summary>
    public const int MostDays = 366;

    private const int LongestId = 64;

    private readonly List<Waiver> _waivers = [];
    private readonly Dictionary<string, Waiver> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _deadlinesSeen = new(StringComparer.Ordinal);

    /// <summary>The waivers read so far, in order.</summary>
    public IReadOnlyList<Waiver> Waivers => _waivers;

    /// <summary>The deadlines read so far; of several manifests the first that sets one wins.</summary>
    public Deadlines Deadlines { get; private set; } = new();

    /// <summary>Adds the <c>waivers</c> of one manifest.</summary>
    /// <exception cref="GateException">RG0005 with line and column.</exception>
    public void AddWaivers(ManifestText text, JsonMember member) => Refusing(() =>
    {
        foreach (var item in ManifestReader.Items(text, member))
        {
            var waiver = Read(text, item);
            if (!_byId.TryAdd(waiver.Id, waiver))
            {
                var first = _byId[waiver.Id].Location;
                throw text.Wrong(Offset(item, "id"), $"there is a waiver \"{waiver.Id}\" already, in line {first.Line}{(first.File == waiver.Location.File ? "" : $" of {ManifestText.Shown(first.File)}")}; give each an id of its own");
            }

            _waivers.Add(waiver);
        }
    });

    /// <summary>Adds the <c>deadlines</c> of one manifest.</summary>
    /// <exception cref="GateException">RG0005 with line and column.</exception>
    public void AddDeadlines(ManifestText text, JsonMember member) => Refusing(() =>
    {
        var part = ManifestReader.Object(text, member.Value, "\"deadlines\"");
        ManifestReader.RequireKeys(text, part, DeadlineKeys, "\"deadlines\"");
        if (part.Members.Count == 0) throw text.Wrong(part.Offset, $"\"deadlines\" says nothing; it has the keys {ManifestReader.Listed(DeadlineKeys)}");
        foreach (var deadline in part.Members)
        {
            var span = Span(text, deadline);
            if (!_deadlinesSeen.Add(deadline.Name)) continue;
            Deadlines = deadline.Name switch
            {
                "critical" => Deadlines with { Critical = span },
                "high" => Deadlines with { High = span },
                "medium" => Deadlines with { Medium = span },
                _ => Deadlines with { Low = span },
            };
        }
    });

    /// <summary>Refuses waivers of rules that do not exist, that cannot be waived, or that are waived for exact bytes only. Called once all rule assemblies are loaded.</summary>
    /// <exception cref="GateException">RG0005 at the first such waiver, in the order of the manifest.</exception>
    public static void RequireWaivableRules(Manifest manifest, RuleSet rules)
    {
        foreach (var waiver in manifest.Waivers)
        {
            Descriptor? rule = null;
            foreach (var known in rules.Rules)
                if (known.Descriptor.Id == waiver.Rule) rule = known.Descriptor;
            var at = waiver.RuleLocation ?? waiver.Location;
            if (rule is null)
                throw Wrong(at, $"there is no rule {waiver.Rule}{(waiver.Rule.IsBuiltIn ? Spelling.Suggest(waiver.Rule.ToString(), rules.Rules.Select(r => r.Descriptor.Id.ToString())) : "; load the assembly that brings it (on the command line with '--rules')")}");
            if (!rule.Waivable) throw Wrong(at, $"{waiver.Rule} ({Artifacts.EntryPath.Printable(rule.Title)}) cannot be waived");
            if (rule.WaivedByDigestOnly && waiver.Sha256 is null)
                throw Wrong(waiver.Location, $"this waiver has no \"sha256\": {waiver.Rule} ({Artifacts.EntryPath.Printable(rule.Title)}) is waived for exact bytes only, so that the next secret in the same file is found; 'releasegate waive … --from-artifact FILE' takes it");
        }
    }

    /// <summary>An RG0005 at a place.</summary>
    public static GateException Wrong(ManifestLocation at, string message) => new(GateRules.WaiverRefused.Id, message, at.File, at.Line, at.Column);

    private static Waiver Read(ManifestText text, JsonPart item)
    {
        var part = ManifestReader.Object(text, item, "a waiver");
        ManifestReader.RequireKeys(text, part, WaiverKeys, "a waiver");
        foreach (var key in RequiredKeys)
            if (Member(part, key) is null) throw text.Wrong(part.Offset, $"the waiver has no \"{key}\"; it needs {ManifestReader.Listed(RequiredKeys)}");

        var id = Id(text, part);
        var rule = Rule(text, part);
        var path = Path(text, part);
        if (path == Waiver.WholeArtifact && rule == UnlistedEntry.Description.Id)
            throw text.Wrong(Offset(part, "path"), $"{rule} of \".\" is that no section of the manifest speaks of the artifact, and a waiver of that would let everything in it ship; write a section for it, or waive single entries");
        var (owner, _) = Words(text, part, "owner")!.Value;
        var (reason, _) = Words(text, part, "reason")!.Value;
        var expires = Day(text, Member(part, "expires")!);
        var waiver = new Waiver(id, rule, path, owner, reason, expires, text.At(part.Offset))
        {
            Artifact = Artifact(text, part),
            Sha256 = Sha256(text, part, path),
            Approver = Approver(text, part, owner),
            Ticket = Words(text, part, "ticket")?.Value,
            Since = Member(part, "since") is { } since ? Day(text, since) : null,
            RuleLocation = text.At(Offset(part, "rule")),
        };
        if (waiver.Since > expires) throw text.Wrong(Offset(part, "since"), "the waiver expires before the day it says \"since\" of");
        return waiver;
    }

    private static string Id(ManifestText text, JsonPart.Object part)
    {
        var (id, offset) = Words(text, part, "id")!.Value;
        foreach (var c in id)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) throw text.Wrong(offset, $"'{ManifestText.Shown(id)}' is no id of a waiver: letters, digits, '-', '_' and '.', e.g. \"W-7\"");
        if (id.Length > LongestId) throw text.Wrong(offset, $"an id has at most {LongestId} characters");
        return id;
    }

    private static RuleId Rule(ManifestText text, JsonPart.Object part)
    {
        var value = ManifestReader.Text(text, Member(part, "rule")!);
        if (RuleId.TryParse(value.Value, out var id))
            return id.IsGate ? throw text.Wrong(value.Offset, $"{id} is about the gate itself, and no waiver silences it") : id;
        throw text.Wrong(value.Offset, value.Value.Contains('*', StringComparison.Ordinal)
            ? "a waiver is about one rule; write one for each"
            : $"'{ManifestText.Shown(value.Value)}' is no rule id: two to eight capital letters and four digits, e.g. RG2006");
    }

    private static string Path(ManifestText text, JsonPart.Object part)
    {
        var value = ManifestReader.Text(text, Member(part, "path")!);
        var path = value.Value;
        if (string.IsNullOrWhiteSpace(path)) throw text.Wrong(value.Offset, "the path is empty; name the entry as the report does, or \".\" for the artifact as a whole");
        if (path.Contains('\\', StringComparison.Ordinal)) throw text.Wrong(value.Offset, $"'{ManifestText.Shown(path)}': '\\' is no separator here: write '/'");
        if (path.Contains("**", StringComparison.Ordinal)) throw text.Wrong(value.Offset, "a waiver is about one path; '**' would silence everything below a folder");
        if (path == "*") throw text.Wrong(value.Offset, "a waiver is about one path; '*' would silence everything at the top");
        if (path.AsSpan().Count('*') > 1) throw text.Wrong(value.Offset, "a waiver is about one path, with at most one '*' inside one segment");
        if (path[0] == '/') throw text.Wrong(value.Offset, "paths have no leading '/'");
        return path;
    }

    private static ManifestPattern? Artifact(ManifestText text, JsonPart.Object part)
    {
        if (Member(part, "artifact") is not { } member) return null;
        var value = ManifestReader.Text(text, member);
        return Glob.TryParseArtifactName(value.Value, out var glob, out var error)
            ? new ManifestPattern(glob, text.At(value.Offset))
            : throw text.Wrong(value.Offset, $"the pattern '{ManifestText.Shown(value.Value)}' is wrong: {error}");
    }

    private static Digest? Sha256(ManifestText text, JsonPart.Object part, string path)
    {
        if (Member(part, "sha256") is not { } member) return null;
        var value = ManifestReader.Text(text, member);
        if (!Digest.TryParse(value.Value, out var digest)) throw text.Wrong(value.Offset, $"'{ManifestText.Shown(value.Value)}' is no SHA-256: 64 hexadecimal digits");
        if (path == Waiver.WholeArtifact) throw text.Wrong(value.Offset, "\"sha256\" is that of an entry, and \".\" stands for the artifact as a whole; leave one of them out");
        if (path.Contains('*', StringComparison.Ordinal)) throw text.Wrong(value.Offset, "\"sha256\" is that of one entry, and the path has a '*'; name the entry");
        return digest;
    }

    private static string? Approver(ManifestText text, JsonPart.Object part, string owner)
    {
        if (Words(text, part, "approver") is not var (approver, offset)) return null;
        if (string.Equals(approver, owner, StringComparison.OrdinalIgnoreCase)) throw text.Wrong(offset, "the approver is the owner; somebody else agrees to a waiver, or leave \"approver\" out");
        return approver;
    }

    /// <summary>A text of the waiver without blanks around it, or null where the key is missing.</summary>
    private static (string Value, int Offset)? Words(ManifestText text, JsonPart.Object part, string key)
    {
        if (Member(part, key) is not { } member) return null;
        var value = ManifestReader.Text(text, member);
        var words = value.Value.Trim();
        if (words.Length == 0) throw text.Wrong(value.Offset, $"\"{key}\" is blank");
        var isSeen = false;
        foreach (var rune in words.EnumerateRunes())
        {
            // Two names that look the same would be two people, and one that nobody sees would be somebody. A reason may have lines, and languages that need joiners.
            if (key != "reason" && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse)
                throw text.Wrong(value.Offset, $"\"{key}\" holds a character that nobody sees (U+{rune.Value:X4}); leave it out");
            isSeen |= Rune.IsLetterOrDigit(rune);
        }

        return isSeen ? (words, value.Offset) : throw text.Wrong(value.Offset, $"\"{key}\" has neither a letter nor a digit");
    }

    private static DateOnly Day(ManifestText text, JsonMember member)
    {
        var value = ManifestReader.Text(text, member);
        return DateOnly.TryParseExact(value.Value, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : throw text.Wrong(value.Offset, $"\"{member.Name}\" is '{ManifestText.Shown(value.Value)}', and that is no day; write it like \"2027-01-31\"");
    }

    private static TimeSpan Span(ManifestText text, JsonMember member)
    {
        var value = ManifestReader.Text(text, member);
        if (value.Value is { Length: > 1 } written && int.TryParse(written.AsSpan(0, written.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            if (written[^1] == 'h' && number <= MostDays * 24) return TimeSpan.FromHours(number);
            if (written[^1] == 'd' && number <= MostDays) return TimeSpan.FromDays(number);
        }

        throw text.Wrong(value.Offset, $"\"{member.Name}\" is a time in hours or days, at most {MostDays} days, e.g. \"24h\" or \"7d\"");
    }

    private static JsonMember? Member(JsonPart.Object part, string key)
    {
        foreach (var member in part.Members)
            if (member.Name == key) return member;
        return null;
    }

    private static int Offset(JsonPart item, string key) => item is JsonPart.Object part && Member(part, key) is { } member ? member.Value.Offset : item.Offset;

    // What is wrong with a waiver is said as any mistake in a manifest, under the number that is about waivers.
    private static void Refusing(Action read)
    {
        try
        {
            read();
        }
        catch (GateException mistake) when (mistake.Rule == GateRules.ManifestInvalid.Id)
        {
            throw new GateException(GateRules.WaiverRefused.Id, mistake.Message, mistake.File, mistake.Line, mistake.Column, mistake);
        }
    }
}
