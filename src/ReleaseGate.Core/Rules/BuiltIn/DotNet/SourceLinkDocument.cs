using System.Text.Json;

namespace ReleaseGate.Rules.BuiltIn.DotNet;

/// <summary>The Source Link document of a PDB. Source: dotnet/designs accepted/2020/diagnostics/source-link.md.</summary>
internal static class SourceLinkDocument
{
    /// <summary>The pairs of a local path and the URL it is fetched from, both with a '*'. What is no JSON is read as a text with URLs in it.</summary>
    public static IEnumerable<(string? Local, string Url)> Read(byte[]? json)
    {
        if (json is null) return [];
        var found = new List<(string?, string)>();
        try
        {
            using var document = JsonDocument.Parse(json.AsMemory(json.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("documents", out var documents) && documents.ValueKind == JsonValueKind.Object)
                foreach (var pair in documents.EnumerateObject())
                    if (pair.Value.ValueKind == JsonValueKind.String) found.Add((pair.Name, pair.Value.GetString()!));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter where a string is no text: bytes that are no UTF-8, half a surrogate.
            found.Clear();
            foreach (var url in DeclaredUrl.In(json)) found.Add((null, url));
        }

        return found;
    }
}
