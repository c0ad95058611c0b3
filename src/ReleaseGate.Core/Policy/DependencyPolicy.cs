namespace ReleaseGate.Policy;

/// <summary>The <c>dependencies</c> of a manifest: the packages that a package may make its users install, or carry with it (RG5005).</summary>
public sealed class DependencyPolicy
{
    internal static readonly string[] Keys = ["allow"];

    private readonly List<Pattern> _patterns = [];

    internal DependencyPolicy() { }

    /// <summary>Whether the manifest lists dependencies, be it none, so that all others are refused.</summary>
    public bool IsConfigured { get; private set; }

    /// <summary>The names as written.</summary>
    internal IEnumerable<string> Patterns => _patterns.ConvertAll(static p => p.Exact.ToString());

    /// <summary>Whether a package may be depended on.</summary>
    /// <param name="id">Its id or name.</param>
    /// <param name="ignoreCase">Whether case does not count, as in ids of NuGet. In names of npm it does.</param>
    public bool Allows(string id, bool ignoreCase)
    {
        var name = ignoreCase ? id.ToLowerInvariant() : id;
        foreach (var pattern in _patterns)
            if ((ignoreCase ? pattern.Lower : pattern.Exact).IsMatch(name)) return true;
        return false;
    }

    /// <summary>Adds the <c>dependencies</c> of one manifest.</summary>
    internal void Add(ManifestText text, JsonMember member)
    {
        var part = ManifestReader.Object(text, member.Value, "\"dependencies\"");
        ManifestReader.RequireKeys(text, part, Keys, "\"dependencies\"");
        if (part.Members.Count == 0) throw text.Wrong(part.Offset, "\"dependencies\" says nothing; it has the key \"allow\"");
        IsConfigured = true;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in ManifestReader.Items(text, part.Members[0]))
        {
            if (item is not JsonPart.Text { Value: var value }) throw text.Wrong(item.Offset, $"\"allow\" holds names of packages, which are strings; this is {item.Kind}");
            if (Wrong(value) is { } wrong) throw text.Wrong(item.Offset, $"'{ManifestText.Shown(value)}' is no name of packages: {wrong}");
            if (!Glob.TryParse(value, out var exact, out var error)) throw text.Wrong(item.Offset, $"'{ManifestText.Shown(value)}' is no name of packages: {error}");
            if (!seen.Add(value)) throw text.Wrong(item.Offset, $"'{ManifestText.Shown(value)}' stands in \"allow\" a second time");
            _patterns.Add(new Pattern(exact, Glob.Parse(value.ToLowerInvariant())));
        }
    }

    private static string? Wrong(string value)
    {
        if (value.Length == 0) return "it is empty";
        foreach (var c in value)
            if (!char.IsLetterOrDigit(c) && c is not ('.' or '-' or '_' or '~' or '@' or '/' or '*')) return "write the id or name without a version, '*' for any characters but '/', e.g. \"Acme.*\" or \"@acme/*\"";
        if (value.LastIndexOf('@') > 0) return "the version has no place here";
        return value[0] == '@' && !value.Contains('/', StringComparison.Ordinal) ? "a scope is followed by '/', e.g. \"@acme/*\"" : null;
    }

    private sealed record Pattern(Glob Exact, Glob Lower);
}
