using System.Text;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Tests;

public sealed class SecretTests
{
    [Test]
    public void Shows_the_first_four_the_last_two_and_the_beginning_of_the_digest() =>
        Assert.That(Secret.Show("abcdefghijklmnopqrstuvwxyz"u8), Is.EqualTo("abcd…yz (sha256 71c480df93d6)"));

    [Test]
    public void Shows_no_letter_of_a_short_one([Range(0, 23)] int length)
    {
        var secret = Encoding.ASCII.GetBytes("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[..length]);
        Assert.That(Secret.Show(secret), Does.Match("^… \\(sha256 [0-9a-f]{12}\\)$"));
    }

    [Test]
    public void Prints_no_control_characters() => Assert.That(Secret.Show("\x1b[31mabcdefghijklmnopqrstuvwxyz\n\n"u8), Does.Not.Contain("\x1b").And.Not.Contain("\n"));
}
