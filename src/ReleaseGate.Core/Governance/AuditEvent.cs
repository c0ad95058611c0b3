using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Governance;

/// <summary>Something that the audit log keeps (docs/audit-log.md): digests, counts, names, never content of files or secrets.</summary>
/// <param name="Name">What happened, e.g. <c>check</c>.</param>
/// <param name="Data">Its members, in the order they are written.</param>
public sealed record AuditEvent(string Name, JsonObject Data);

/// <summary>A place in an audit log.</summary>
/// <param name="Sequence">The number of the line, from 0.</param>
/// <param name="Head">SHA-256 of the line's bytes without its line feed.</param>
public readonly record struct AuditPosition(long Sequence, Digest Head);
