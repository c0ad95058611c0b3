namespace ReleaseGate.Policy;

/// <summary>
/// Reads where a manifest wants its audit log: below the root of its repository, or without a repository below its own folder, and never in what a version control system keeps there.
/// Whoever changes a manifest decides where every run writes: elsewhere on the machine only who starts the run may say so.
/// </summary>
internal static class AuditLogPlace
{
    private static readonly string[] Private = [".git", ".hg", ".svn"];

    /// <summary>The full path.</summary>
    /// <exception cref="GateException">RG0001: it is no file that a manifest may name.</exception>
    public static string Read(IManifestFiles files, ManifestText text, JsonMember member, string? manifest)
    {
        var name = ManifestReader.Text(text, member);
        if (string.IsNullOrWhiteSpace(name.Value) || name.Value.EndsWith('/')) throw text.Wrong(name.Offset, "\"log\" is the file of the audit log, a path relative to the manifest, e.g. \"log\": \"releases.log.jsonl\"");
        var path = ManifestReader.PathOf(files, text, name.Value, name.Offset, manifest, "a profile names no audit log");
        var folder = files.Path.GetDirectoryName(manifest!)!;
        var root = files.Repository(folder);
        string relative;
        try
        {
            relative = files.Path.GetRelativePath(files.Resolve(root ?? folder), files.Resolve(path));
        }
        catch (IOException e)
        {
            throw text.Wrong(name.Offset, $"where \"log\" leads can't be told: {ManifestText.Shown(e.Message)}");
        }

        var parts = relative.Split(files.Path.DirectorySeparatorChar, files.Path.AltDirectorySeparatorChar);
        if (relative == "." || parts[0] == ".." || files.Path.IsPathRooted(relative))
            throw text.Wrong(name.Offset, $"the audit log would lie outside of {(root is null ? "the manifest's folder" : "the manifest's repository")}; a manifest names one inside, and '--log FILE' or ReleaseGateLog may name any");
        foreach (var part in parts)
        {
            if (IsPrivate(part))
                throw text.Wrong(name.Offset, $"the audit log would lie in '{ManifestText.Shown(part)}', which belongs to the version control; name another file here, or any with '--log FILE' or ReleaseGateLog");
        }

        return path;
    }

    // "GIT~1" is the short name that Windows gives the folder.
    private static bool IsPrivate(string part) => Array.Exists(Private, p => p.Equals(part.TrimEnd('.', ' '), StringComparison.OrdinalIgnoreCase)) || part.StartsWith("git~", StringComparison.OrdinalIgnoreCase);
}
