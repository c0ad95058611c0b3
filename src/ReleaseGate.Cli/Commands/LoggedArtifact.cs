using System.Text.Json.Nodes;

namespace ReleaseGate.Cli.Commands;

/// <summary>Finds the lines of an audit log that are about an artifact. Only a <c>check</c> tells the id of a package; by the digests it tells, the lines of other events are found.</summary>
/// <param name="name">The name of its file, or the id of its package.</param>
internal sealed class LoggedArtifact(string name)
{
    private readonly HashSet<string> _digests = new(StringComparer.Ordinal);

    private readonly string _name = name;

    // Where the log has no check of it: "Acme.Cli.1.0.0.nupkg", and for "@acme/cli" "acme-cli-1.0.0.tgz".
    private readonly string _npm = name.TrimStart('@').Replace('/', '-');

    /// <summary>Whether a line is about it. To be asked of all lines, in their order.</summary>
    public bool IsIn(JsonObject line)
    {
        var isIn = false;
        foreach (var artifact in LogCommand.Artifacts(line)) isIn |= Is(LogCommand.Text(artifact, "name"), LogCommand.Text(artifact, "id"), LogCommand.Text(artifact, "sha256"));
        // A drill names it alone.
        if (LogCommand.Text(line, "artifact") is { } alone) isIn |= Is(alone, null, LogCommand.Text(line, "sha256"));
        return isIn;
    }

    private bool Is(string? file, string? id, string? digest)
    {
        if (id is null ? file == _name || (digest is not null && _digests.Contains(digest)) || Begins(file, _name, '.') || Begins(file, _npm, '-') : file == _name || id.Equals(_name, StringComparison.OrdinalIgnoreCase))
        {
            if (digest is not null) _digests.Add(digest);
            return true;
        }

        return false;
    }

    private static bool Begins(string? file, string start, char separator) =>
        file is not null && file.Length > start.Length + 1 && file.StartsWith(start, StringComparison.OrdinalIgnoreCase) && file[start.Length] == separator && char.IsAsciiDigit(file[start.Length + 1]);
}
