using System.Globalization;
using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Inspection;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// Whether an artifact is the one that a receipt is about, and if not, what is different. A file is compared by its SHA-256 and opened only where that differs; a folder path by path.
/// A receipt is not signed: whoever can write the artifact can write its receipt, too.
/// </summary>
public sealed record Verification
{
    /// <summary>The name of the format that <see cref="Write"/> writes.</summary>
    public const string Schema = "releasegate/verification/v1";

    // Set where somebody could get more rights by a file: setuid, setgid, sticky.
    private const int SpecialBits = 0xE00;

    private const string Signature = ".signature.p7s";

    /// <summary>The receipt.</summary>
    public required Receipt Receipt { get; init; }

    /// <summary>The artifact's path as it was written.</summary>
    public required string Path { get; init; }

    /// <summary>The artifact as it is, without entries where they did not have to be looked at.</summary>
    public required Snapshot Now { get; init; }

    /// <summary>Whether its bytes are those that were inspected.</summary>
    public bool IsSame { get; init; }

    /// <summary>The entries that differ, by path. May be empty although the bytes differ: then it is what lies around the entries.</summary>
    public IReadOnlyList<EntryDifference> Differences { get; init; } = [];

    /// <summary>What is different, as the end of a sentence; or null.</summary>
    public string? Why { get; init; }

    /// <summary>What is not as it was and holds no bytes: names, permissions, empty folders. Whole sentences without their end.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>SHA-256 of the manifest it had to be judged by, or null where nobody asked.</summary>
    public Digest? Policy { get; init; }

    /// <summary>Whether that manifest is the one of the receipt; true where nobody asked.</summary>
    public bool IsSamePolicy => Policy is not { } policy || policy == Receipt.Policy.Digest;

    /// <summary>Whether all of it holds.</summary>
    public bool Passed => IsSame && IsSamePolicy;

    /// <summary>Compares an artifact with a receipt.</summary>
    /// <param name="files">Where the artifact lies.</param>
    /// <param name="receipt">The receipt.</param>
    /// <param name="path">The artifact as it was written.</param>
    /// <param name="fullPath">The same as a full path.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="GateException">There is no artifact, it can't be read, or it changed meanwhile (RG0007, RG0003, RG0008).</exception>
    public static Verification Of(IFileSystem files, Receipt receipt, string path, string fullPath, CancellationToken cancel = default)
    {
        fullPath = files.Path.TrimEndingDirectorySeparator(fullPath);
        var isFolder = files.Directory.Exists(fullPath);
        if (isFolder != (receipt.Content.Kind == ArtifactKind.Directory))
        {
            using var artifact = Artifact.Open(files, fullPath, isFolder);
            throw new GateException(GateRules.NothingInspected.Id, isFolder
                ? $"the receipt is about a file, '{EntryPath.Printable(receipt.Content.Name)}', and this is a folder; name the file" : $"the receipt is about a folder, '{EntryPath.Printable(receipt.Content.Name)}', and this is a file; name the folder", fullPath);
        }

        try
        {
            return isFolder ? OfFolder(files, receipt, path, fullPath, cancel) : OfFile(files, receipt, path, fullPath, cancel);
        }
        catch (UnreadableException unreadable)
        {
            throw new GateException(GateRules.Uninspectable.Id, $"it can't be read, so nobody knows whether it was inspected: {EntryPath.Printable(unreadable.Message)}", fullPath, inner: unreadable);
        }
    }

