using System.Diagnostics.CodeAnalysis;

namespace ReleaseGate.Policy;

/// <summary>The SPDX License List: which identifiers of licences and exceptions there are, as it spells them.</summary>
/// <remarks>https://spdx.org/licenses</remarks>
internal sealed class SpdxList
{
    private readonly Dictionary<string, string> _licenses = Read("ReleaseGate.spdx-licenses.txt");
    private readonly Dictionary<string, string> _exceptions = Read("ReleaseGate.spdx-exceptions.txt");

    /// <summary>The identifiers of licences, deprecated ones included.</summary>
    public IEnumerable<string> Licenses => _licenses.Keys;

    /// <summary>Whether there is a licence of this identifier; case does not count.</summary>
    public bool HasLicense(string id) => _licenses.ContainsKey(id);

    /// <summary>An expression as the list spells it, or null where the text is none, or names what the list does not know.</summary>
    /// <param name="text">The text, whatever it is.</param>
    public string? Expression(string text) =>
        LicenseExpression.TryParse(text, out var expression, out _) && Know(expression, out var known) ? known.ToString() : null;

    private static Dictionary<string, string> Read(string resource)
    {
        using var stream = typeof(SpdxList).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The resource '{resource}' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var ids = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#') ids.Add(line, line);
        return ids;
    }

    private bool Know(LicenseExpression expression, [NotNullWhen(true)] out LicenseExpression? known)
    {
        known = null;
        switch (expression)
        {
            case LicenseExpression.License license:
                string? exception = null;
                // "+" says nothing of a licence that somebody defined alone, and the grammar has no place for it.
                var id = !license.IsReference ? _licenses.GetValueOrDefault(license.Id) : license.OrLater ? null : Spelled(license.Id);
                if (id is null || (license.Exception is not null && !_exceptions.TryGetValue(license.Exception, out exception))) return false;
                known = license with { Id = id, Exception = exception };
                return true;
            case LicenseExpression.Joined joined:
                var operands = new List<LicenseExpression>(joined.Operands.Count);
                foreach (var operand in joined.Operands)
                {
                    if (!Know(operand, out var one)) return false;
                    operands.Add(one);
                }

                known = new LicenseExpression.Joined(joined.IsChoice, operands);
                return true;
            default:
                throw new InvalidOperationException($"There is no other expression than these, and this is a {expression.GetType().Name}.");
        }
    }

    // "DocumentRef-x:LicenseRef-y" or "LicenseRef-y"; the prefixes as the grammar spells them.
    private static string? Spelled(string reference)
    {
        const string Document = "DocumentRef-", License = "LicenseRef-";
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        var document = colon < 0 ? "" : string.Concat(Document, reference.AsSpan(Document.Length, colon - Document.Length), ":");
        var license = reference[(colon + 1)..];
        return license.Length > License.Length ? string.Concat(document, License, license.AsSpan(License.Length)) : null;
    }
}
