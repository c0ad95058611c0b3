using System.Reflection;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Documentation;

/// <summary>
/// What library users and rule authors build on changes only on purpose: it stands in PublicApi.txt beside each project. After a change that is meant:
/// <c>APPROVE_API=1 dotnet test tests/ReleaseGate.Tests --filter Name~public_API</c>, then read the diff and commit it.
/// </summary>
public sealed class PublicApiTests
{
    [TestCase("ReleaseGate.Core")]
    [TestCase("ReleaseGate.Testing")]
    public void The_public_API_is_the_approved_one(string project)
    {
        var file = Path.Combine(Repository.Root, "src", project, "PublicApi.txt");
        var actual = PublicApi.Of(Assembly.Load(project));
        if (Environment.GetEnvironmentVariable("APPROVE_API") == "1") File.WriteAllText(file, actual);

        var approved = Lines(File.ReadAllText(file));
        var (gone, added) = (approved.Except(Lines(actual)).ToArray(), Lines(actual).Except(approved).ToArray());
        Assert.That((gone, added), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())), $"""
            The public API of {project} has changed:
            {string.Join('\n', [.. gone.Select(l => "- " + l), .. added.Select(l => "+ " + l)])}
            Make internal what nobody outside needs. Where the change is meant:
              APPROVE_API=1 dotnet test tests/ReleaseGate.Tests --filter Name~public_API
            """);
    }

    [Test]
    public void The_list_shows_what_matters()
    {
        var api = PublicApi.Of(typeof(PublicApiTests).Assembly);
        var lines = Lines(api);

        Assert.That(lines.Where(l => l.Contains("PublicApiSample", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "abstract class ReleaseGate.Documentation.PublicApiSample : IDisposable",
            "ReleaseGate.Documentation.PublicApiSample: const int Most = 4",
            "ReleaseGate.Documentation.PublicApiSample: protected abstract string? Find(IReadOnlyList<string?> names, in long at, out string? rest, int? limit = default)",
            "ReleaseGate.Documentation.PublicApiSample: protected new(string name)",
            "ReleaseGate.Documentation.PublicApiSample: required string[] Words { get; init; }",
            "ReleaseGate.Documentation.PublicApiSample: sealed override string ToString()",
            "ReleaseGate.Documentation.PublicApiSample: static T First<T>(params T[] all)",
            "ReleaseGate.Documentation.PublicApiSample: virtual void Dispose()",
        }));
    }

    // Each member with its type, so that a member that moves is seen.
    private static string[] Lines(string text)
    {
        var type = "";
        var lines = new List<string>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] != ' ')
            {
                lines.Add(line);
                type = line.Split(' ').First(w => w.StartsWith("ReleaseGate.", StringComparison.Ordinal));
            }
            else
            {
                lines.Add($"{type}: {line.Trim()}");
            }
        }

        return [.. lines];
    }
}

/// <summary>For <see cref="PublicApiTests"/>.</summary>
public abstract class PublicApiSample : IDisposable
{
    public const int Most = 4;

    private readonly string _name;

    protected PublicApiSample(string name) => _name = name;

    private protected PublicApiSample() => _name = "";

    public required string[] Words { get; init; }

    internal string Name => _name;

    public static T First<T>(params T[] all) => all[0];

    public virtual void Dispose() => GC.SuppressFinalize(this);

    public sealed override string ToString() => _name;

    protected abstract string? Find(IReadOnlyList<string?> names, in long at, out string? rest, int? limit = null);
}
