using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class SourceFile() : ArtifactRule(new Descriptor("RG3001", nameof(SourceFile),
    "An entry is source code that is compiled before it ships.",
    "Leave it out (.NET: Pack=\"false\" on the item; npm: build output alone in 'files'); where source is the product, allow it by path and lower the rule in the manifest."))
{
    private const string ScriptSource = "TypeScript source";
    private const string NativeSource = "C or C++ source";
    private const string NativeHeader = "a C or C++ header";

    private static readonly NameTable DotNet = new(
        ("*.cs", "C# source"),
        ("*.fs", "F# source"),
        ("*.fsi", "F# source"),
        ("*.vb", "Visual Basic source"),
        ("*.razor", "Razor source"),
        ("*.cshtml", "Razor source"),
        ("*.vbhtml", "Razor source"));

    // What users of a native add-on or of a React Native module compile themselves.
    private static readonly NameTable Native = new(
        ("*.c", NativeSource),
        ("*.cc", NativeSource),
        ("*.cpp", NativeSource),
        ("*.cxx", NativeSource),
        ("*.h", NativeHeader),
        ("*.hh", NativeHeader),
        ("*.hpp", NativeHeader),
        ("*.mm", "Objective-C++ source"),
        ("*.swift", "Swift source"),
        ("*.java", "Java source"),
        ("*.kt", "Kotlin source"));

    private static readonly NameTable Others = new(
        ("*.ts", ScriptSource),
        ("*.tsx", ScriptSource),
        ("*.mts", ScriptSource),
        ("*.cts", ScriptSource),
        ("*.jsx", "JSX source"),
        ("*.vue", "a Vue component"),
        ("*.svelte", "a Svelte component"),
        ("*.astro", "an Astro component"),
        ("*.coffee", "CoffeeScript source"),
        ("*.go", "Go source"),
        ("*.rs", "Rust source"),
        ("*.scala", "Scala source"),
        ("*.dart", "Dart source"),
        ("*.elm", "Elm source"),
        ("*.py", "Python source"),
        ("*.pyx", "Cython source"));

    private static readonly string[] CopyEndings = ["~", ".swp", ".swo", ".bak", ".orig"];

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        var isCompiledByUsers = IsCompiledByUsers(inventory);
        foreach (var entry in inventory.Entries)
        {
            if (!PackageLayout.IsFile(entry) || entry.Kind == EntryKind.Empty || PackageLayout.IsTemplate(entry, inventory)) continue;
            var original = OriginalOf(entry.Path);
            if (What(original, entry, inventory, isCompiledByUsers) is not { } what) continue;
            context.Report(entry, ReferenceEquals(original, entry.Path) ? $"holds {what}" : $"holds an editor's copy of {what}");
        }
    }

    private static string? What(EntryPath path, Entry entry, Inventory inventory, bool isCompiledByUsers)
    {
        if (DotNet.Find(path) is { } dotNet)
        {
            // Source that the projects of its users compile: contentFiles, and what the package's own targets hand to the compiler.
            var isForUsers = inventory.Kind == ArtifactKind.NuGetPackage && (PackageLayout.IsBelow(entry, "contentFiles") || PackageLayout.IsBuildFolder(entry));
            return isForUsers ? null : dotNet;
        }

        if (Native.Find(path) is { } native)
        {
            var isHeaderForUsers = native == NativeHeader && (path.HasFolder("include") || PackageLayout.IsBuildFolder(entry) || PackageLayout.IsBelow(entry, "runtimes"));
            return isHeaderForUsers || isCompiledByUsers ? null : native;
        }

        if (Others.Find(path) is not { } other) return null;
        if (other == ScriptSource && (IsDeclaration(path.Name) || entry.Kind is EntryKind.Media or EntryKind.Xml)) return null; // video, translations of Qt
        if (path.NameEndsWith(".py") && (inventory.Name.EndsWith(".whl", StringComparison.OrdinalIgnoreCase) || path.HasFolder("site-packages"))) return null;
        return other;
    }

    /// <summary>The path an editor's copy was made of ("Order.cs~", ".Order.cs.swp"), or the path itself.</summary>
    private static EntryPath OriginalOf(EntryPath path)
    {
        foreach (var ending in CopyEndings)
            if (path.NameEndsWith(ending)) return new EntryPath(path.Inner[..^ending.Length], path.Container);
        return path;
    }

    // "index.d.ts", "style.d.css.ts"
    private static bool IsDeclaration(ReadOnlySpan<char> name) =>
        name.EndsWith(".d.ts", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".d.mts", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".d.cts", StringComparison.OrdinalIgnoreCase)
        || (name.EndsWith(".ts", StringComparison.OrdinalIgnoreCase) && name.LastIndexOf(".d.", StringComparison.OrdinalIgnoreCase) is var d and > 0
            && name[(d + 3)..^3].IndexOf('.') < 0);

    private static bool IsCompiledByUsers(Inventory inventory)
    {
        if (inventory.Kind != ArtifactKind.NpmPackage) return false;
        foreach (var entry in inventory.Entries)
        {
            if (entry.Path.Depth > 0) continue;
            if (entry.Path.Inner is "binding.gyp" or "src/binding.gyp" or "android/build.gradle" or "android/build.gradle.kts") return true;
            if (entry.Path.NameEndsWith(".podspec")) return true;
        }

        return false;
    }
}
