using System.Text.Json.Nodes;

namespace ReleaseGate.Tests.Reporting;

/// <summary>Holds the keys of a document against its JSON Schema: each that is there is described, and each that is required is there. Values are a validator's business.</summary>
internal sealed class SchemaKeys(JsonNode schema, params (string Name, JsonNode Schema)[] others)
{
    /// <summary>What does not fit, by place.</summary>
    public List<string> Mistakes(JsonNode document)
    {
        var mistakes = new List<string>();
        Compare(schema, schema, document, "$", mistakes);
        return mistakes;
    }

    private void Compare(JsonNode root, JsonNode described, JsonNode? value, string place, List<string> mistakes)
    {
        if ((string?)described["$ref"] is { } reference)
        {
            var parts = reference.Split('#');
            if (parts[0].Length > 0) root = others.Single(o => o.Name == parts[0]).Schema;
            described = root;
            foreach (var step in parts.Length > 1 ? parts[1].Split('/', StringSplitOptions.RemoveEmptyEntries) : []) described = described[step]!;
        }

        if (described["anyOf"] is JsonArray choices)
        {
            // Null, or one other form.
            if (value is not null) Compare(root, choices.Single(c => (string?)c!["type"] != "null")!, value, place, mistakes);
            return;
        }

        if (value is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++) Compare(root, described["items"]!, array[i], $"{place}[{i}]", mistakes);
        }
        else if (value is JsonObject own)
        {
            var properties = described["properties"]!.AsObject();
            foreach (var (key, inner) in own)
            {
                if (properties[key] is { } property) Compare(root, property, inner, $"{place}.{key}", mistakes);
                else mistakes.Add($"{place}.{key} is not described");
            }

            foreach (var key in described["required"]!.AsArray())
                if (!own.ContainsKey((string)key!)) mistakes.Add($"{place}.{key} is missing");
        }
    }
}
