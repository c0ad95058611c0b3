using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.DotNet;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class TestAssembly() : ContentRule(new Descriptor("RG2015", nameof(TestAssembly),
    "An assembly is a test project's output, or a test framework that only tests need.",
    "Set IsPackable to false in test projects and keep test packages out of what ships; a reference to one wants PrivateAssets=\"all\"."))
{
    private const string TestsTrait = "tests";
    private const string FrameworkTrait = "test-framework";

    // Assembly names; those with a '.' at the end are beginnings.
    private static readonly string[] Frameworks =
    [
        "xunit", "xunit.", "nunit", "nunit.", "nunit3.", "NUnit3.", "Moq", "NSubstitute", "FakeItEasy", "FluentAssertions", "Shouldly", "AutoFixture", "AutoFixture.", "coverlet.", "testhost", "testhost.x86",
        "Microsoft.TestPlatform.", "Microsoft.VisualStudio.TestPlatform.", "Microsoft.VisualStudio.QualityTools.UnitTestFramework", "Microsoft.Testing.Platform", "MSTest.", "TUnit", "TUnit.", "Microsoft.NET.Test.",
        "Microsoft.VisualStudio.CodeCoverage.", "Microsoft.CodeCoverage.", "Microsoft.AspNetCore.Mvc.Testing", "Microsoft.AspNetCore.TestHost",
    ];

    private static readonly string[] TestNames = [".Tests", ".Test", ".UnitTests", ".UnitTest", ".IntegrationTests", ".IntegrationTest", ".FunctionalTests", ".E2ETests"];

    // Packages whose product is testing say so in their ids.
    private static readonly string[] TestWords = ["test", "tests", "testing", "mocks", "mocking", "assertions", "fixtures", "specflow", "reqnroll", "codecoverage", "coverage"];

    public override ContentRequest Request { get; } = ContentRequest.Read(ImageFacts.Reader, Note);

    public override bool Wants(Entry entry) => entry.Kind == EntryKind.PortableExecutable;

    public override void Conclude(Inventory inventory, RuleContext context)
    {
        bool? forTests = null;
        foreach (var entry in inventory.Entries)
        {
            if (entry.Traits.TryGetValue(TestsTrait, out var tests))
                context.Report(entry, $"is a test assembly: {tests}", vendored: Severity.Warning);
            else if (entry.Traits.TryGetValue(FrameworkTrait, out var framework) && !(forTests ??= IsForTests(inventory)))
                context.Report(entry, $"is {framework}, which only tests need", vendored: Severity.Warning);
        }
    }

    // Whether the package is for tests is known at the end; what the assembly is, now.
    private static void Note(ImageFacts facts, Entry entry, RuleContext context)
    {
        if (facts.Assembly is not { } assembly) return;
        if (assembly.Name.EndsWith(".resources", StringComparison.OrdinalIgnoreCase)) return;
        if (IsFramework(assembly.Name)) context.Recognise(entry, FrameworkTrait, EntryPath.Printable(assembly.Name));
        else if (assembly.TestFramework is { } framework)
        {
            // Test methods of abstract classes alone: a suite for others to derive from, which is a product.
            if (assembly.Tests > 0)
                context.Recognise(entry, TestsTrait, EntryPath.Printable(string.Create(CultureInfo.InvariantCulture, $"{assembly.Tests:N0} test {(assembly.Tests == 1 ? "method" : "methods")}, refers to {framework}")));
            else if (assembly.AbstractTests == 0 && IsTestName(assembly.Name))
                context.Recognise(entry, TestsTrait, EntryPath.Printable($"named {assembly.Name}, refers to {framework}"));
        }
    }

    /// <summary>Whether the package is itself something for tests: by its id, or because it makes its users install a test framework.</summary>
    private static bool IsForTests(Inventory inventory)
    {
        if (inventory.Package is not { } package) return false;
        if (IsFramework(package.Id) || package.Dependencies.Any(d => IsFramework(d.Id))) return true;
        foreach (var word in package.Id.Split('.', '-', '_', '/'))
            if (TestWords.Contains(word, StringComparer.OrdinalIgnoreCase) || HasHump(word, "Test")) return true;
        return false;
    }

    // "TestHelpers" and "NUnit3TestAdapter", but not "Latest" or "Testament".
    private static bool HasHump(string word, string hump)
    {
        for (var at = word.IndexOf(hump, StringComparison.Ordinal); at >= 0; at = word.IndexOf(hump, at + 1, StringComparison.Ordinal))
        {
            var rest = word.AsSpan(at + hump.Length);
            if (rest.IsEmpty || char.IsAsciiLetterUpper(rest[0]) || rest.StartsWith("ing", StringComparison.Ordinal) || rest is "s" || rest is ['s', >= 'A' and <= 'Z', ..]) return true;
        }

        return false;
    }

    private static bool IsFramework(string name)
    {
        foreach (var known in Frameworks)
            if (known.EndsWith('.') ? name.StartsWith(known, StringComparison.OrdinalIgnoreCase) : name.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool IsTestName(string name)
    {
        foreach (var ending in TestNames)
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
