using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>Something that the working copy's manifest would permit and the one judged by does not: it needs the approval of whoever merges it.</summary>
/// <param name="What">What it permits, on one line, e.g. <c>allows lib/net8.0/*.pdb in *.nupkg</c>.</param>
/// <param name="Location">Where the working copy says so, or null where no single line does.</param>
public sealed record PolicyChange(string What, ManifestLocation? Location);
