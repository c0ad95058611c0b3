using System.Globalization;
using System.IO.Abstractions;
using ReleaseGate.Governance;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>The manifest of a git revision (<see cref="GateRequest.PolicyFrom"/>), and what the working copy's is beside it.</summary>
/// <param name="Manifest">What counts.</param>
/// <param name="Found">False where the revision has no manifest and the built-in profile serves.</param>
/// <param name="From">The revision as asked, and the commit, e.g. <c>origin/main (1a2b…)</c>.</param>
/// <param name="Working">The manifest that would serve without the revision; null where that says the same, or where a named one is gone.</param>
/// <param name="Changes">What <paramref name="Working"/> would permit.</param>
/// <param name="Drill">What the report of a drill says that <paramref name="Manifest"/> names, as it is in the revision; null: it names none.</param>
internal sealed record BasePolicy(Manifest Manifest, bool Found, string From, Manifest? Working, IReadOnlyList<PolicyChange> Changes, DrillMatrix? Drill)
{
    private const int ShortId = 12;
    private const int MostRemoved = 5;

    /// <summary>Reads both.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="request">A request with a revision.</param>
    /// <param name="rules">The ids of all rules.</param>
    /// <param name="readWorking">Reads the manifest that would serve without the revision.</param>
    /// <exception cref="GateException">RG0001: the revision or one of the manifests is not there or wrong.</exception>
    public static BasePolicy Read(IFileSystem files, GateRequest request, IReadOnlyCollection<RuleId> rules, Func<IManifestFiles, (Manifest Manifest, bool Found)> readWorking)
    {
        using var revision = Open(files, request);
        var named = Named(files, request);
        var (manifest, found) = ReadBase(revision, revision, named);
        Require(revision, manifest, rules);
        var drill = DrillOf(revision, manifest);

        var disk = new FilesOnDisk(files);
        PolicyChange[] moved = IsNew(revision, disk, named) ? [new PolicyChange($"this folder is not in {ManifestText.Shown(revision.Revision)}: {(found ? ManifestText.Shown(Below(revision, manifest.File!)) : $"the built-in profile '{manifest.Name}'")} judged it", null)] : [];
        // Whoever deletes what the command line names permits nothing by it.
        if (named is not null && !disk.IsThere(named)) return Of(null, [new PolicyChange($"deletes the manifest, {ManifestText.Shown(named)}", null)]);
        var (working, _) = readWorking(disk);
        ManifestReader.RequireKnownRules(working, rules);
        if (working.Digest == manifest.Digest || readWorking(new UniformLines(disk)).Manifest.Digest == ReadBase(revision, new UniformLines(revision), named).Manifest.Digest)
            return Of(null, moved);

        var changes = ManifestChanges.Between(manifest, working);
        return Of(working, changes.Count > 0 ? [.. moved, .. changes] : [.. moved, new PolicyChange("the manifest differs", working.File is { } file ? new ManifestLocation(file, 1, 1) : null)]);

        BasePolicy Of(Manifest? other, IReadOnlyList<PolicyChange> told) => new(manifest, found, FromOf(revision), other, told, drill);
    }

    /// <summary>Reads what counts alone.</summary>
    /// <exception cref="GateException">RG0001.</exception>
    public static Manifest ReadManifest(IFileSystem files, GateRequest request)
    {
        using var revision = Open(files, request);
        var named = Named(files, request);
        _ = IsNew(revision, new FilesOnDisk(files), named);
        return ReadBase(revision, revision, named).Manifest;
    }

    /// <summary>Whether the search begins in a folder that the revision does not have. A change that also takes a manifest away may have moved what that one is about.</summary>
    /// <exception cref="GateException">RG0001: it takes one away.</exception>
    private static bool IsNew(GitRevision revision, FilesOnDisk disk, string? named)
    {
        if (named is not null || revision.IsFolder(revision.Start)) return false;
        var removed = new List<string>();
        foreach (var file in revision.All(ManifestSearch.FileName))
            if (!disk.IsThere(file)) removed.Add(ManifestText.Shown(Below(revision, file)));
        if (removed.Count == 0) return true;
        var (shown, rest) = (removed.Take(MostRemoved), removed.Count - MostRemoved);
        throw new GateException(GateRules.ManifestInvalid.Id, string.Create(CultureInfo.InvariantCulture,
            $"this folder is not in {ManifestText.Shown(revision.Revision)}, and the change removes {string.Join(", ", shown)}{(rest > 0 ? $" and {rest} more" : "")}, which is there: a project that moves would shed its manifest; keep the manifest with the project in a change of its own, merged first"), revision.Start);
    }

    private static string Below(GitRevision revision, string file) => revision.Path.GetRelativePath(revision.Root, file).Replace(revision.Path.DirectorySeparatorChar, '/');

    // A change could choose a profile, as it could choose anything that is no file of the revision.
    private static GitRevision Open(IFileSystem files, GateRequest request) => request.Profile is not { } profile ? GitRevision.Open(files, request.SearchFrom, request.PolicyFrom!)
        : throw new GateException(GateRules.ManifestInvalid.Id, $"a profile stands in no revision; to judge by '{ManifestText.Shown(profile)}', commit a releasegate.json with \"extends\": \"{ManifestText.Shown(profile)}\"");

    private static string? Named(IFileSystem files, GateRequest request) => request.Manifest is null ? null : files.Path.GetFullPath(request.Manifest, request.SearchFrom);

    private static string FromOf(GitRevision revision) => $"{revision.Revision} ({revision.Commit})";

    // Money is reckoned from it: a change could bring one that its tool passed with glory.
    private static DrillMatrix? DrillOf(GitRevision revision, Manifest manifest)
    {
        if (manifest.Exposure?.Drill is not { } path) return null;
        try
        {
            return DrillReader.Read(ManifestReader.ReadFile(revision, path, $"the report of a drill that the exposure names, {ManifestText.Shown(Below(revision, path))},"), path);
        }
        catch (GateException mistake)
        {
            throw In(revision, mistake);
        }
    }

    private static (Manifest Manifest, bool Found) ReadBase(GitRevision revision, IManifestFiles files, string? named)
    {
        try
        {
            var reader = new ManifestReader(files);
            // A folder that is new in this change holds nothing there.
            var start = revision.Start;
            while (named is null && !files.IsFolder(start)) start = files.Path.GetDirectoryName(start)!;
            return (named ?? new ManifestSearch(files).Find(start)) is { } file ? (reader.Read(file), true) : (reader.ReadProfile(ManifestReader.DefaultProfile), false);
        }
        catch (GateException mistake)
        {
            throw In(revision, mistake);
        }
    }

    private static void Require(GitRevision revision, Manifest manifest, IReadOnlyCollection<RuleId> rules)
    {
        try
        {
            ManifestReader.RequireKnownRules(manifest, rules);
        }
        catch (GateException mistake)
        {
            throw In(revision, mistake);
        }
    }

    // Editors open the file of the working copy, where the line may be another or right already.
    private static GateException In(GitRevision revision, GateException mistake) =>
        new(mistake.Rule, $"in {ManifestText.Shown(revision.Revision)} ({revision.Commit[..ShortId]}): {mistake.Message}", mistake.File, mistake.Line, mistake.Column, mistake);
}
