namespace ReleaseGate.Policy;

/// <summary>A pattern over entry paths.</summary>
public sealed class Glob
{
    private readonly string _text;

    private Glob(string text) => _text = text;

    /// <summary>Parses a pattern.</summary>
    public static Glob Parse(string text) => new(text);

    /// <summary>Whether the whole of <paramref name="name"/> matches.</summary>
    public bool IsMatch(string name) => throw new NotImplementedException(name);

    /// <inheritdoc/>
    public override string ToString() => _text;
}
