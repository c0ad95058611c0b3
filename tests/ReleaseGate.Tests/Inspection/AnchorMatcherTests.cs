using System.Text;
using ReleaseGate.Inspection;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Inspection;

public sealed class AnchorMatcherTests
{
    [Test]
    public void Finds_what_a_naive_search_finds_in_random_bytes([Range(1, 40)] int seed)
    {
        // A small alphabet makes partial and overlapping occurrences common.
        var random = new Random(seed);
        var alphabet = Encoding.ASCII.GetBytes("aAbB[{_\0");
        var literals = Enumerable.Range(0, random.Next(1, 60))
            .Select(_ => new AnchorLiteral(RandomBytes(random, alphabet, random.Next(4, 9)), random.Next(3) == 0)).ToArray();
        var buffer = RandomBytes(random, alphabet, random.Next(0, 5000));
        var from = random.Next(0, buffer.Length + 1);
        var to = random.Next(from, buffer.Length + 1);

        var hits = new AnchorHits();
        new AnchorMatcher(literals).Find(buffer, from, to, hits);
        hits.Sort();

        Assert.That(Listed(hits), Is.EqualTo(Naive(literals, buffer, from, to)));
    }

    [Test]
    public void Finds_a_literal_at_every_position_of_a_buffer()
    {
        var matcher = new AnchorMatcher([new AnchorLiteral("sourceMappingURL="), new AnchorLiteral("xoxb")]);
        var literal = "sourceMappingURL="u8.ToArray();
        var hits = new AnchorHits();
        for (var length = literal.Length; length < literal.Length + 24; length++)
        {
            for (var at = 0; at + literal.Length <= length; at++)
            {
                var buffer = new byte[length];
                literal.CopyTo(buffer, at);
                hits.Clear();
                matcher.Find(buffer, 0, length, hits);
                Assert.That(Listed(hits), Is.EqualTo(new[] { (at, 0) }), $"length {length}, at {at}");
            }
        }
    }

    [Test]
    public void Ten_thousand_literals_are_told_apart()
    {
        var literals = Enumerable.Range(0, 10_000).Select(i => new AnchorLiteral($"name-{i:x8}-")).ToArray();
        var text = Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 300).Select(i => $"name-{i * 40:x8}-")));

        var hits = new AnchorHits();
        new AnchorMatcher(literals).Find(text, 0, text.Length, hits);

        Assert.That(Listed(hits).Select(h => h.Literal).Order(), Is.EqualTo(Enumerable.Range(0, 300).Select(i => i * 40).Where(i => i < 10_000)));
    }

    [Test]
    public void Names_that_all_begin_alike_are_told_apart_by_what_differs()
    {
        var literals = Enumerable.Range(0, 10_000).Select(i => new AnchorLiteral($"Contoso.{i:x8}", ignoreCase: true)).ToArray();
        var text = Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 300).Select(i => $"contoso.{i * 40:x8}")));

        var hits = new AnchorHits();
        new AnchorMatcher(literals).Find(text, 0, text.Length, hits);
        hits.Sort();

        Assert.That(Listed(hits), Is.EqualTo(Enumerable.Range(0, 250).Select(i => (i * 17, i * 40))));
    }

    private static List<(int Start, int Literal)> Listed(AnchorHits hits) => [.. Enumerable.Range(0, hits.Count).Select(i => hits[i])];

    private static byte[] RandomBytes(Random random, byte[] alphabet, int length) =>
        Enumerable.Range(0, length).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();

    private static List<(int, int)> Naive(AnchorLiteral[] literals, byte[] buffer, int from, int to)
    {
        var found = new List<(int, int)>();
        for (var start = from; start < to; start++)
        {
            for (var l = 0; l < literals.Length; l++)
            {
                var bytes = literals[l].Bytes.Span;
                if (start + bytes.Length > buffer.Length) continue;
                var here = buffer.AsSpan(start, bytes.Length);
                if (literals[l].IgnoreCase ? Ascii.EqualsIgnoreCase(here, bytes) : here.SequenceEqual(bytes)) found.Add((start, l));
            }
        }

        return found;
    }
}
