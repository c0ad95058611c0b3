using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Policy;

/// <summary>A pattern that a manifest lists or would list, one of the entries it was made from, and how many these are.</summary>
internal sealed record EntryRole(string Pattern, Entry Example, bool IsOpaque)
{
    private const int LongestPath = 60;

    public int Count { get; set; } = 1;

    /// <summary>The bytes of all of them.</summary>
    public long Bytes { get; set; } = Example.Length;

    /// <summary>The rules that block it, empty for a question; null where it may ship.</summary>
    public string? Reason { get; init; }

    /// <summary>What the first of these rules said.</summary>
    public string? Finding { get; init; }

    /// <summary>The folders of the innermost level.</summary>
    public string[] Folders => Inner.Split('/')[..^1];

    /// <summary>What may become one pattern: the same archive, the same folder at its top (or none), the same extension.</summary>
    public (string Container, string Top, string Extension) Tree => (Pattern[..^Inner.Length], Folders.FirstOrDefault() ?? "", IsOpaque ? "" : ExtensionOf(Inner[(Inner.LastIndexOf('/') + 1)..]));

    /// <summary>Texts are one kind of bytes, whatever stands in them.</summary>
    public EntryKind KindGroup => Example.Kind is EntryKind.Json or EntryKind.Xml or EntryKind.Script or EntryKind.Empty or EntryKind.Utf16Text ? EntryKind.Text : Example.Kind;

    /// <summary>One more entry that the pattern stands for.</summary>
    public void Add(Entry entry)
    {
        Count++;
        Bytes += entry.Length;
    }

    /// <summary>What it is and which entries it stands for, e.g. <c>an assembly or library (2 files, 34 KB: lib/net8.0/Acme.dll …)</c>.</summary>
    public string Comment => $"{Purpose} ({Stands})";

    /// <summary>How many files it stands for where these are several, for the end of a comment; else nothing.</summary>
    public string Files => Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {Count} files");

    private string Stands
    {
        get
        {
            var path = Example.Path.ToString();
            var size = ByteSize.Format(Bytes);
            if (Count == 1) return path == Pattern || Pattern == path + "!/**" ? size : $"{size}: {Short(path)}";
            return string.Create(CultureInfo.InvariantCulture, $"{Count:#,0} files, {size}: {Short(path)} …");
        }
    }

    private string Inner => Pattern[(Pattern.LastIndexOf("!/", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..];

    /// <summary>The extension of a file, with what stands before it where the two belong together: .d.ts, .resources.dll, .js.map. Empty where a placeholder hides it.</summary>
    public static string ExtensionOf(string name)
    {
        foreach (var both in new[] { ".d.ts", ".d.mts", ".d.cts", ".resources.dll", ".deps.json", ".runtimeconfig.json" })
            if (name.EndsWith(both, StringComparison.Ordinal)) return both;
        var dot = name.LastIndexOf('.');
        if (dot <= 0 || name[dot..].Contains('}', StringComparison.Ordinal)) return "";
        if (name[dot..] == ".map" && name.LastIndexOf('.', dot - 1) is var second and > 0 && !name[second..].Contains('}', StringComparison.Ordinal)) return name[second..];
        return name[dot..];
    }

    // The end says more than the beginning, which the pattern shows.
    private static string Short(string path) => path.Length <= LongestPath ? path : "…" + path[^LongestPath..];

    private string Purpose
    {
        get
        {
            if (IsOpaque) return "an archive; nobody said what may be in it";
            var path = Example.Path;
            var name = path.Name.ToString();
            var kind = Example.Kind;
            if (kind is EntryKind.PortablePdb or EntryKind.WindowsPdb || Ends(".pdb")) return "symbols: do they belong here?";
            if (kind == EntryKind.SourceMap || Ends(".map")) return "a source map: does it belong here?";
            if (Ends(".d.ts", ".d.mts", ".d.cts", ".pyi")) return "types";
            if (Ends(".cs", ".fs", ".vb", ".ts", ".tsx", ".jsx", ".vue", ".java", ".c", ".cpp", ".h", ".rs", ".go")) return "source code: does it belong here?";
            if (Ends(".csproj", ".fsproj", ".vbproj", ".sln", ".slnx") || name is "tsconfig.json") return "a project file: does it belong here?";
            if (Ends(".resources.dll")) return "a satellite assembly";
            if (Ends(".dll", ".winmd")) return path.Inner.StartsWith("analyzers/", StringComparison.Ordinal) ? "an analyzer" : "an assembly or library";
            if (Ends(".so", ".dylib", ".a", ".node") || kind is EntryKind.Elf or EntryKind.MachO) return "a native library or program";
            if (Ends(".exe")) return "a program";
            if (Ends(".props", ".targets")) return "MSBuild";
            if (Ends(".xml") && path.Inner.StartsWith("lib/", StringComparison.Ordinal)) return "XML documentation";
            if (name.StartsWith("README", StringComparison.OrdinalIgnoreCase)) return "the read-me";
            if (name.StartsWith("LICEN", StringComparison.OrdinalIgnoreCase) || name.StartsWith("COPYING", StringComparison.OrdinalIgnoreCase) || name.Contains("NOTICE", StringComparison.OrdinalIgnoreCase)) return "a licence or notice";
            if (name is "_._") return "an empty place holder";
            if (Ends(".js", ".mjs", ".cjs")) return "JavaScript";
            if (Ends(".css")) return "a style sheet";
            if (Ends(".wasm")) return "WebAssembly";
            if (Ends(".html", ".htm")) return "a page";
            if (Ends(".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp")) return "a picture";
            if (Ends(".ttf", ".otf", ".woff", ".woff2", ".eot")) return "a font";
            if (Ends(".md", ".txt", ".rtf", ".pdf")) return "documentation";
            if (Ends(".json", ".xml", ".config", ".yml", ".yaml", ".ini")) return "settings or data";
            if (path.Inner.StartsWith("bin/", StringComparison.Ordinal)) return "a program";
            return name.StartsWith('.') ? "a hidden file: does it belong here?" : "other";

            bool Ends(params string[] suffixes) => suffixes.Any(s => name.EndsWith(s, StringComparison.OrdinalIgnoreCase));
        }
    }
}
