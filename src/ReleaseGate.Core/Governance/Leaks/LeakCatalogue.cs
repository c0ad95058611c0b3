using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>
/// The kinds of leak that a drill seeds: one row each. What a row makes is made anew in every run; secrets are random. Kinds that other gates pass over in silence are among them:
/// maps under other names, compressed or nested, text in debug symbols, bytes outside of the archive's directory.
/// </summary>
internal static partial class LeakCatalogue
{
    /// <summary>All of them, by control.</summary>
    public static IReadOnlyList<Leak> All() => [.. SourceMaps(), .. DebugInformation(), .. Traces(), .. Sources(), .. Names(), .. Data(), .. Secrets(), .. Metadata(), .. Files(), .. Archives()];

    private static Leak[] SourceMaps() =>
    [
        new("source-map-beside", "source-maps", "Source map beside a bundle", "The bundler wrote a map beside the bundle and the packer took the whole folder: every source file is public.",
            o => new AddedEntry(o.Free((o.Script?.Path.Inner ?? o.Beside(o.Id + ".js")) + ".map"), Bytes(SeededFiles.Map(40, hasText: true)))),
        new("source-map-without-text", "source-maps", "Source map without the text", "A map without sourcesContent still tells the names and the layout of all sources.",
            o => new AddedEntry(o.Beside("types.d.ts.map"), Bytes(SeededFiles.Map(12, hasText: false)))),
        new("source-map-other-name", "source-maps", "Source map under another extension", "A build step renamed the map to .json, which allowlists pass: every source file is public.",
            o => new AddedEntry(o.Beside("chunk-meta.json"), Bytes(SeededFiles.Map(40, hasText: true)))),
        new("source-map-no-extension", "source-maps", "Source map named like data", "The map lies in an asset called .bin: every source file is public.",
            o => new AddedEntry(o.Beside("assets.bin"), Bytes(SeededFiles.Map(40, hasText: true)))),
        new("source-map-index", "source-maps", "Index map with sections", "A map of maps has no 'sources' of its own, and holds every source file.",
            o => new AddedEntry(o.Beside("all.js.map"), Bytes(SeededFiles.IndexMap()))),
        new("source-map-inline", "source-maps", "Map inside the bundle itself", "One option of the bundler put the map into the bundle as base64: no file more, and every source file is public.",
            o => o.InScript(SeededFiles.InlineMap())),
        new("source-map-inline-early", "source-maps", "Inline map far before the end", "Code was appended behind the inline map, where a look at the end of the file misses it.",
            o => new AddedEntry(o.Beside("vendor.js"), Bytes("f(1);\n" + SeededFiles.InlineMap() + "\n" + string.Concat(Enumerable.Repeat("g(2);\n", 4000))))),
        new("source-map-inline-css", "source-maps", "Map inside a style sheet", "The style sheet carries its map: the sources of the design system are public.",
            o => new AddedEntry(o.Beside("theme.css"), Bytes("a{color:red}\n" + SeededFiles.InlineMap("/*# ", " */") + "\n"))),
        new("source-map-remote", "source-maps", "Address of a map at a build host", "The bundle names a map at a host of the build: whoever reaches it has the sources.",
            o => o.InScript($"//# {SeededFiles.MapKey}=https://maps-{SeededSecrets.Random("bcdfgh2345", 8)}.drill.internal/{o.Id}.js.map")),
        new("source-map-remote-sources", "source-maps", "Map that names sources at an inner host", "The map's sourceRoot leads to the company's git server.",
            o => new AddedEntry(o.Beside("lazy.js.map"), Bytes(SeededFiles.Map(3, hasText: false, root: $"https://git-{SeededSecrets.Random("bcdfgh2345", 8)}.drill.internal/raw/")))),
        new("source-map-gzip", "source-maps", "Map compressed with gzip", "The deployment compresses assets, the map too, and no listing shows a .map.",
            o => new AddedEntry(o.Beside("chunk.js.map.gz"), SeededFiles.GZip(Bytes(SeededFiles.Map(40, hasText: true))))),
        new("source-map-brotli", "source-maps", "Map compressed with Brotli", "The same with Brotli, which has no signature to know it by.",
            o => new AddedEntry(o.Beside("chunk.js.map.br"), SeededFiles.Brotli(Bytes(SeededFiles.Map(40, hasText: true))))),
        new("source-map-in-zip", "source-maps", "Map in a nested zip", "The assets ship as a zip, and the map is in it.",
            o => new AddedEntry(o.Beside("assets.zip"), SeededFiles.Zip(("app.js", Bytes("run();\n")), ("app.js.map", Bytes(SeededFiles.Map(40, hasText: true)))))),
        new("source-map-in-tgz", "source-maps", "Map in a nested tarball", "A template package ships as .tgz inside, and the map is in it.",
            o => new AddedEntry(o.Beside("template.tgz"), SeededFiles.Tgz("package/app.js.map", Bytes(SeededFiles.Map(40, hasText: true))))),
        new("source-map-in-addon", "source-maps", "Map inside a native program", "A script with its inline map was compiled into an add-on: no text file shows it.",
            o => new AddedEntry(o.Beside(o.Id + ".node"), SeededFiles.Elf((".rodata", Bytes("start();\n" + SeededFiles.InlineMap() + "\n"))))),
    ];