    private static Verification OfFile(IFileSystem files, Receipt receipt, string path, string fullPath, CancellationToken cancel)
    {
        var before = receipt.Content;
        Digest digest;
        using (var artifact = Artifact.Open(files, fullPath, asDirectory: false))
        {
            digest = artifact.ReadDigest() ?? throw new UnreadableException("the system refuses to read it");
            if (artifact.Changed()) throw Changed(fullPath);
            if (digest == before.Digest && artifact.Length == before.Length)
            {
                return new Verification
                {
                    Receipt = receipt,
                    Path = path,
                    Now = before with { Path = path, Name = artifact.Name, Entries = [] },
                    IsSame = true,
                    Remarks = artifact.Name == before.Name ? [] : [$"it was named '{EntryPath.Printable(before.Name)}' when it was inspected"],
                };
            }
        }

        using var opened = Artifact.Open(files, fullPath, asDirectory: false);
        var policy = new ManifestReader(files).ReadProfile(ManifestReader.DefaultProfile).For(opened.Name);
        var result = Inspection.Inspection.Run(opened, [], policy, companions: [], progress: null, cancel);
        var now = Snapshot.Of(result.Inventory, path, []);
        if (now.Digest != digest || result.Findings.Any(f => f.Rule.Id == GateRules.ArtifactChanged.Id)) throw Changed(fullPath);
        var differences = Compare(before.Entries, now.Entries);
        return new Verification
        {
            Receipt = receipt,
            Path = path,
            Now = now,
            Differences = differences,
            Why = WhyOf(before, now, differences),
            Remarks = [.. from finding in result.Findings where finding.Rule.Id == GateRules.Uninspectable.Id select $"{finding.Path?.ToString() ?? "the artifact"} can't be looked into: {EntryPath.Printable(finding.Message)}"],
        };
    }

    private static Verification OfFolder(IFileSystem files, Receipt receipt, string path, string fullPath, CancellationToken cancel)
    {
        var name = files.DirectoryInfo.FromDirectoryName(fullPath).Name;
        var before = receipt.Content;
        var entries = new List<Entry>();
        long length = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var own = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        Span<byte> digest = stackalloc byte[Digest.Size];
        foreach (var source in Reader(files, fullPath).Entries())
        {
            cancel.ThrowIfCancellationRequested();
            var entry = source.Entry;
            entries.Add(entry);
            if (entry.Type != EntryType.File) continue;
            using (var stream = source.Open())
            {
                for (int read; (read = stream.Read(buffer)) > 0; entry.Length += read) own.AppendData(buffer.AsSpan(0, read));
            }

            own.GetHashAndReset(digest);
            entry.Digest = new Digest(digest);
            entry.Complete = true;
            length += entry.Length;
            // Inventory.Digest: what says in one number whether any file came, went or changed.
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Digest}  {entry.Path.Value}\n"));
        }

