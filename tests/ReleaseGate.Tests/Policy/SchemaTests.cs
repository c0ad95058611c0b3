using System.Text.Json.Nodes;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Policy;

/// <summary>What an editor shows of the manifest's schema.</summary>
public sealed class SchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(ManifestReader.SchemaText())!.AsObject();

    private static IEnumerable<string> Keys() => Properties(Schema, "").Select(p => p.Path);

    [Test]
    public void Every_key_of_every_object_is_there() =>
        Assert.That(Keys(), Is.SupersetOf(new[] { "$schema", "extends", "artifacts", "artifacts/match", "artifacts/require", "artifacts/limits/size", "hosts", "identifiers/words", "rules" }));

    [TestCaseSource(nameof(Keys))]
    public void A_key_says_what_it_is_for(string key)
    {
        var property = Properties(Schema, "").Single(p => p.Path == key).Schema;
        var description = (string?)property["description"];

        Assert.That(description, Is.Not.Null.And.Length.GreaterThan(8));
        Assert.That(description, Does.EndWith("."));
    }

    // Completion offers values from examples and enumerations; numbers and objects have none worth offering.
    [TestCaseSource(nameof(Keys))]
    public void A_key_offers_values(string key)
    {
        var property = Properties(Schema, "").Single(p => p.Path == key).Schema;

        Assert.That(OffersValues(property), Is.True);
    }

    [Test]
    public void Its_address_is_the_one_that_init_writes() =>
        Assert.That((string?)Schema["$id"], Is.EqualTo(ManifestReader.SchemaAddress));

    private static IEnumerable<(string Path, JsonObject Schema)> Properties(JsonObject schema, string prefix)
    {
        if (schema["properties"] is JsonObject properties)
        {
            foreach (var (name, value) in properties)
            {
                yield return (prefix + name, value!.AsObject());
                foreach (var inner in Properties(value.AsObject(), prefix + name + "/")) yield return inner;
            }
        }

        foreach (var below in Below(schema))
            foreach (var inner in Properties(below, prefix)) yield return inner;
    }

    private static IEnumerable<JsonObject> Below(JsonObject schema)
    {
        if (schema["items"] is JsonObject items) yield return items;
        if (schema["additionalProperties"] is JsonObject additional) yield return additional;
        if (schema["anyOf"] is JsonArray choices)
            foreach (var choice in choices) yield return choice!.AsObject();
        if ((string?)schema["$ref"] is { } reference) yield return Schema["definitions"]![reference["#/definitions/".Length..]]!.AsObject();
    }

    private static bool OffersValues(JsonObject schema) =>
        schema["enum"] is not null || schema["examples"] is JsonArray { Count: > 0 } || (string?)schema["type"] is "object" or "integer" or "boolean" || Below(schema).Any(OffersValues);
}