    private static Leak[] DebugInformation() =>
    [
        new("pdb-beside", "debug-symbols", "PDB beside an assembly", "The symbols were packed with the assembly: names of all methods, locals and source files.",
            o => o.Kind == ArtifactKind.SymbolsPackage ? Sowing.None("a symbols package is there to hold PDBs") : new AddedEntry(o.Free(o.Assembly is { } dll ? dll.Path.Inner[..^4] + ".pdb" : o.Beside(o.Id + ".pdb")), new SeededAssembly { Name = o.Id }.Pdb())),
        new("pdb-windows", "debug-symbols", "Windows PDB", "The symbols of native code were packed: the gallery refuses them, other feeds do not.",
            o => new AddedEntry(o.Beside(o.Id + ".native.pdb"), SeededFiles.WindowsPdb())),
        new("pdb-with-source", "debug-symbols", "PDB that holds the sources", "EmbedAllSources put the text of every file into the PDB.",
            o => new AddedEntry(o.Beside(o.Id + ".Core.pdb"), new SeededAssembly { Name = o.Id + ".Core", EmbedsSource = true }.Pdb())),
        new("pdb-renamed", "debug-symbols", "PDB under another name", "The symbols lie in an asset called .dat.", o => new AddedEntry(o.Beside("native.dat"), new SeededAssembly { Name = o.Id, EmbedsSource = true }.Pdb())),
        new("pdb-embedded", "debug-symbols", "PDB inside the assembly", "DebugType=embedded: no file more, and names of all locals and source files.", o => o.InAssembly(a => a with { EmbedsPdb = true })),
        new("source-embedded", "debug-symbols", "Sources inside the assembly", "DebugType=embedded with EmbedAllSources: no file more, and the whole text of the sources.", o => o.InAssembly(a => a with { EmbedsPdb = true, EmbedsSource = true })),
        new("debug-build", "debug-symbols", "Debug build of the assembly", "The Debug configuration was packed: slow, with assertions and what #if DEBUG switches on.", o => o.InAssembly(a => a with { IsDebug = true })),
        new("native-debug-info", "debug-symbols", "DWARF in a native library", "The library was not stripped: types, names and lines of the native code.",
            o => new AddedEntry(o.Beside(o.Id + ".so"), SeededFiles.Elf((".text", new byte[64]), (".debug_info", Bytes("DW_TAG_compile_unit pricing.cc")), (".debug_line", new byte[40])))),
        new("wasm-debug-info", "debug-symbols", "DWARF in a WebAssembly module", "The module was built with -g: types, names and lines.", o => new AddedEntry(o.Beside(o.Id + ".wasm"), SeededFiles.Wasm(".debug_info", new byte[90]))),
    ];

