using System.Buffers.Binary;
using System.Globalization;
using System.IO.Abstractions;
using System.Reflection;
using System.Security.Cryptography;
using ReleaseGate.Governance;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Policy;

/// <summary>
/// Reads manifests and built-in profiles. Strict: an unknown or repeated key, a wrong type, a malformed pattern or size is an RG0001
/// that names file, line and column. The format is described in docs/manifest.md and by releasegate.schema.json.
/// </summary>
public sealed class ManifestReader
{
    /// <summary>The most bytes a manifest may have.</summary>
    public const int MaximumLength = 4 << 20;

    /// <summary>The profile that serves where there is no manifest.</summary>
    public const string DefaultProfile = "closed";

    private const int LongestChain = 16;

    private readonly IManifestFiles _files;

    /// <summary>Makes a reader of what lies on the disk.</summary>
    public ManifestReader(IFileSystem files) : this(new FilesOnDisk(files)) { }

    internal ManifestReader(IManifestFiles files) => _files = files;

    // The schema is held against these in both directions.
    internal static readonly string[] ManifestKeys = ["$schema", "extends", "artifacts", "rules", "hosts", "firstParty", "debug", "identifiers", "private", "licenses", "dependencies", "waivers", "deadlines", "seal", "log", "exposure"];
    internal static readonly string[] SectionKeys = ["match", "destination", "require", "allow", "forbid", "limits"];
    internal static readonly string[] LimitKeys = ["size", "entries", "entry", "output", "nested", "ratio", "growth"];
    internal static readonly string[] DebugKeys = ["generatedSources", "wasmNames", "roots"];
    internal static readonly string[] Destinations = [ArtifactPolicy.Private, ArtifactPolicy.Public];
    internal static readonly string[] Severities = ["error", "warning", "note", "off"];

