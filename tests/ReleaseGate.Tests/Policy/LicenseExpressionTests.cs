using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Policy;

public sealed class LicenseExpressionTests
{
    private static readonly string[] Pieces = ["MIT", "Apache-2.0", "GPL-2.0+", "LicenseRef-a.b", "DocumentRef-x:LicenseRef-y", "AND", "OR", "WITH", "and", "or", "with", "Or", "(", ")", " ", "  ", "+", ":", "-", ".", "é", "\0", "\t", "0", "DocumentRef-", "LicenseRef-"];

    [TestCase("MIT", "MIT")]
    [TestCase("  MIT\t", "MIT")]
    [TestCase("(MIT)", "MIT")]
    [TestCase("((MIT OR Apache-2.0))", "MIT OR Apache-2.0")]
    [TestCase("MIT or Apache-2.0 and Zlib", "MIT OR Apache-2.0 AND Zlib")]
    [TestCase("(MIT OR Apache-2.0) AND Zlib", "(MIT OR Apache-2.0) AND Zlib")]
    [TestCase("MIT OR (Apache-2.0 OR Zlib)", "MIT OR (Apache-2.0 OR Zlib)")]
    [TestCase("MIT OR (Apache-2.0 AND Zlib)", "MIT OR Apache-2.0 AND Zlib")]
    [TestCase("GPL-2.0+", "GPL-2.0+")]
    [TestCase("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0")]
    [TestCase("GPL-2.0+ with GCC-exception-2.0 or MIT", "GPL-2.0+ WITH GCC-exception-2.0 OR MIT")]
    [TestCase("LicenseRef-Acme.1", "LicenseRef-Acme.1")]
    [TestCase("DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2", "DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2")]
    [TestCase("MIT AND(Zlib)", "MIT AND Zlib")]
    public void Reads(string text, string printed)
    {
        Assert.That(LicenseExpression.TryParse(text, out var expression, out var error), Is.True, error);
        Assert.That(expression!.ToString(), Is.EqualTo(printed));
        Assert.That(LicenseExpression.TryParse(printed, out var again, out _), Is.True);
        Assert.That(again, Is.EqualTo(expression));
    }

    [TestCase("", "a licence identifier is missing, at character 1")]
    [TestCase("   ", "a licence identifier is missing, at character 4")]
    [TestCase("MIT/X11", "AND, OR or the end is missing, at character 4")]
    [TestCase("Apache License 2.0", "AND, OR or the end is missing, at character 8")]
    [TestCase("MIT Or Zlib", "AND, OR or the end is missing, at character 5")]
    [TestCase("MIT OR", "a licence identifier is missing, at character 7")]
    [TestCase("MIT OR AND Zlib", "a licence identifier is missing before the operator, at character 8")]
    [TestCase("OR", "a licence identifier is missing before the operator, at character 1")]
    [TestCase("(MIT", "')', AND or OR is missing, at character 5")]
    [TestCase("MIT)", "this ')' closes nothing, at character 4")]
    [TestCase("()", "a licence identifier is missing, at character 2")]
    [TestCase("GPL-2.0 +", "AND, OR or the end is missing, at character 9")]
    [TestCase("GPL-2.0 WITH", "the identifier of an exception is missing behind WITH, at character 13")]
    [TestCase("GPL-2.0 WITH AND", "the identifier of an exception is missing behind WITH, at character 17")]
    [TestCase("a:b", "only DocumentRef-… and LicenseRef-… are joined by ':', at character 1")]
    [TestCase("DocumentRef-a", null)]
    [TestCase("$license$", "a licence identifier is missing, at character 1")]
    [TestCase("MIT, Zlib", "AND, OR or the end is missing, at character 4")]
    public void Says_where_it_is_wrong(string text, string? wanted)
    {
        Assert.That(LicenseExpression.TryParse(text, out var expression, out var error), Is.EqualTo(wanted is null));
        Assert.That(error, Is.EqualTo(wanted));
        Assert.That(expression is null, Is.EqualTo(wanted is not null));
    }

