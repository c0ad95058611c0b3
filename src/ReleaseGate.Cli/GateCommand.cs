using System.CommandLine;

namespace ReleaseGate.Cli;

/// <summary>A command that vouches for artifacts.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does.</param>
/// <param name="refused">Called where the command line can't be read: what an earlier run wrote must not outlive one that is refused.</param>
internal sealed class GateCommand(string name, string description, Action<ParseResult> refused) : Command(name, description)
{
    /// <summary>Takes away what an earlier run wrote where this one would have written.</summary>
    public void Refuse(ParseResult parsed) => refused(parsed);
}