    private static readonly (string Unit, decimal Bytes)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1)];

    /// <summary>The names of the built-in profiles.</summary>
    public static IReadOnlyList<string> ProfileNames { get; } =
    [
        .. typeof(ManifestReader).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(ProfilePrefix, StringComparison.Ordinal) && n.EndsWith(ProfileSuffix, StringComparison.Ordinal))
            .Select(n => n[ProfilePrefix.Length..^ProfileSuffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    private const string ProfilePrefix = "ReleaseGate.Profiles.";
    private const string ProfileSuffix = ".json";
    private const string SchemaResource = "ReleaseGate.releasegate.schema.json";

    /// <summary>Where editors find the schema of the manifest: the value of <c>$schema</c>.</summary>
    public const string SchemaAddress = "https://raw.githubusercontent.com/releasegate/releasegate/main/src/ReleaseGate.Core/Policy/releasegate.schema.json";

    /// <summary>The JSON Schema of the manifest, for editors.</summary>
    public static string SchemaText() => System.Text.Encoding.UTF8.GetString(Resource(SchemaResource));

    /// <summary>The text of a built-in profile, as <c>releasegate profile</c> prints it.</summary>
    /// <exception cref="GateException">RG0001: there is no such profile.</exception>
    public static string ProfileText(string name)
    {
        RequireProfile(name, null);
        return System.Text.Encoding.UTF8.GetString(Resource(ProfilePrefix + name + ProfileSuffix));
    }

    /// <summary>Reads a manifest and everything it extends.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="GateException">RG0001: it cannot be read or is wrong.</exception>
    /// <exception cref="ArgumentException">The path is relative.</exception>
    public Manifest Read(string path)
    {
        if (!_files.Path.IsPathFullyQualified(path)) throw new ArgumentException($"The path of a manifest must be full; '{path}' is not.", nameof(path));
        var full = _files.Path.GetFullPath(path);
        var merged = new Merged(_files);
        Merge(full, null, merged, depth: 0, chain: []);
        return merged.ToManifest(full, full);
    }

    /// <summary>Reads what a manifest would be with another text, and everything it extends: for a text that lies in no file, too.</summary>
    /// <param name="path">The full path that it has or would have; what it extends is found from there.</param>
    /// <param name="text">The text, UTF-8.</param>
    /// <exception cref="GateException">RG0001: it is wrong.</exception>
    public Manifest Read(string path, byte[] text)
    {
        var full = _files.Path.GetFullPath(path);
        if (text.Length > MaximumLength) throw TooLong("the manifest", full);
        var merged = new Merged(_files) { Text = text };
        Merge(full, null, merged, depth: 0, chain: []);
        return merged.ToManifest(full, full);
    }

    /// <summary>Reads a built-in profile as the manifest to judge by.</summary>
    /// <exception cref="GateException">RG0001: there is no such profile.</exception>
    public Manifest ReadProfile(string name)
    {
        RequireProfile(name, null);
        var merged = new Merged(_files);
        Merge(null, name, merged, depth: 0, chain: []);
        return merged.ToManifest(name, null);
    }

    /// <summary>Refuses severities for rules that do not exist. Called once all rule assemblies are loaded.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="known">The ids of all rules, those of the gate itself included.</param>
    /// <exception cref="GateException">RG0001 at the first setting, by place, that is about an unknown rule.</exception>
    public static void RequireKnownRules(Manifest manifest, IEnumerable<RuleId> known)
    {
        if (manifest.Rules.Count == 0 && manifest.Exposure is null) return;
        var ids = known.ToHashSet();
        foreach (var rule in ExposureRules.All) ids.Add(rule.Id);
        if (manifest.Exposure is { } exposure) ExposureReader.RequireKnownRules(exposure, ids);
        // The usual way out, before queries that have to be compiled first.
        var wrong = false;
        foreach (var (id, _) in manifest.Rules) wrong |= !ids.Contains(id);
        if (!wrong) return;
        var unknown = manifest.Rules.Where(r => !ids.Contains(r.Key)).OrderBy(r => r.Value.Location.File, StringComparer.Ordinal).ThenBy(r => r.Value.Location.Line).ThenBy(r => r.Value.Location.Column);
        foreach (var (id, setting) in unknown)
        {
            var hint = id.IsBuiltIn ? Spelling.Suggest(id.ToString(), ids.Where(i => !i.IsGate).Select(i => i.ToString())) : "; load the assembly that brings it (on the command line with '--rules')";
            throw ManifestText.Wrong(setting.Location, $"there is no rule {id}{hint}");
        }
    }

    private void Merge(string? file, string? profile, Merged merged, int depth, IReadOnlyList<string> chain)
    {
        var identity = file ?? "profile:" + profile;
        if (!merged.Seen.Add(identity)) return;
        var bytes = file is null ? Resource(ProfilePrefix + profile + ProfileSuffix) : depth == 0 && merged.Text is { } given ? given : ReadFile(_files, file, "the manifest");
        Append(merged.Digest, bytes);

        var (text, root) = ManifestText.Parse(file ?? profile!, bytes);
        var manifest = Object(text, root, "the manifest");
        RequireKeys(text, manifest, ManifestKeys, "a manifest");
        merged.Sources.Add(new ManifestSource(file ?? profile!, file is null, text, manifest));
        foreach (var member in manifest.Members)
        {
            switch (member.Name)
            {
                case "$schema":
                    Text(text, member);
                    break;
                case "artifacts":
                    foreach (var item in Items(text, member)) merged.Sections.Add(Section(text, item, inherited: depth > 0 || file is null));
                    break;
                case "hosts":
                    merged.Hosts.AddRange(Hosts(text, member));
                    break;
                case "firstParty":
                    merged.FirstParty.AddRange(Patterns(text, member));
                    break;
                case "debug":
                    AddDebug(text, member, merged);
                    break;
                case "identifiers":
                    merged.Identifiers.Add(text, member, file, merged.Digest);
                    break;
                case "private":
                    merged.Private.Add(text, member);
                    break;
                case "licenses":
                    merged.Licenses.Add(text, member);
                    break;
                case "dependencies":
                    merged.Dependencies.Add(text, member);
                    break;
                case "waivers":
                    merged.Waivers.AddWaivers(text, member);
                    break;
                case "deadlines":
                    merged.Waivers.AddDeadlines(text, member);
                    break;
                case "seal":
                    merged.Seal = merged.Seal.Merged(text, member, merged.SealSeen);
                    break;
                case "log":
                    var log = AuditLogPlace.Read(_files, text, member, file);
                    // Own ones come first.
                    merged.AuditLog ??= log;
                    break;
                case "exposure":
                    merged.AddExposure(text, member, file);
                    break;
                case "rules":
                    foreach (var rule in Object(text, member.Value, "\"rules\"").Members) AddRule(text, rule, merged);
                    break;
            }
        }

        // What is extended comes after everything of one's own, wherever the key stands.
        var extended = manifest.Members.FirstOrDefault(m => m.Name == "extends");
        if (extended is null) return;
        string[] path = [.. chain, identity];
        foreach (var (name, offset) in Names(text, extended))
        {
            if (depth + 1 >= LongestChain) throw text.Wrong(offset, $"more than {LongestChain} manifests extend one another");
            if (!name.Contains('/', StringComparison.Ordinal) && !name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                RequireProfile(name, text.At(offset));
                RequireNoCycle("profile:" + name, offset);
                Merge(null, name, merged, depth + 1, path);
                continue;
            }

            var target = PathOf(_files, text, name, offset, file, "a profile extends only profiles");
            RequireNoCycle(target, offset);
            if (!_files.IsFile(target)) throw text.Wrong(offset, $"the file it extends is not there: {ManifestText.Shown(target)}");
            Merge(target, null, merged, depth + 1, path);
        }

        void RequireNoCycle(string target, int offset)
        {
            if (path.Contains(target, StringComparer.Ordinal)) throw text.Wrong(offset, $"the manifest extends itself by way of {ManifestText.Shown(string.Join(" → ", [.. path, target]))}");
        }
    }

    // With its length before it: what moves from the end of one file to the beginning of the next is a change.
    internal static void Append(IncrementalHash digest, ReadOnlySpan<byte> content)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(length, content.Length);
        digest.AppendData(length);
        digest.AppendData(content);
    }

    /// <summary>The full path of a file that a manifest names.</summary>
    internal static string PathOf(IManifestFiles files, ManifestText text, string name, int offset, string? manifest, string otherwise)
    {
        if (manifest is null) throw text.Wrong(offset, otherwise);
        if (name.Contains('\\', StringComparison.Ordinal)) throw text.Wrong(offset, $"'{ManifestText.Shown(name)}': write '/' instead of '\\', so that it works everywhere");
        if (name.Contains('\0', StringComparison.Ordinal) || files.Path.IsPathRooted(name) || name.Contains(':', StringComparison.Ordinal))
            throw text.Wrong(offset, $"'{ManifestText.Shown(name)}' is no path relative to the manifest");
        return files.Path.GetFullPath(files.Path.Combine(files.Path.GetDirectoryName(manifest)!, name));
    }

    internal static byte[] ReadFile(IManifestFiles files, string path, string what)
    {
        if (files.IsFolder(path)) throw new GateException(GateRules.ManifestInvalid.Id, $"{what} cannot be read: it is a folder", path);
        if (!files.IsFile(path)) throw new GateException(GateRules.ManifestInvalid.Id, $"{what} cannot be read: there is no such file", path);
        try
        {
            using var stream = files.Open(path);
            using var held = new MemoryStream();
            var buffer = new byte[16 << 10];
            for (int read; (read = stream.Read(buffer, 0, buffer.Length)) > 0;)
            {
                held.Write(buffer, 0, read);
                if (held.Length > MaximumLength) throw TooLong(what, path);
            }

            return held.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateException(GateRules.ManifestInvalid.Id, $"{what} cannot be read: {e.Message}", path, inner: e);
        }
    }

    private static GateException TooLong(string what, string path) => new(GateRules.ManifestInvalid.Id, $"{what} has more than {MaximumLength >> 20} MiB", path, 1, 1);

    private static byte[] Resource(string name)
    {
        using var stream = typeof(ManifestReader).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource '{name}' is missing from the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void RequireProfile(string name, ManifestLocation? at)
    {
        if (ProfileNames.Contains(name, StringComparer.Ordinal)) return;
        throw new GateException(GateRules.ManifestInvalid.Id,
            $"there is no profile '{ManifestText.Shown(name)}', only {Listed(ProfileNames)}{(at is null ? "" : "; a file is named with a '/' or ends in .json")}{Spelling.Suggest(name, ProfileNames)}",
            at?.File, at?.Line ?? 0, at?.Column ?? 0);
    }

    private static ManifestSection Section(ManifestText text, JsonPart part, bool inherited)
    {
        var section = Object(text, part, "an element of \"artifacts\"");
        RequireKeys(text, section, SectionKeys, "an element of \"artifacts\"");
        ManifestPattern? match = null;
        string? destination = null;
        IReadOnlyList<ManifestPattern> require = [], allow = [], forbid = [];
        var limits = ManifestLimits.None;
        foreach (var member in section.Members)
        {
            switch (member.Name)
            {
                case "match":
                    var name = Text(text, member);
                    if (!Glob.TryParseArtifactName(name.Value, out var glob, out var error)) throw text.Wrong(name.Offset, $"the pattern '{ManifestText.Shown(name.Value)}' is wrong: {error}");
                    match = new ManifestPattern(glob, text.At(name.Offset));
                    break;
                case "destination":
                    var named = Text(text, member);
                    if (!Destinations.Contains(named.Value, StringComparer.Ordinal))
                        throw text.Wrong(named.Offset, $"'{ManifestText.Shown(named.Value)}' is no destination, there are {Listed(Destinations)}{Spelling.Suggest(named.Value, Destinations)}");
                    destination = named.Value;
                    break;
                case "require":
                    require = Patterns(text, member);
                    break;
                case "allow":
                    allow = Patterns(text, member);
                    break;
                case "forbid":
                    forbid = Patterns(text, member);
                    break;
                case "limits":
                    limits = Limits(text, member);
                    break;
            }
        }

        if (match is null) throw text.Wrong(part.Offset, "the section has no \"match\", so nobody knows which artifacts it is about, e.g. \"match\": \"*.nupkg\"");
        return new ManifestSection(match, require, allow, forbid, limits, destination, inherited, text.At(part.Offset));
    }

    private static List<ManifestPattern> Patterns(ManifestText text, JsonMember member)
    {
        var patterns = new List<ManifestPattern>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in Items(text, member))
        {
            if (item is not JsonPart.Text pattern) throw text.Wrong(item.Offset, $"\"{member.Name}\" holds patterns, which are strings; this is {item.Kind}");
            if (!Glob.TryParse(pattern.Value, out var glob, out var error)) throw text.Wrong(pattern.Offset, $"the pattern '{ManifestText.Shown(pattern.Value)}' is wrong: {error}");
            if (!seen.TryAdd(pattern.Value, pattern.Offset)) throw text.Wrong(pattern.Offset, $"the pattern '{ManifestText.Shown(pattern.Value)}' stands in \"{member.Name}\" a second time; the first is in line {text.At(seen[pattern.Value]).Line}");
            patterns.Add(new ManifestPattern(glob, text.At(pattern.Offset)));
        }

        return patterns;
    }

    private static ManifestLimits Limits(ManifestText text, JsonMember member)
    {
        var part = Object(text, member.Value, "\"limits\"");
        RequireKeys(text, part, LimitKeys, "\"limits\"");
        var limits = new ManifestLimits { Location = text.At(member.Offset) };
        foreach (var limit in part.Members)
        {
            limits = limit.Name switch
            {
                "size" => limits with { Size = Size(text, limit) },
                "entry" => limits with { Entry = Size(text, limit) },
                "output" => limits with { Output = Size(text, limit) },
                // Nested archives are held in arrays, which end there.
                "nested" => limits with { Nested = Size(text, limit, Array.MaxLength) },
                "entries" => limits with { Entries = Count(text, limit) },
                "ratio" => limits with { Ratio = Count(text, limit) },
                "growth" => limits with { Growth = Percentage(text, limit) },
                _ => throw new InvalidOperationException($"The key '{limit.Name}' is allowed but not read."),
            };
        }

        return limits;
    }

    private static IEnumerable<string> Hosts(ManifestText text, JsonMember member)
    {
        foreach (var item in Items(text, member))
        {
            if (item is not JsonPart.Text host) throw text.Wrong(item.Offset, $"\"{member.Name}\" holds host names, which are strings; this is {item.Kind}");
            var name = host.Value.StartsWith("*.", StringComparison.Ordinal) ? host.Value[2..] : host.Value;
            if (Uri.CheckHostName(name) is UriHostNameType.Unknown or UriHostNameType.Basic)
                throw text.Wrong(host.Offset, $"'{ManifestText.Shown(host.Value)}' is no host name; write the name alone, e.g. \"github.com\", or \"*.acme.com\" for all below it");
            yield return host.Value;
        }
    }

    private static void AddDebug(ManifestText text, JsonMember member, Merged merged)
    {
        var part = Object(text, member.Value, "\"debug\"");
        RequireKeys(text, part, DebugKeys, "\"debug\"");
        foreach (var setting in part.Members)
        {
            // First come, first served, as with severities; roots add up.
            var isNew = merged.DebugSeen.Add(setting.Name);
            switch (setting.Name)
            {
                case "generatedSources":
                    var count = Count(text, setting, least: 0);
                    if (isNew) merged.Debug = merged.Debug with { GeneratedSources = count };
                    break;
                case "wasmNames":
                    var severity = ReadSeverity(text, setting);
                    if (isNew) merged.Debug = merged.Debug with { WasmNames = severity };
                    break;
                case "roots":
                    var roots = new List<string>(merged.Debug.Roots);
                    foreach (var item in Items(text, setting))
                    {
                        if (item is not JsonPart.Text { Value.Length: > 0 } root) throw text.Wrong(item.Offset, "\"roots\" holds folders of build machines, e.g. \"/build/\"");
                        if (root.Value.Contains('\\', StringComparison.Ordinal)) throw text.Wrong(root.Offset, $"'{ManifestText.Shown(root.Value)}': write '/' instead of '\\'; it stands for both");
                        if (root.Value is "/" || !BuildPath.IsAbsolute(root.Value)) throw text.Wrong(root.Offset, $"'{ManifestText.Shown(root.Value)}' is no folder of a build machine; write it whole, e.g. \"/build/\" or \"D:/agent/\"");
                        roots.Add(root.Value.EndsWith('/') ? root.Value : root.Value + "/");
                    }

                    merged.Debug = merged.Debug with { Roots = roots };
                    break;
            }
        }
    }

    private static int Count(ManifestText text, JsonMember member, int least = 1)
    {
        if (member.Value is JsonPart.Number number && int.TryParse(number.Digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least) return count;
        throw text.Wrong(member.Value.Offset, $"\"{member.Name}\" is a whole number from {least} to {int.MaxValue.ToString(CultureInfo.InvariantCulture)}");
    }

    private static long Size(ManifestText text, JsonMember member, long most = long.MaxValue)
    {
        var written = member.Value switch
        {
            JsonPart.Number number => number.Digits,
            JsonPart.Text value => value.Value,
            _ => null,
        };
        if (written is null || !TryParseSize(written, out var bytes))
            throw text.Wrong(member.Value.Offset, $"\"{member.Name}\" is a size: a number of bytes, or a number with KB, MB, GB (powers of 1,000) or KiB, MiB, GiB (powers of 1,024), e.g. \"2 MB\"");
        if (bytes > most) throw text.Wrong(member.Value.Offset, $"\"{member.Name}\" can be at most {most.ToString(CultureInfo.InvariantCulture)} bytes");
        return bytes;
    }

    // A part of the whole: 0.25 for "25%". At most a million times as much, and no finer than a thousandth of a percent.
    private static double Percentage(ManifestText text, JsonMember member)
    {
        if (member.Value is JsonPart.Text { Value: [.. var digits, '%'] } && digits.Length is > 0 and <= 12 && char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[^1])
            && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0.001m and <= 100_000_000m) return (double)(percent / 100);
        throw text.Wrong(member.Value.Offset, $"\"{member.Name}\" is how much larger than its baseline the artifact may be: a number above 0 with a percent sign, e.g. \"25%\"");
    }

    /// <summary>Reads "2 MB", "2MiB", "1.5 GB", "123"; whole bytes from 1 on.</summary>
    private static bool TryParseSize(string text, out long bytes)
    {
        bytes = 0;
        var number = text.AsSpan();
        var factor = 1m;
        foreach (var (unit, unitBytes) in Units)
        {
            if (!number.EndsWith(unit, StringComparison.Ordinal)) continue;
            number = number[..^unit.Length];
            if (number.EndsWith(" ")) number = number[..^1];
            factor = unitBytes;
            break;
        }

        // At most 18 characters: the product stays within what decimal holds.
        if (number.Length is 0 or > 18 || !char.IsAsciiDigit(number[0]) || !char.IsAsciiDigit(number[^1])) return false;
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return false;
        value *= factor;
        if (value < 1 || value > long.MaxValue || value != decimal.Truncate(value)) return false;
        bytes = (long)value;
        return true;
    }

    private static void AddRule(ManifestText text, JsonMember member, Merged merged)
    {
        if (!RuleId.TryParse(member.Name, out var id)) throw text.Wrong(member.Offset, $"'{ManifestText.Shown(member.Name)}' is no rule id: two to eight capital letters and four digits, e.g. RG2006");
        var isSwitch = id == GateRules.UnusedWaiver.Id;
        if (id.IsGate && !isSwitch) throw text.Wrong(member.Offset, $"{id} is about the gate itself; its severity cannot be changed");
        var severity = ReadSeverity(text, member);
        if (isSwitch && severity < Severity.Warning) throw text.Wrong(member.Value.Offset, $"{id} is about the gate itself; it can be set to error or warning only");
        // First come, first served: own settings were read before those of what is extended.
        merged.Rules.TryAdd(id, new RuleSetting(severity, text.At(member.Offset)));
    }

    private static Severity ReadSeverity(ManifestText text, JsonMember member)
    {
        var value = Text(text, member);
        return value.Value switch
        {
            "error" => Severity.Error,
            "warning" => Severity.Warning,
            "note" => Severity.Note,
            "off" => Severity.Off,
            _ => throw text.Wrong(value.Offset, $"'{ManifestText.Shown(value.Value)}' is no severity, there are {Listed(Severities)}{Spelling.Suggest(value.Value, Severities)}"),
        };
    }

    private static IEnumerable<(string Name, int Offset)> Names(ManifestText text, JsonMember member)
    {
        var items = member.Value is JsonPart.Array array ? array.Items : [member.Value];
        if (items.Count == 0) throw text.Wrong(member.Value.Offset, "\"extends\" is empty; leave it out to start from nothing");
        foreach (var item in items)
        {
            if (item is not JsonPart.Text { Value.Length: > 0 } name) throw text.Wrong(item.Offset, "\"extends\" is the name of a profile, the path of a file, or an array of these");
            yield return (name.Value, name.Offset);
        }
    }

    internal static JsonPart.Object Object(ManifestText text, JsonPart part, string what) =>
        part as JsonPart.Object ?? throw text.Wrong(part.Offset, $"{what} must be an object, this is {part.Kind}");

    internal static JsonPart.Text Text(ManifestText text, JsonMember member) =>
        member.Value as JsonPart.Text ?? throw text.Wrong(member.Value.Offset, $"\"{ManifestText.Shown(member.Name)}\" must be a string, this is {member.Value.Kind}");

    internal static IReadOnlyList<JsonPart> Items(ManifestText text, JsonMember member) =>
        member.Value is JsonPart.Array array ? array.Items : throw text.Wrong(member.Value.Offset, $"\"{member.Name}\" must be an array, this is {member.Value.Kind}");

    internal static void RequireKeys(ManifestText text, JsonPart.Object part, string[] allowed, string what)
    {
        foreach (var member in part.Members)
        {
            if (!allowed.Contains(member.Name, StringComparer.Ordinal))
                throw text.Wrong(member.Offset, $"{what} has no key \"{ManifestText.Shown(member.Name)}\", only {Listed(allowed)}{Spelling.Suggest(member.Name, allowed)}");
        }
    }

    internal static string Listed(IEnumerable<string> names) => string.Join(", ", names);

    /// <summary>What was gathered from a manifest and everything it extends, in order.</summary>
    private sealed class Merged(IManifestFiles files)
    {
        /// <summary>What the manifest itself says, in place of its file; or null.</summary>
        public byte[]? Text { get; init; }

        public IdentifierReader Identifiers { get; } = new(files);

        public PrivatePackagesReader Private { get; } = new();

        public WaiverReader Waivers { get; } = new();

        public List<ManifestSource> Sources { get; } = [];

        public List<ManifestSection> Sections { get; } = [];

        public Dictionary<RuleId, RuleSetting> Rules { get; } = [];

        public List<string> Hosts { get; } = [];

        public List<ManifestPattern> FirstParty { get; } = [];

        public LicensePolicy Licenses { get; } = new();

        public DependencyPolicy Dependencies { get; } = new();

        public DebugPolicy Debug { get; set; } = new();

        public string? AuditLog { get; set; }

        public HashSet<string> DebugSeen { get; } = new(StringComparer.Ordinal);

        public SealPolicy Seal { get; set; } = new();

        public HashSet<string> SealSeen { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public IncrementalHash Digest { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public ExposureModel? Exposure { get; private set; }

        // Of several the first counts, whole; the others have to make sense all the same.
        public void AddExposure(ManifestText text, JsonMember member, string? file)
        {
            var read = ExposureReader.Read(files, text, member, file);
            if (Exposure is not null) return;
            Exposure = read;
            // Money is reckoned from it, so it is part of what is judged by. One that is not there yet is missed where it is needed.
            if (read.Drill is not { } path || !files.IsFile(path)) return;
            var report = ReadFile(files, path, "the report of a drill that the exposure names");
            Append(Digest, report);
            Exposure = read with { DrillDigest = new Digest(SHA256.HashData(report)) };
        }

        public Manifest ToManifest(string name, string? file)
        {
            using (Digest)
                return new Manifest(name, file, new Digest(Digest.GetHashAndReset()), Sections, Rules) { Sources = Sources, Hosts = new HostList(Hosts), FirstParty = FirstParty, Debug = Debug, Identifiers = Identifiers.ToList(), Private = Private.ToList(), Licenses = Licenses, Dependencies = Dependencies, Waivers = Waivers.Waivers, Deadlines = Waivers.Deadlines, Seal = Seal, AuditLog = AuditLog, Exposure = Exposure };
        }
    }
}
