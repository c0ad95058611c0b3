using System.IO.Abstractions;
using Microsoft.Build.Framework;

namespace ReleaseGate.Tasks;

/// <summary>
/// Begins, on a thread of its own, a check of nothing (<see cref="Rehearsal"/>), so that the check that follows finds code and tables loaded:
/// NuGet packs meanwhile, on one core. Once for a process. Whatever goes wrong here goes wrong again in the check itself, which says so.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class RehearseCheck : Microsoft.Build.Utilities.Task
{
    private const string Done = "ReleaseGate.Rehearsed";

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (Environment.ProcessorCount == 1 || BuildEngine is not IBuildEngine4 engine) return true;
        // Held by the process, not by a static of ours: several versions of this assembly may live in one node.
        if (engine.GetRegisteredTaskObject(Done, RegisteredTaskObjectLifetime.AppDomain) is not null) return true;
        engine.RegisterTaskObject(Done, Done, RegisteredTaskObjectLifetime.AppDomain, allowEarlyCollection: false);
        new Thread(Rehearse) { IsBackground = true, Name = "ReleaseGate rehearsal" }.Start();
        return true;
    }

    private static void Rehearse()
    {
        try
        {
            Rehearsal.Run(new FileSystem(), File.ReadAllBytes(typeof(RehearseCheck).Assembly.Location));
        }
#pragma warning disable CA1031 // An exception on a thread ends the process. Nothing is lost with this one: the check itself meets the cause again and fails for it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
