using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests;

/// <summary>Sends every case of tests/corpus through the gate and compares in both directions.</summary>
public sealed class CorpusTests
{
    public static IEnumerable<TestCaseData> Cases =>
        Testing.Corpus.Read(Repository.Corpus).Cases.Select(each => new TestCaseData(each).SetName($"{Path.GetFileNameWithoutExtension(each.File)} {each.Title}"));

    [TestCaseSource(nameof(Cases))]
    public void Says_what_is_wanted_and_nothing_else(CorpusCase @case) => Assert.That(@case.Run(), Is.Empty);
}
