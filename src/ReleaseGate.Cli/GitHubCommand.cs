using System.Text;

namespace ReleaseGate.Cli;

/// <summary>
/// A workflow command of GitHub Actions: <c>::error file=a.json,line=3,title=RG1001::text</c>.
/// Source: docs.github.com/actions/reference/workflow-commands-for-github-actions, and ActionCommand.cs of the runner.
/// </summary>
internal static class GitHubCommand
{
    /// <summary>Makes a command; properties without a value are left out.</summary>
    public static string Of(string name, IReadOnlyList<(string Name, string? Value)> properties, string data)
    {
        var command = new StringBuilder("::").Append(name);
        var separator = ' ';
        foreach (var (key, value) in properties)
        {
            if (value is null) continue;
            command.Append(separator).Append(key).Append('=').Append(Escaped(value).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal));
            separator = ',';
        }

        return command.Append("::").Append(Escaped(data)).ToString();
    }

    private static string Escaped(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}