        hash.GetHashAndReset(digest);
        var whole = new Digest(digest);
        if (FolderState.Of(entries) != FolderState.Of(Reader(files, fullPath))) throw Changed(fullPath);
        var held = entries.ConvertAll(e => new SnapshotEntry(e.Path.Value, e.Type, EntryKind.Binary, e.Length, e.Type == EntryType.File ? e.Digest : null, e.UnixMode, e.LinkTarget));
        var now = new Snapshot
        {
            Path = path,
            Name = name,
            Kind = ArtifactKind.Directory,
            Length = length,
            Digest = whole,
            Entries = held,
        };
        var (differences, remarks) = CompareFolder(before.Entries, held);
        if (name != before.Name) remarks.Insert(0, $"it was named '{EntryPath.Printable(before.Name)}' when it was inspected");
        return new Verification
        {
            Receipt = receipt,
            Path = path,
            Now = now,
            IsSame = differences.Count == 0 && whole == before.Digest && length == before.Length,
            Differences = differences,
            Why = differences.Count > 0 ? Counted(differences) : "the receipt contradicts itself: its digest is not that of its entries",
            Remarks = remarks,
        };
    }

    private static DirectoryReader Reader(IFileSystem files, string folder) =>
        new(files, folder, static anomaly => throw new UnreadableException($"{anomaly.Path}: {anomaly.Reason}"));

    /// <summary>What is different between two lists of entries. Several of one path are compared in their order.</summary>
    private static List<EntryDifference> Compare(IReadOnlyList<SnapshotEntry> before, IReadOnlyList<SnapshotEntry> now)
    {
        var old = ByPath(before);
        var differences = new List<EntryDifference>();
        foreach (var entry in now)
        {
            if (!old.TryGetValue(entry.Path, out var same) || same.Count == 0) differences.Add(new EntryDifference(entry.Path, ChangeKind.Added, null, entry));
            else if (same.Dequeue() is var was && !HoldsSame(was, entry)) differences.Add(new EntryDifference(entry.Path, ChangeKind.Changed, was, entry));
        }

        foreach (var entry in before)
            if (old[entry.Path].TryDequeue(out var gone)) differences.Add(new EntryDifference(gone.Path, ChangeKind.Removed, gone, null));
        differences.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return differences;
    }

    private static Dictionary<string, Queue<SnapshotEntry>> ByPath(IReadOnlyList<SnapshotEntry> entries)
    {
        var byPath = new Dictionary<string, Queue<SnapshotEntry>>(entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!byPath.TryGetValue(entry.Path, out var same)) byPath.Add(entry.Path, same = new Queue<SnapshotEntry>(1));
            same.Enqueue(entry);
        }

        return byPath;
    }

    private static bool HoldsSame(SnapshotEntry a, SnapshotEntry b) =>
        a.Type == b.Type && a.Length == b.Length && a.Digest == b.Digest && string.Equals(a.LinkTarget, b.LinkTarget, StringComparison.Ordinal)
        && (a.UnixMode is not { } before || b.UnixMode is not { } now || before == now);

    // The receipt also has what stood in archives below the folder: the same where the archive is. Which those are can't be told from the path alone, but the digest of the whole folder
    // leaves no file out. Permissions and empty folders get lost on the way through most stores of build servers.
    private static (List<EntryDifference> Differences, List<string> Remarks) CompareFolder(IReadOnlyList<SnapshotEntry> before, List<SnapshotEntry> now)
    {
        var here = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in now) here.Add(entry.Path);
        var archives = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in before)
            if (entry.Type == EntryType.File && here.Contains(entry.Path)) archives.Add(entry.Path);
        var remarks = new List<string>();
        var kept = new List<SnapshotEntry>();
        foreach (var entry in before)
            if (here.Contains(entry.Path) || !StandsInOne(entry.Path, archives)) kept.Add(entry);

        var differences = new List<EntryDifference>();
        var permissions = 0;
        foreach (var difference in Compare(kept, now))
        {
            var (was, entry) = (difference.Before, difference.After);
            if ((was?.Type ?? EntryType.Directory) == EntryType.Directory && (entry?.Type ?? EntryType.Directory) == EntryType.Directory)
                remarks.Add($"the empty folder '{EntryPath.Printable(difference.Path)}' {(was is null ? "is new" : "is gone")}");
            else if (was is not null && entry is not null && HoldsSame(was with { UnixMode = null }, entry) && ((was.UnixMode ^ entry.UnixMode) & SpecialBits) == 0) permissions++;
            else differences.Add(difference);
        }

        if (permissions > 0) remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the permissions of {permissions:N0} {(permissions == 1 ? "file" : "files")} are different"));
        return (differences, remarks);
    }

    private static bool StandsInOne(string path, HashSet<string> archives)
    {
        for (var at = path.IndexOf("!/", StringComparison.Ordinal); at >= 0; at = path.IndexOf("!/", at + 1, StringComparison.Ordinal))
            if (archives.Contains(path[..at])) return true;
        return false;
    }

    private static string WhyOf(Snapshot before, Snapshot now, List<EntryDifference> differences)
    {
        if (before.Id is not null && (before.Id != now.Id || before.Version != now.Version))
            return now.Id is null ? $"the receipt is about {Named(before)}, and this is no package" : $"the receipt is about {Named(before)}, and this is {Named(now)}";
        if (differences is [{ Path: Signature } signature])
        {
            return signature.Change switch
            {
                ChangeKind.Added => "it was signed after it was inspected: only its signature is new",
                ChangeKind.Removed => "its signature was taken away: nothing else is different",
                _ => "it was signed anew after it was inspected: only its signature is different",
            };
        }

        return differences.Count > 0 ? Counted(differences)
            : "every entry is the same, and what lies around them is not: it was packed or compressed anew, or something stands before, between or behind the entries";
    }

    private static string Named(Snapshot snapshot) => $"{EntryPath.Printable(snapshot.Id!)} {EntryPath.Printable(snapshot.Version!)}";

    private static string Counted(List<EntryDifference> differences)
    {
        var (added, removed, changed) = (0, 0, 0);
        foreach (var difference in differences)
        {
            if (difference.Change == ChangeKind.Added) added++;
            else if (difference.Change == ChangeKind.Removed) removed++;
            else changed++;
        }

        var parts = new List<string>();
        if (changed > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{changed:N0} changed"));
        if (added > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{added:N0} added"));
        if (removed > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{removed:N0} removed"));
        return $"of its entries {string.Join(", ", parts)}";
    }

    private static GateException Changed(string path) => new(GateRules.ArtifactChanged.Id, "it changed while it was compared. Let nothing write to it, and verify it once more", path);

    /// <summary>The JSON Schema of the format.</summary>
    public static string SchemaText() => JsonReporter.SchemaText("verification.schema.json");

    /// <summary>Writes it as JSON. Every key is always there.</summary>
    /// <param name="output">Where to; stays open.</param>
    public void Write(Stream output)
    {
        using var lines = new LineFeeds(output);
        using var json = new Utf8JsonWriter(lines, JsonReporter.Format);
        json.WriteStartObject();
        json.WriteString("schema"u8, Schema);
        json.WriteStartObject("tool"u8);
        json.WriteString("name"u8, "ReleaseGate"u8);
        JsonReporter.WriteText(json, "version"u8, GateReport.ToolVersion);
        json.WriteEndObject();
        json.WriteString("result"u8, Passed ? "same" : "different");
        json.WritePropertyName("artifact"u8);
        WriteIdentity(json, Now, Path);
        json.WritePropertyName("receipt"u8);
        WriteIdentity(json, Receipt.Content, Receipt.Content.Path);
        json.WriteString("inspected"u8, JsonReporter.Written(Receipt.Time));
        JsonReporter.WriteText(json, "inspectedBy"u8, Receipt.ToolVersion);
        json.WriteBoolean("sameBytes"u8, IsSame);
        JsonReporter.WriteText(json, "why"u8, IsSame ? null : Why);
        json.WriteStartObject("policy"u8);
        JsonReporter.WriteText(json, "path"u8, Receipt.Policy.Path);
        json.WriteString("sha256"u8, Receipt.Policy.Digest.ToString());
        JsonReporter.WriteText(json, "expected"u8, Policy?.ToString());
        json.WriteBoolean("same"u8, IsSamePolicy);
        json.WriteEndObject();
        json.WriteStartArray("differences"u8);
        foreach (var difference in Differences)
        {
            json.WriteStartObject();
            JsonReporter.WriteText(json, "path"u8, difference.Path);
            json.WriteString("change"u8, JsonReporter.NameOf(difference.Change));
            WriteEntry(json, "before"u8, difference.Before);
            WriteEntry(json, "after"u8, difference.After);
            json.WriteEndObject();
            if (json.BytesPending > JsonReporter.FlushAt) json.Flush();
        }

        json.WriteEndArray();
        json.WriteStartArray("remarks"u8);
        foreach (var remark in Remarks) json.WriteStringValue(remark);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteIdentity(Utf8JsonWriter json, Snapshot snapshot, string path)
    {
        json.WriteStartObject();
        JsonReporter.WriteText(json, "path"u8, path);
        JsonReporter.WriteText(json, "name"u8, snapshot.Name);
        json.WriteString("kind"u8, snapshot.Kind.ToString());
        JsonReporter.WriteText(json, "id"u8, snapshot.Id);
        JsonReporter.WriteText(json, "version"u8, snapshot.Version);
        json.WriteString("sha256"u8, snapshot.Digest.ToString());
        json.WriteNumber("size"u8, snapshot.Length);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, ReadOnlySpan<byte> key, SnapshotEntry? entry)
    {
        if (entry is null)
        {
            json.WriteNull(key);
            return;
        }

        json.WriteStartObject(key);
        json.WriteString("type"u8, entry.Type.ToString());
        json.WriteNumber("size"u8, entry.Length);
        JsonReporter.WriteText(json, "sha256"u8, entry.Digest?.ToString());
        JsonReporter.WriteNumber(json, "mode"u8, entry.UnixMode);
        JsonReporter.WriteText(json, "linkTarget"u8, entry.LinkTarget);
        json.WriteEndObject();
    }
}

/// <summary>An entry that is not what it was when the artifact was inspected.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Change">What happened.</param>
/// <param name="Before">As it was inspected; null where it was not there.</param>
/// <param name="After">As it is; null where it is gone.</param>
public sealed record EntryDifference(string Path, ChangeKind Change, SnapshotEntry? Before, SnapshotEntry? After);
