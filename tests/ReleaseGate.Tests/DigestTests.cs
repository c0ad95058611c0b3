namespace ReleaseGate.Tests;

public sealed class DigestTests
{
    // FIPS 180-2, appendix B.1
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Test]
    public void Prints_and_reads_back_the_published_vector()
    {
        var digest = Digest.Of("abc"u8);

        Assert.That(digest.ToString(), Is.EqualTo(Abc));
        Assert.That(Digest.TryParse(Abc.ToUpperInvariant(), out var parsed), Is.True);
        Assert.That(parsed, Is.EqualTo(digest));
        Assert.That(parsed, Is.Not.EqualTo(Digest.Of("abd"u8)));
    }

    [TestCase("")]
    [TestCase("ba78")]
    [TestCase("zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void Refuses_what_is_no_digest(string text) => Assert.That(Digest.TryParse(text, out _), Is.False);
}
