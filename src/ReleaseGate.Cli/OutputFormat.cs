using System.CommandLine;

namespace ReleaseGate.Cli;

/// <summary>How findings are printed.</summary>
internal enum OutputFormat
{
    /// <summary>Groups and colours at a terminal, canonical lines elsewhere.</summary>
    Text,

    /// <summary>Canonical lines, wherever they go.</summary>
    MSBuild,

    /// <summary>The package as a tree, then what was found in it.</summary>
    Tree,

    /// <summary>Workflow commands of GitHub Actions, which become annotations.</summary>
    GitHub,

    /// <summary>Logging commands of Azure Pipelines, which become issues of the run.</summary>
    Azure,
}

/// <summary>The option <c>--format</c>.</summary>
internal static class OutputFormats
{
    /// <summary>The option; every command that prints findings has it.</summary>
    public static Option<string?> Option() =>
        new Option<string?>("--format") { HelpName = "FORMAT", Description = "How findings are printed: text, tree, msbuild, github or azure. Default: as GitHub Actions or Azure Pipelines read them where that runs the command, else text." }
            .AcceptOnlyFromAmong("text", "tree", "msbuild", "github", "azure");

    /// <summary>What was asked for, or else what suits the surroundings.</summary>
    public static OutputFormat Of(string? written, Surroundings surroundings) => written switch
    {
        "text" => OutputFormat.Text,
        "tree" => OutputFormat.Tree,
        "msbuild" => OutputFormat.MSBuild,
        "github" => OutputFormat.GitHub,
        "azure" => OutputFormat.Azure,
        _ => surroundings.Format,
    };
}