    private static Leak[] Traces() =>
    [
        new("build-machine-path", "build-traces", "Home folder of a developer", "A text names the folder it was built in, and with it the developer and the layout of the repository.",
            o => o.InScript($"const base = \"{SeededFiles.MachinePath}\";")),
        new("development-settings", "build-traces", "Settings of the development environment", "appsettings.Development.json went along: inner addresses, switches, what is planned.",
            o => new AddedEntry(o.Stray("appsettings.Development.json"), Bytes("""{ "DetailedErrors": true, "Features": { "NextYear": true } }"""))),
        new("launch-settings", "build-traces", "launchSettings.json", "The profiles that developers start with: ports, variables, hosts.", o => new AddedEntry(o.Stray("Properties/launchSettings.json"), Bytes("""{ "profiles": { "Acme": { "commandName": "Project" } } }"""))),
        new("test-assembly", "build-traces", "Assembly with tests", "The tests tell how the product fails and which cases matter.", o => o.Kind == ArtifactKind.SymbolsPackage ? Sowing.None("a symbols package holds no assemblies")
            : new AddedEntry(o.Beside(o.Id + ".Tests.dll"), new SeededAssembly { Name = o.Id + ".Tests", HasTests = true }.Image())),
        new("test-results", "build-traces", "Results of a test run", "The log of the tests: names of machines and people, messages of failures.", o => new AddedEntry(o.Stray("TestResults/nightly.trx"), Bytes("<TestRun runUser=\"ACME\\jill\"></TestRun>"))),
        new("coverage", "build-traces", "Coverage of a test run", "Every source file by path, and which lines nobody tests.", o => new AddedEntry(o.Stray("coverage/lcov.info"), Bytes("SF:src/pricing.ts\nDA:1,0\nend_of_record\n"))),
        new("build-log", "build-traces", "Binary log of the build", "A .binlog holds every variable of the build server's environment, secrets among them.", o => new AddedEntry(o.Stray("msbuild.binlog"), SeededFiles.GZip(RandomNumberGenerator.GetBytes(900)))),
        new("core-dump", "build-traces", "Core dump", "The memory of a process that crashed, with all it knew.", o => new AddedEntry(o.Stray("core.4711"), SeededFiles.Core())),
        new("heap-snapshot", "build-traces", "Heap snapshot", "Every string that the server had in memory.", o => new AddedEntry(o.Stray("Heap.20260101.heapsnapshot"), Bytes("""{"snapshot":{"meta":{"node_fields":["type"]},"node_count":1},"nodes":[0],"strings":["customer"]}"""))),
        new("memory-dump", "build-traces", "Memory dump under another name", "A minidump that a crash handler put into the assets.", o => new AddedEntry(o.Stray("state.dat"), [.. "MDMP"u8, 0x93, 0xA7, 0, 0, .. new byte[64]])),
        new("git-folder", "build-traces", ".git folder", "The whole history of the repository, deleted secrets included.", o => Sowing.Of(new AddedEntry(o.Stray(".git/HEAD"), Bytes("ref: refs/heads/main\n")),
            new AddedEntry(o.Stray(".git/config"), Bytes("[core]\n\tbare = false\n")), new AddedEntry(o.Stray(".git/index"), [.. "DIRC"u8, 0, 0, 0, 2, 0, 0, 0, 1]))),
        new("git-pack-renamed", "build-traces", "Pack of git objects as data", "A backup of the repository under the name of an asset.", o => new AddedEntry(o.Stray("snapshot.dat"), [.. "PACK"u8, 0, 0, 0, 2, 0, 0, 0, 1, .. new byte[40]])),
        new("editor-state", "build-traces", "State of an editor", "The .vs folder names files, branches and machines.", o => new AddedEntry(o.Stray(".vs/Acme/v17/.suo"), [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[504]])),
        new("assistant-state", "build-traces", "State of a coding assistant", "Instructions and permissions for an agent: how the team works and what it plans.", o => new AddedEntry(o.Stray(".claude/settings.local.json"), Bytes("""{ "permissions": { "allow": ["Bash(deploy:*)"] } }"""))),
        new("assistant-instructions", "build-traces", "Instructions for a coding assistant", "AGENTS.md tells the architecture, the inner hosts and the plans.", o => new AddedEntry(o.Stray("AGENTS.md"), Bytes("# How we work\n\nNever mention the new pricing.\n"))),
    ];

