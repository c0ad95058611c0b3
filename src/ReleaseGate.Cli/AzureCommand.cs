using System.Text;

namespace ReleaseGate.Cli;

/// <summary>
/// A logging command of Azure Pipelines: <c>##vso[task.logissue type=error;code=RG1001;]text</c>.
/// Source: learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands, and CommandStringConvertor.cs of the agent.
/// </summary>
internal static class AzureCommand
{
    /// <summary>Makes a command; properties without a value are left out.</summary>
    public static string Of(string name, IReadOnlyList<(string Name, string? Value)> properties, string data)
    {
        var command = new StringBuilder("##vso[").Append(name).Append(' ');
        foreach (var (key, value) in properties)
            if (value is not null) command.Append(key).Append('=').Append(Escaped(value)).Append(';');
        return command.Append(']').Append(Escaped(data)).ToString();
    }

    // The percent sign first: the others bring new ones.
    private static string Escaped(string text) =>
        text.Replace("%", "%AZP25", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
}
