using Microsoft.Build.Framework;

namespace ReleaseGate.Tasks;

/// <summary>Asks MSBuild which warnings the build counts as errors. Runs in ReleaseGate.Warnings.proj only, on behalf of <see cref="CheckArtifacts"/>.</summary>
[MSBuildMultiThreadableTask]
public sealed class AskAboutWarnings : Microsoft.Build.Utilities.Task
{
    /// <summary>The codes to ask about.</summary>
    [Required]
    public string[] Codes { get; set; } = [];

    /// <summary>Those of them that count as errors.</summary>
    [Output]
    public string[] CountAsErrors { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        CountAsErrors = BuildEngine is IBuildEngine8 engine ? Array.FindAll(Codes, engine.ShouldTreatWarningAsError) : [];
        return true;
    }
}
