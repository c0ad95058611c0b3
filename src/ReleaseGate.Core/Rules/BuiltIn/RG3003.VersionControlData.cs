using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class VersionControlData() : EntryRule(new Descriptor("RG3003", nameof(VersionControlData),
    "An entry is data of a version control system: history, configuration with addresses, or what a merge left.",
    "Leave it out of what is packed; if it was published, take the history and the addresses in it for known."))
{
    private static readonly NameTable Names = new(
        (".git/", "a part of a git repository"),
        (".svn/", "a part of a Subversion working copy"),
        (".hg/", "a part of a Mercurial repository"),
        (".bzr/", "a part of a Bazaar repository"),
        ("CVS/", "a part of a CVS working copy"),
        (".git", "a pointer to a git repository"),
        (".gitmodules", "a list of submodules and their addresses"),
        ("*.orig", "a merge's backup of a file"),
        ("*.rej", "a rejected part of a patch"));

    private static readonly string[] MergeMarks = ["_BACKUP_", "_BASE_", "_LOCAL_", "_REMOTE_"];

    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        if (!PackageLayout.IsFile(entry) || PackageLayout.IsTemplate(entry, inventory)) return;
        var what = entry.Kind is EntryKind.GitPack or EntryKind.GitIndex ? Magic.Describe(entry.Kind)
            : IsMergeLeftover(entry.Path.Name) ? "what a merge tool left"
            : Names.Find(entry.Path);
        if (what is not null) context.Report(entry, $"holds {what}");
    }

    // git mergetool: "Order_LOCAL_4711.cs"
    private static bool IsMergeLeftover(ReadOnlySpan<char> name)
    {
        foreach (var mark in MergeMarks)
        {
            var at = name.IndexOf(mark, StringComparison.Ordinal);
            if (at <= 0) continue;
            var rest = name[(at + mark.Length)..];
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits > 0 && rest[digits] == '.') return true;
            if (digits < 0 && rest.Length > 0) return true;
        }

        return false;
    }
}
