using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class EditorOrSystemFile() : EntryRule(new Descriptor("RG3004", nameof(EditorOrSystemFile),
    "An entry was left by an editor, by the operating system or by a tool of the repository.",
    "Leave it out of what is packed, and have the packer list what ships rather than what does not.",
    Severity.Warning))
{
    private const string Settings = "settings of a repository's tool";

    private static readonly NameTable Names = new(
        (".vs/", "state of Visual Studio"),
        (".vscode/", "settings of Visual Studio Code"),
        (".idea/", "settings of a JetBrains editor"),
        (".fleet/", "settings of a JetBrains editor"),
        (".zed/", "settings of an editor"),
        (".devcontainer/", "the description of a development container"),
        ("__MACOSX/", "attributes of macOS files"),
        (".Spotlight-V100/", "an index of macOS"),
        (".Trashes/", "a trash folder of macOS"),
        (".DS_Store", "a folder description of macOS, with the names of files beside it"),
        ("Thumbs.db", "thumbnails of Windows, with pictures of files beside it"),
        ("ehthumbs.db", "thumbnails of Windows"),
        ("desktop.ini", "a folder description of Windows"),
        ("*.swp", "an editor's swap file, with text of the file it was made for"),
        ("*.swo", "an editor's swap file, with text of the file it was made for"),
        ("*~", "an editor's backup"),
        ("*.suo", "a developer's settings of a solution"),
        ("*.user", "a developer's settings"),
        ("*.rsuser", "a developer's settings"),
        ("*.sublime-workspace", "settings of an editor"),
        ("*.code-workspace", "settings of Visual Studio Code"),
        ("*.iml", "settings of a JetBrains editor"),
        (".editorconfig", Settings),
        (".npmignore", Settings),
        (".gitignore", Settings),
        (".gitattributes", Settings),
        (".hgignore", Settings),
        (".dockerignore", Settings),
        (".eslintrc", Settings),
        (".eslintrc.json", Settings),
        (".eslintrc.js", Settings),
        (".eslintrc.cjs", Settings),
        (".eslintignore", Settings),
        (".prettierrc", Settings),
        (".prettierrc.json", Settings),
        (".prettierignore", Settings),
        (".nycrc", Settings),
        (".travis.yml", Settings));

    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        if (!PackageLayout.IsFile(entry) || PackageLayout.IsTemplate(entry, inventory)) return;
        if (What(entry) is { } what) context.Report(entry, $"holds {what}");
    }

    private static string? What(Entry entry) => entry.Kind switch
    {
        EntryKind.DsStore => "a folder description of macOS, with the names of files beside it",
        EntryKind.VimSwap => "an editor's swap file, with text of the file it was made for",
        _ when IsAppleDouble(entry.Path.Name) => "attributes of a macOS file",
        // RG2013 speaks of "*.csproj.user".
        _ when entry.Path.NameEndsWith("proj.user") => null,
        // Analyzer packages ship such files for others to copy.
        _ when entry.Path.NameIs(".editorconfig") && entry.Path.HasFolder("editorconfig") => null,
        _ => Names.Find(entry.Path),
    };

    // "._name": what macOS keeps beside files on foreign disks. "._." is nothing, "_._" is NuGet's empty folder.
    private static bool IsAppleDouble(ReadOnlySpan<char> name) => name.Length > 3 && name.StartsWith("._", StringComparison.Ordinal);
}
