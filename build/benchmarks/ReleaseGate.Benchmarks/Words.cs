using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using ReleaseGate.Package.Tests;
using ReleaseGate.Policy;

namespace ReleaseGate.Benchmarks;

/// <summary>What a list of internal words costs (RG3006): plain in the manifest, and hashed.</summary>
internal static class Words
{
    public static void Run()
    {
        var folder = Path.Combine(Path.GetDirectoryName(Fixtures.Tgz)!, "words");
        Directory.CreateDirectory(folder);
        var variants = new List<Variant> { new("no words", () => Check("")) };
        foreach (var count in (ReadOnlySpan<int>)[100, 1_000, 10_000])
        {
            var name = count.ToString("#,0", CultureInfo.InvariantCulture);
            variants.Add(Variant($"{name} words", $"words-{count}.json", new { words = Codenames(count) }));
            var hashed = HashedWords.Make(Codenames(count).Select(static w => HashedWords.TryNormalise(w, out var n, out var mistake) ? n : throw new InvalidOperationException(mistake)), new byte[16]);
            variants.Add(Variant($"{name} hashed words", $"hashed-{count}.json", new { hashes = hashed }));
        }

        Measurement.Compare(9, variants);

        Variant Variant(string name, string file, object identifiers)
        {
            var path = Path.Combine(folder, file);
            File.WriteAllText(path, JsonSerializer.Serialize(new { extends = "closed", identifiers }));
            return new Variant(name, () => Check(path));
        }
    }

    private static long Check(string manifest)
    {
        var request = new GateRequest { Artifacts = [Fixtures.Tgz], SearchFrom = Path.GetDirectoryName(Fixtures.Tgz)! };
        request = manifest.Length == 0 ? request with { Profile = "closed" } : request with { Manifest = manifest };
        return new Gate(new FileSystem()).Check(request, DateTime.UtcNow).Verdicts[0].BytesRead;
    }

    /// <summary>Names as companies make them up: syllables, now and then two in one.</summary>
    private static string[] Codenames(int count)
    {
        var random = new TypeScriptProject.Sequence(7);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (names.Count < count)
        {
            var text = new StringBuilder();
            for (var part = random.Below(4) == 0 ? 2 : 1; part > 0; part--)
            {
                if (text.Length > 0) text.Append('-');
                for (var i = 2 + random.Below(3); i > 0; i--) text.Append("bcdfghklmnprstvwz"[random.Below(17)]).Append("aeiou"[random.Below(5)]);
                if (random.Below(2) == 0) text.Append("nrsxl"[random.Below(5)]);
            }

            if (text.Length >= 5) names.Add(text.ToString());
        }

        return [.. names];
    }
}
