using System.IO.Abstractions;

namespace ReleaseGate;

/// <summary>The program: open, inspect, judge.</summary>
public sealed class Gate(IFileSystem files)
{
    /// <summary>Checks the artifacts of a request.</summary>
    /// <param name="request">What is to be checked and how.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <param name="progress">Told about each artifact and entry, or null.</param>
    /// <param name="cancel">Stops the run; nothing is passed then.</param>
    /// <exception cref="GateException">The run cannot begin: manifest, rules or inputs are wrong.</exception>
    public GateReport Check(GateRequest request, DateTime now, IProgress<GateProgress>? progress = null, CancellationToken cancel = default) =>
        throw new NotImplementedException($"{files} {request} {now} {progress} {cancel}");
}

/// <summary>How far a run is.</summary>
/// <param name="Artifact">The artifact's path.</param>
/// <param name="Done">Artifacts finished.</param>
/// <param name="Total">Artifacts asked for.</param>
/// <param name="Bytes">Decompressed bytes inspected in the present artifact.</param>
public readonly record struct GateProgress(string Artifact, int Done, int Total, long Bytes);
