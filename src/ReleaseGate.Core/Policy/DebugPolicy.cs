using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>The <c>debug</c> of a manifest: where debug information ends and a leak begins.</summary>
public sealed record DebugPolicy
{
    /// <summary>How many generated documents (assembly attributes, global usings, source generators' output) a PDB may embed unless the manifest says otherwise.</summary>
    public const int DefaultGeneratedSources = 50;

    /// <summary>How many generated documents a PDB may embed before they count as embedded source (RG2008).</summary>
    public int GeneratedSources { get; init; } = DefaultGeneratedSources;

    /// <summary>What the <c>name</c> section of a WebAssembly module means (RG2012): function names, no source.</summary>
    public Severity WasmNames { get; init; } = Severity.Warning;

    /// <summary>Folders of build machines that may show, besides the well-known ones (RG2010); with '/', ending in one.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];
}
