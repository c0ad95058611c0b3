using System.Collections;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ReleaseGate.Package.Tests;

/// <summary>A build that only listens to its task.</summary>
internal sealed class ListeningBuild : IBuildEngine
{
    public List<BuildErrorEventArgs> Errors { get; } = [];

    public List<BuildWarningEventArgs> Warnings { get; } = [];

    /// <summary>Whether it counts every warning as an error, as ReleaseGate.Warnings.proj would find out.</summary>
    public bool WarningsAreErrors { get; init; }

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "";

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs)
    {
        Assert.That(targetNames, Is.EqualTo(new[] { "Ask" }));
        var codes = ((string)globalProperties["ReleaseGateCodes"]!).Split(';');
        targetOutputs["Ask"] = WarningsAreErrors ? Array.ConvertAll(codes, code => (ITaskItem)new TaskItem(code)) : [];
        return true;
    }

    public void LogCustomEvent(CustomBuildEventArgs e) { }

    public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e);

    public void LogMessageEvent(BuildMessageEventArgs e) { }

    public void LogWarningEvent(BuildWarningEventArgs e) => Warnings.Add(e);
}