    [Test]
    public void Bounds_what_is_hostile()
    {
        var deep = new string('(', LicenseExpression.DeepestParentheses) + "MIT" + new string(')', LicenseExpression.DeepestParentheses);
        Assert.That(LicenseExpression.TryParse(deep, out _, out _), Is.True);
        Assert.That(LicenseExpression.TryParse($"({deep})", out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo("parentheses stand in each other at most 32 deep, at character 33"));
        Assert.That(LicenseExpression.TryParse(new string('(', LicenseExpression.MaximumLength), out _, out _), Is.False);
        Assert.That(LicenseExpression.TryParse(new string('M', LicenseExpression.MaximumLength), out _, out _), Is.True);
        Assert.That(LicenseExpression.TryParse(new string('M', LicenseExpression.MaximumLength + 1), out _, out error), Is.False);
        Assert.That(error, Is.EqualTo("it has more than 8000 characters"));
    }

    /// <summary>Any text is read or refused, never both and never with an exception; what was read is printed so that it reads the same.</summary>
    [Test]
    public void Any_text_is_read_or_refused_and_reads_the_same_when_printed()
    {
        var random = new Random(5006);
        var read = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var text = "";
            for (var pieces = random.Next(12); pieces >= 0; pieces--) text += Pieces[random.Next(Pieces.Length)] + (random.Next(3) > 0 ? " " : "");
            var ok = LicenseExpression.TryParse(text, out var expression, out var error);
            Assert.That(error is null, Is.EqualTo(ok), text);
            if (!ok) continue;
            read++;
            Assert.That(LicenseExpression.TryParse(expression!.ToString(), out var again, out _), Is.True, text);
            Assert.That(again, Is.EqualTo(expression), text);
            Assert.That(again!.GetHashCode(), Is.EqualTo(expression!.GetHashCode()), text);
            // Accepting everything refuses nothing; accepting nothing refuses something.
            Assert.That(expression.Refused(_ => true), Is.Empty, text);
            Assert.That(expression.Refused(_ => false), Is.Not.Empty, text);
        }

        Assert.That(read, Is.GreaterThan(500));
    }

    [TestCase("MIT", "mit", true)]
    [TestCase("GPL-2.0", "GPL-2.0-only", true)]
    [TestCase("GPL-2.0-only", "GPL-2.0-or-later", true)]
    [TestCase("GPL-2.0-only", "GPL-2.0+", true)]
    [TestCase("GPL-2.0-or-later", "GPL-2.0+", true)]
    [TestCase("GPL-2.0-or-later", "GPL-2.0-only", false)]
    [TestCase("GPL-2.0-or-later", "GPL-2.0", false)]
    [TestCase("GPL-2.0-or-later", "GPL-3.0-only", false)]
    [TestCase("GPL-2.0-only", "LGPL-2.0-only", false)]
    [TestCase("Apache-2.0", "Apache-2.0 WITH LLVM-exception", true)]
    [TestCase("Apache-2.0 WITH LLVM-exception", "Apache-2.0", false)]
    [TestCase("Apache-2.0 WITH LLVM-exception", "apache-2.0 with llvm-exception", true)]
    [TestCase("MIT", "MIT-0", false)]
    [TestCase("MIT", "MIT OR Proprietary", true)]
    [TestCase("MIT", "MIT AND Proprietary", false)]
    [TestCase("MIT", "(MIT AND Proprietary) OR MIT", true)]
    [TestCase("LicenseRef-Acme", "LicenseRef-Acme", true)]
    [TestCase("Unlicense", "UNLICENSED", false)]
    public void A_list_allows_what_it_covers(string allowed, string declared, bool accepted)
    {
        var policy = Inventories.Manifest($$"""{ "licenses": { "allow": ["{{allowed}}"] } }""").Licenses;
        Assert.That(policy.Refuse(new Artifacts.PackageLicense(Artifacts.LicenseKind.Expression, declared)) is null, Is.EqualTo(accepted));
    }
}