    private static Leak[] Sources() =>
    [
        new("source-file", "source", "Source file, C#", "A source file was packed as content.", o => new AddedEntry(o.Stray("src/Pricing.cs"), Bytes("namespace Acme;\n\ninternal sealed class Pricing;\n"))),
        new("source-file-typescript", "source", "Source file, TypeScript", "The src folder went along with dist.", o => new AddedEntry(o.Stray("src/pricing.ts"), Bytes("export const price: number = 1;\n"))),
        new("source-file-python", "source", "Source file, Python", "A script of the release team lies beside the product.", o => new AddedEntry(o.Stray("scripts/release.py"), Bytes("def release():\n    pass\n"))),
        new("source-zip", "source", "Sources in a nested zip", "src.zip, as somebody sent it around.", o => new AddedEntry(o.Stray("src.zip"), SeededFiles.Zip(("src/Pricing.cs", Bytes("class Pricing;\n")), ("src/Roadmap.cs", Bytes("class Roadmap;\n"))))),
        new("project-file", "source", "Project file", "Names and versions of everything the product is built from.", o => new AddedEntry(o.Stray("Acme.csproj"), Bytes("<Project Sdk=\"Microsoft.NET.Sdk\" />\n"))),
        new("solution", "source", "Solution", "The names of all projects, released or not.", o => new AddedEntry(o.Stray("Acme.sln"), Bytes("Microsoft Visual Studio Solution File, Format Version 12.00\n"))),
    ];

    private static Leak[] Data() =>
    [
        new("database", "data", "SQLite database", "A database of the developer's machine, customers included.", o => new AddedEntry(o.Stray("data/customers.db"), SeededFiles.Sqlite())),
        new("database-renamed", "data", "SQLite database under another name", "The same as an asset called .bin.", o => new AddedEntry(o.Stray("data/cache.bin"), SeededFiles.Sqlite())),
        new("database-dump", "data", "Dump of a database", "Rows of customers as text.", o => new AddedEntry(o.Stray("data/backup.sql"), Bytes("-- MySQL dump 10.13  Distrib 8.0.36\nINSERT INTO `customers` VALUES (1,'Jill'),(2,'Otto');\n"))),
        new("terraform-state", "data", "State of Terraform", "The whole infrastructure with addresses and passwords.",
            o => new AddedEntry(o.Stray("terraform.tfstate"), Bytes("""{ "version": 4, "terraform_version": "1.9.0", "serial": 7, "lineage": "5a0d2f0c-0000-0000-0000-000000000000", "outputs": {}, "resources": [] }"""))),
        new("network-capture", "data", "Capture of network traffic", "What a developer recorded, sessions included.", o => new AddedEntry(o.Stray("trace.pcap"), [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, .. new byte[32]])),
        new("model-weights", "data", "Weights of a model", "What months of training made, for anyone to copy.", o => new AddedEntry(o.Stray("models/ranker.safetensors"), SeededFiles.SafeTensors())),
        new("model-weights-renamed", "data", "Weights of a model under another name", "The same as an asset called .bin.", o => new AddedEntry(o.Stray("models/ranker.bin"), [.. "GGUF"u8, 3, 0, 0, 0, .. new byte[64]])),
    ];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
