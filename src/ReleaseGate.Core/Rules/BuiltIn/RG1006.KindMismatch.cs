using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class KindMismatch() : ArtifactRule(new Descriptor("RG1006", nameof(KindMismatch),
    "The name of an entry or of the artifact says one thing, its bytes say another.",
    "Look at what the bytes are; give the entry the name of what it holds, or leave it out."))
{
    // One image format under another's name shows nothing that the right name would hide; icon.png is a JPEG in many packages.
    private static readonly EntryKind[] Images = [EntryKind.Png, EntryKind.Jpeg, EntryKind.Gif, EntryKind.WebP, EntryKind.Icon];
    private static readonly EntryKind[] TextKinds =
        [EntryKind.Text, EntryKind.Utf16Text, EntryKind.Json, EntryKind.Xml, EntryKind.Script, EntryKind.SourceMap, EntryKind.Binary]; // Binary: Latin-1, UTF-16 without a mark

    private static readonly Promise Xml = new("XML", [EntryKind.Xml, EntryKind.Utf16Text]);

    private static readonly Dictionary<string, Promise> ByExtension = Table(
    [
        (".png .jpg .jpeg .gif .webp", new("an image", Images)),
        (".ico .cur", new("an icon", [EntryKind.Png, EntryKind.Jpeg, EntryKind.Gif, EntryKind.WebP, EntryKind.Icon, EntryKind.Binary])), // old favicons are bitmaps
        (".dll .exe", new("a Windows or .NET executable", [EntryKind.PortableExecutable])),
        (".dylib", new("a macOS library", [EntryKind.MachO])),
        (".node", new("a native add-on", [EntryKind.PortableExecutable, EntryKind.Elf, EntryKind.MachO])),
        (".so", new("a Linux library", [EntryKind.Elf, EntryKind.Text])), // linker scripts are text
        (".wasm", new("a WebAssembly module", [EntryKind.WebAssembly])),
        (".class", new("a Java class", [EntryKind.JavaClass])),
        (".zip .nupkg .snupkg .vsix .whl .jar .aar .docx .xlsx .pptx", new("a zip archive", [EntryKind.Zip])),
        (".gz .tgz", new("a gzip stream", [EntryKind.GZip])),
        (".tar", new("a tar archive", [EntryKind.Tar])),
        (".bz2", new("a bzip2 stream", [EntryKind.BZip2])),
        (".xz", new("an xz stream", [EntryKind.Xz])),
        (".zst", new("a Zstandard stream", [EntryKind.Zstandard])),
        (".7z", new("a 7-Zip archive", [EntryKind.SevenZip])),
        (".rar", new("a RAR archive", [EntryKind.Rar])),
        (".cab", new("a cabinet", [EntryKind.Cabinet])),
        (".asar", new("an asar archive", [EntryKind.Asar])),
        (".cpio", new("a cpio archive", [EntryKind.Cpio])),
        (".deb .rpm", new("a package of an operating system", [EntryKind.SystemPackage])),
        (".iso .squashfs .AppImage .wim .vhdx .qcow2", new("a disk image", [EntryKind.DiskImage])),
        (".lz4 .lz .lzma", new("a compressed stream", [EntryKind.CompressedStream])),
        (".woff .woff2 .ttf .otf .ttc", new("a font", [EntryKind.Font])),
        (".pdf", new("a PDF document", [EntryKind.Pdf])),
        (".mp3 .mp4 .m4a .ogg .wav .flac .webm", new("media", [EntryKind.Media, EntryKind.Binary])),
        // Every package may hold these, so nobody lists them.
        (".psmdcp", Xml),
        (".p7s", new("a signature", [EntryKind.Der])),
        (".ts", new("text", [EntryKind.Text, EntryKind.Utf16Text, EntryKind.Json, EntryKind.Xml, EntryKind.Script, EntryKind.SourceMap, EntryKind.Binary, EntryKind.Media])), // an MPEG transport stream
        (".json .xml .txt .md .js .mjs .cjs .jsx .tsx .css .scss .less .html .htm .svg .map .yml .yaml .toml .ini .cfg .csv .log .nuspec .props .targets "
            + ".config .cs .fs .vb .py .sh .ps1 .bat .cmd .sql .rst .vue .svelte .xaml .resx .csproj .sln", new("text", TextKinds)),
    ]);

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        foreach (var entry in inventory.Entries)
        {
            // Of what could not be read whole nobody knows the kind; RG0003 says so.
            if (entry.Type != EntryType.File || !entry.Complete || entry.Kind == EntryKind.Empty) continue;
            if (PromiseOf(entry.Path) is not { } promise || promise.Allows(entry.Kind)) continue;
            context.Report(entry, $"is named like {promise.What}, but its bytes are {Magic.Describe(entry.Kind)}");
        }

        foreach (var anomaly in inventory.Anomalies)
            if (anomaly.Kind == AnomalyKind.KindMismatch)
                context.Report(null, anomaly.Reason, path: anomaly.Path, offset: anomaly.Offset);
    }

    // "_rels/.rels" has no extension, and text would do for any other .xml.
    private static Promise? PromiseOf(EntryPath path) =>
        path.NameIs(".rels") || path.NameIs("[Content_Types].xml") ? Xml : ByExtension.GetValueOrDefault(path.Extension.ToString());

    private static Dictionary<string, Promise> Table((string Extensions, Promise Promise)[] rows)
    {
        var table = new Dictionary<string, Promise>(StringComparer.OrdinalIgnoreCase);
        foreach (var (extensions, promise) in rows)
            foreach (var extension in extensions.Split(' ')) table.Add(extension, promise);
        return table;
    }

    private sealed record Promise(string What, EntryKind[] Kinds)
    {
        public bool Allows(EntryKind kind)
        {
            foreach (var allowed in Kinds)
                if (allowed == kind) return true;
            return false;
        }
    }
}
