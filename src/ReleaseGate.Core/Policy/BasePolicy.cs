using System.IO.Abstractions;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>The manifest of a git revision (<see cref="GateRequest.PolicyFrom"/>), and what the working copy's is beside it.</summary>
/// <param name="Manifest">What counts.</param>
/// <param name="Found">False where the revision has no manifest and the built-in profile serves.</param>
/// <param name="From">The revision as asked, and the commit, e.g. <c>origin/main (1a2b…)</c>.</param>
/// <param name="Working">The manifest that would serve without the revision; null where that says the same, or where a named one is gone.</param>
/// <param name="Changes">What <paramref name="Working"/> would permit.</param>
internal sealed record BasePolicy(Manifest Manifest, bool Found, string From, Manifest? Working, IReadOnlyList<PolicyChange> Changes)
{
    private const int ShortId = 12;

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

        var disk = new FilesOnDisk(files);
        // Whoever deletes what the command line names permits nothing by it.
        if (named is not null && !disk.IsThere(named)) return Of(revision, manifest, found, null, [new PolicyChange($"deletes the manifest, {ManifestText.Shown(named)}", null)]);
        var (working, _) = readWorking(disk);
        ManifestReader.RequireKnownRules(working, rules);
        if (working.Digest == manifest.Digest || readWorking(new UniformLines(disk)).Manifest.Digest == ReadBase(revision, new UniformLines(revision), named).Manifest.Digest)
            return Of(revision, manifest, found, null, []);

        var changes = ManifestChanges.Between(manifest, working);
        return Of(revision, manifest, found, working, changes.Count > 0 ? changes : [new PolicyChange("the manifest differs", working.File is { } file ? new ManifestLocation(file, 1, 1) : null)]);
    }

    /// <summary>Reads what counts alone.</summary>
    /// <exception cref="GateException">RG0001.</exception>
    public static Manifest ReadManifest(IFileSystem files, GateRequest request)
    {
        using var revision = Open(files, request);
        return ReadBase(revision, revision, Named(files, request)).Manifest;
    }

    // A change could choose a profile, as it could choose anything that is no file of the revision.
    private static GitRevision Open(IFileSystem files, GateRequest request) => request.Profile is not { } profile ? GitRevision.Open(files, request.SearchFrom, request.PolicyFrom!)
        : throw new GateException(GateRules.ManifestInvalid.Id, $"a profile stands in no revision; to judge by '{ManifestText.Shown(profile)}', commit a releasegate.json with \"extends\": \"{ManifestText.Shown(profile)}\"");

    private static string? Named(IFileSystem files, GateRequest request) => request.Manifest is null ? null : files.Path.GetFullPath(request.Manifest, request.SearchFrom);

    private static BasePolicy Of(GitRevision revision, Manifest manifest, bool found, Manifest? working, IReadOnlyList<PolicyChange> changes) =>
        new(manifest, found, $"{revision.Revision} ({revision.Commit})", working, changes);

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
