using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.DotNet;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class DebugBuild() : ContentRule(new Descriptor("RG2009", nameof(DebugBuild),
    "An assembly or library was built for debugging: not optimised, with assertions and whatever else DEBUG switches on.",
    "Build what ships with '-c Release' (a Release configuration that sets Optimize to false is a Debug build as well)."))
{
    public override ContentRequest Request { get; } = ContentRequest.Read(ImageFacts.Reader, Judge);

    public override bool Wants(Entry entry) => entry.Kind == EntryKind.PortableExecutable;

    private static void Judge(ImageFacts facts, Entry entry, RuleContext context)
    {
        Recognise(facts, entry, context);
        if (facts.DebugRuntimes.Count > 0)
            context.Report(entry, $"needs the debug version of the C runtime ({string.Join(", ", facts.DebugRuntimes)}), which only developers' machines have",
                "Build with the Release configuration of the native project (/MD or /MT instead of /MDd or /MTd).", vendored: Severity.Warning);

        // A reference assembly has no code that could be slow.
        if (facts.Assembly is not { IsReferenceAssembly: false, Debuggable: { } flags } assembly || (flags & AssemblyFacts.DisableOptimizations) == 0) return;
        var message = string.Create(CultureInfo.InvariantCulture, $"is a Debug build: DebuggableAttribute 0x{flags:X} switches the optimisations off");
        if (assembly.Configuration is { Length: > 0 } configuration) message += $", AssemblyConfiguration is '{EntryPath.Printable(configuration)}'";
        context.Report(entry, message, vendored: Severity.Warning);
    }

    private static void Recognise(ImageFacts facts, Entry entry, RuleContext context)
    {
        if (facts.IsReadyToRun) context.Recognise(entry, "ready-to-run", "yes");
        if (facts.HasCoffSymbols) context.Recognise(entry, "coff-symbols", "yes");
        if (facts.EmbeddedPdb?.Optimization is { } optimization) context.Recognise(entry, "optimization", EntryPath.Printable(optimization));
        if (facts.Assembly is not { } assembly) return;
        context.Recognise(entry, "assembly", EntryPath.Printable($"{assembly.Name} {assembly.Version}"));
        if (assembly.IsReferenceAssembly) context.Recognise(entry, "reference-assembly", "yes");
        else if (assembly.Debuggable is { } flags) context.Recognise(entry, "debug", (flags & AssemblyFacts.DisableOptimizations) != 0 ? "Debug" : "Release");
        if (assembly.InternalsVisibleTo.Count > 0) context.Recognise(entry, "internals-visible-to", EntryPath.Printable(string.Join("; ", assembly.InternalsVisibleTo.Select(SimpleName))));
    }

    // "Acme.Tests, PublicKey=0024…"
    private static string SimpleName(string name)
    {
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        return comma < 0 ? name : name[..comma];
    }
}
