using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class EditorOrSystemFile() : EntryRule(new Descriptor("RG3004", nameof(EditorOrSystemFile),
    "An entry was left by an editor, by the operating system or by a tool of the repository.",
    "Leave it out of what is packed, and have the packer list what ships rather than what does not."))
{
    private const string SwapFile = "an editor's swap file, with text of the file it was made for";

    private const string Settings = "settings of a repository's tool";

    // Names of branches and machines, variables of runs, text of other files: nobody ships these on purpose.
    private static readonly NameTable State = new(
        (".vs/", "state of Visual Studio"),
        (".idea/", "state of a JetBrains editor, with what its user ran and how"),
        (".fleet/", "state of a JetBrains editor"),
        ("*.suo", "a developer's state of a solution"),
        ("*.rsuser", "a developer's settings"),
        ("*.sublime-workspace", "state of an editor"),
        ("*.swp", SwapFile),
        ("*.swo", SwapFile));

    private static readonly NameTable Names = new(
        (".vscode/", "settings of Visual Studio Code"),
        (".zed/", "settings of an editor"),
        (".devcontainer/", "the description of a development container"),
        ("__MACOSX/", "attributes of macOS files"),
        (".Spotlight-V100/", "an index of macOS"),
        (".Trashes/", "a trash folder of macOS"),
        (".DS_Store", "a folder description of macOS, with the names of files beside it"),
        ("Thumbs.db", "thumbnails of Windows, with pictures of files beside it"),
        ("ehthumbs.db", "thumbnails of Windows"),
        ("desktop.ini", "a folder description of Windows"),
        ("*~", "an editor's backup"),
        ("*.user", "a developer's settings"),
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
        if (StateOf(entry) is { } state) context.Report(entry, $"holds {state}");
        else if (What(entry) is { } what) context.Report(entry, $"holds {what}", severity: Severity.Warning);
    }

    private static string? StateOf(Entry entry) => entry.Kind == EntryKind.VimSwap ? SwapFile : State.Find(entry.Path);

    private static string? What(Entry entry) => entry.Kind switch
    {
        EntryKind.DsStore => "a folder description of macOS, with the names of files beside it",
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
