using NUnit.Framework;
using ReleaseGate.Testing;

namespace AcmeRules.Tests;

public sealed class RuleTests
{
    [Test]
    public void Rules_say_what_the_corpus_wants_and_nothing_else() =>
        Assert.That(Corpus.Read("corpus").Run(new DraftDocument(), new InternalMark(), new UnlicensedPackage()), Is.Empty);
}
