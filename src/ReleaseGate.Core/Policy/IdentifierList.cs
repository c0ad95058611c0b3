using System.Text.RegularExpressions;
using ReleaseGate.Rules.BuiltIn.Identifiers;

namespace ReleaseGate.Policy;

/// <summary>The <c>identifiers</c> of a manifest: names that mean something inside the company and may not ship (RG3006).</summary>
public sealed class IdentifierList
{
    private IdentifierSearch? _search;

    /// <summary>Words to look for in bytes and names.</summary>
    public IReadOnlyList<IdentifierWord> Words { get; internal init; } = [];

    /// <summary>Regular expressions, each behind a literal.</summary>
    public IReadOnlyList<IdentifierPattern> Patterns { get; internal init; } = [];

    /// <summary>Namespaces that count with everything below them.</summary>
    public IReadOnlyList<string> Namespaces { get; internal init; } = [];

    /// <summary>Names of assemblies that count with everything below them.</summary>
    public IReadOnlyList<string> Assemblies { get; internal init; } = [];

    /// <summary>Hosts: <c>acme.internal</c> is it and all below it, <c>.acme.internal</c> only what is below.</summary>
    public IReadOnlyList<string> Hosts { get; internal init; } = [];

    /// <summary>Lists of hashed words.</summary>
    public IReadOnlyList<HashedWords> Hashes { get; internal init; } = [];

    /// <summary>SHA-256 of each file that was read for it, in the order they are named.</summary>
    internal IReadOnlyList<Digest> Files { get; init; } = [];

    /// <summary>The search for words, patterns and hosts. Made once; on two threads at a time twice, which does no harm.</summary>
    internal IdentifierSearch Search
    {
        get
        {
            if (Volatile.Read(ref _search) is { } made) return made;
            var search = new IdentifierSearch(this);
            Volatile.Write(ref _search, search);
            return search;
        }
    }
}

/// <summary>An internal word.</summary>
/// <param name="Text">As written.</param>
/// <param name="IgnoreCase">Whether letters of either case count.</param>
/// <param name="Substring">Whether it counts inside of longer words as well.</param>
public sealed record IdentifierWord(string Text, bool IgnoreCase = true, bool Substring = false);

/// <summary>A regular expression that is tried only around a literal.</summary>
/// <param name="Regex">Takes time linear in the text, whatever the expression (<see cref="RegexOptions.NonBacktracking"/>).</param>
/// <param name="Literal">Stands in every match, in letters of either case; at least four bytes.</param>
public sealed record IdentifierPattern(Regex Regex, string Literal);
