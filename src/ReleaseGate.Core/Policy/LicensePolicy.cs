using ReleaseGate.Artifacts;

namespace ReleaseGate.Policy;

/// <summary>The <c>licenses</c> of a manifest: the licences that a package and what it carries may have (RG5006).</summary>
public sealed class LicensePolicy
{
    internal static readonly string[] Keys = ["allow"];

    // npm's word for "nobody may use it": npm's documentation, 'package-json'
    private const string Proprietary = "UNLICENSED";
    private const string FilePrefix = "file:";
    private const int Shown = 5;

    private readonly List<LicenseExpression.License> _licenses = [];
    private readonly List<string> _files = [];
    private readonly List<string> _allow = [];
    private bool _allowsProprietary;

    internal LicensePolicy() { }

    /// <summary>Whether the manifest lists licences, so that all others are refused.</summary>
    public bool IsConfigured => _allow.Count > 0;

    /// <summary>What may be, as written: SPDX identifiers, <c>LicenseRef-…</c>, <c>UNLICENSED</c>, <c>file:LICENSE.txt</c>.</summary>
    public IReadOnlyList<string> Allow => _allow;

    /// <summary>Says why a declared licence is not allowed, or nothing where it is.</summary>
    /// <param name="license">The licence, or null where none is declared.</param>
    /// <returns>Begins in lower case, has no full stop, is printable.</returns>
    public string? Refuse(PackageLicense? license)
    {
        if (license is null || license.Text.Length == 0) return "declares no licence";
        var shown = EntryPath.Printable(license.Text.Length > 200 ? license.Text[..200] + "…" : license.Text);
        switch (license.Kind)
        {
            case LicenseKind.Url:
                return $"declares its licence by the address '{shown}' alone, which says nothing that can be judged";
            case LicenseKind.File:
                return _files.Contains(FilePath(license.Text), StringComparer.Ordinal) ? null : $"declares a licence of its own in the file '{shown}', which \"licenses\" in the manifest does not allow";
        }

        if (license.Text == Proprietary) return _allowsProprietary ? null : $"says that nobody may use it ({Proprietary}), which \"licenses\" in the manifest does not allow";
        if (!LicenseExpression.TryParse(license.Text, out var expression, out var error)) return $"declares the licence '{shown}', which is no SPDX expression: {error}";
        var refused = expression.Refused(Allows);
        if (refused.Count == 0) return null;
        var names = new List<string>();
        for (var i = 0; i < refused.Count && i < Shown; i++) names.Add(EntryPath.Printable(refused[i].ToString()));
        var listed = string.Join(", ", names) + (refused.Count > Shown ? " …" : "");
        return expression is LicenseExpression.License
            ? $"is licensed under {listed}, which \"licenses\" in the manifest does not allow"
            : $"is licensed under '{shown}', of which \"licenses\" in the manifest does not allow {listed}";
    }

    private bool Allows(LicenseExpression.License license)
    {
        foreach (var allowed in _licenses)
            if (allowed.Covers(license)) return true;
        return false;
    }

    /// <summary>Adds the <c>licenses</c> of one manifest.</summary>
    internal void Add(ManifestText text, JsonMember member)
    {
        var part = ManifestReader.Object(text, member.Value, "\"licenses\"");
        ManifestReader.RequireKeys(text, part, Keys, "\"licenses\"");
        if (part.Members.Count == 0) throw text.Wrong(part.Offset, "\"licenses\" says nothing; it has the key \"allow\"");
        var items = ManifestReader.Items(text, part.Members[0]);
        if (items.Count == 0) throw text.Wrong(part.Members[0].Value.Offset, "\"allow\" is empty, so no package could have a licence; leave \"licenses\" out to accept any");
        // Read only where a manifest lists licences.
        var list = new SpdxList();
        foreach (var item in items)
        {
            if (item is not JsonPart.Text { Value: var value }) throw text.Wrong(item.Offset, $"\"allow\" holds SPDX identifiers, which are strings; this is {item.Kind}");
            if (value == Proprietary) _allowsProprietary = true;
            else if (value.StartsWith(FilePrefix, StringComparison.Ordinal)) _files.Add(value.Length > FilePrefix.Length ? FilePath(value[FilePrefix.Length..]) : throw text.Wrong(item.Offset, "the name of the file is missing, e.g. \"file:LICENSE.txt\""));
            else _licenses.Add(Single(text, item, value, list));
            _allow.Add(value);
        }
    }

    private static LicenseExpression.License Single(ManifestText text, JsonPart item, string value, SpdxList list)
    {
        if (!LicenseExpression.TryParse(value, out var expression, out var error)) throw text.Wrong(item.Offset, $"'{ManifestText.Shown(value)}' is no SPDX identifier: {error}{Spelling.Suggest(value, list.Licenses)}");
        if (expression is not LicenseExpression.License license) throw text.Wrong(item.Offset, $"'{ManifestText.Shown(value)}' names several licences; list each by itself, and packages may join them as they like");
        if (!license.IsReference && !list.HasLicense(license.Id))
            throw text.Wrong(item.Offset, $"'{ManifestText.Shown(license.Id)}' is no identifier of the SPDX License List; a licence of one's own is named LicenseRef-…, a file \"file:LICENSE.txt\"{Spelling.Suggest(license.Id, list.Licenses)}");
        return license;
    }

    private static string FilePath(string path)
    {
        path = path.Trim().Replace('\\', '/');
        return path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }
}
