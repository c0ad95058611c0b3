using System.Reflection;
using Microsoft.Build.Utilities;
using ReleaseGate.Tasks;

namespace ReleaseGate.Package.Tests;

/// <summary>The task by itself, with a build engine that only listens.</summary>
public sealed class CheckArtifactsTests
{
    [Test]
    public void Its_parameters_are_those_of_the_request()
    {
        string[] notInTheRequest = [nameof(CheckArtifacts.ReleaseTo), nameof(CheckArtifacts.RejectTo), nameof(CheckArtifacts.WarningsProject), nameof(CheckArtifacts.ToleratedWarnings), nameof(CheckArtifacts.MarkRejected), nameof(CheckArtifacts.ReportFormats), nameof(CheckArtifacts.SourceDateEpoch), nameof(CheckArtifacts.Released)];
        var parameters = typeof(CheckArtifacts).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(p => p.Name).Except(notInTheRequest);
        // A build checks what it made, all of it, and writes further reports beside the first.
        var request = typeof(GateRequest).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).Except([nameof(GateRequest.Shard), nameof(GateRequest.Sarif), nameof(GateRequest.JUnit), nameof(GateRequest.Markdown), nameof(GateRequest.Html)]);

        Assert.That(parameters, Is.EquivalentTo(request));
    }

    [Test]
    public void Every_parameter_arrives_in_the_request()
    {
        using var task = new CheckArtifacts
        {
            Artifacts = [new TaskItem("a.nupkg"), new TaskItem("b.nupkg")],
            Manifest = "m", Profile = "p", Rules = [new TaskItem("r.dll")], FirstParty = ["Acme"], AsDirectory = true, SearchFrom = "s", Report = "o", Project = "x",
            Plan = "l", AsPlanned = true, Unfinished = true, State = "t",
            PolicyFrom = "main", Baselines = [new TaskItem("b")], WarnOnly = true, AsOf = "2027-01-31", Receipts = "k", Sboms = "i", Seals = "e", SealKey = "y", SealTo = "f", AuditLog = "g", ReportFormats = ["html", "junit", "sarif", "markdown"], SarifOmitsWaived = true,
        };

        var request = task.Request;

        Assert.That(request.Artifacts, Is.EqualTo(new[] { "a.nupkg", "b.nupkg" }));
        Assert.That(request.Rules, Is.EqualTo(new[] { "r.dll" }));
        Assert.That(request.FirstParty, Is.EqualTo(new[] { "Acme" }));
        Assert.That((request.Manifest, request.Profile, request.AsDirectory, request.SearchFrom, request.Report, request.Project), Is.EqualTo(("m", "p", true, "s", "o", "x")));
        Assert.That((request.Plan, request.AsPlanned, request.Unfinished, request.State), Is.EqualTo(("l", true, true, "t")));
        Assert.That(request.Baselines, Is.EqualTo(new[] { "b" }));
        Assert.That((request.PolicyFrom, request.WarnOnly, request.AsOf, request.Receipts, request.SarifOmitsWaived), Is.EqualTo(("main", true, new DateOnly(2027, 1, 31), "k", true)));
        Assert.That((request.Sboms, request.Seals, request.SealKey, request.SealTo, request.AuditLog), Is.EqualTo(("i", "e", "y", "f", "g")));
        Assert.That((request.Html, request.JUnit, request.Sarif, request.Markdown), Is.EqualTo(("o.html", "o.junit.xml", "o.sarif", "o.md")));
    }

    [Test]
    public void Empty_parameters_are_none()
    {
        using var task = new CheckArtifacts { Artifacts = [], Manifest = "", Profile = "", SearchFrom = "s", Report = "", Project = "", Plan = "", State = "", Receipts = "", Sboms = "", Seals = "", SealKey = "", SealTo = "", AuditLog = "", PolicyFrom = "", AsOf = "" };

        var request = task.Request;

        Assert.That((request.Manifest, request.Profile, request.Report, request.Project), Is.EqualTo(((string?)null, (string?)null, (string?)null, (string?)null)));
        Assert.That((request.Plan, request.AsPlanned, request.Unfinished, request.State), Is.EqualTo(((string?)null, false, false, (string?)null)));
        Assert.That((string?[])[request.Receipts, request.Sboms, request.Seals, request.SealKey, request.SealTo, request.AuditLog, request.PolicyFrom], Is.All.Null);
        Assert.That(request.AsOf, Is.Null);
    }

    [Test]
    public void It_may_run_inside_a_multithreaded_build() =>
        // MSBuild looks for this name and does not care whose type it is.
        Assert.That(typeof(CheckArtifacts).GetCustomAttributes(false).Select(a => a.GetType().FullName), Does.Contain("Microsoft.Build.Framework.MSBuildMultiThreadableTaskAttribute"));

    [Test]
    public void It_keeps_no_static_state() =>
        Assert.That(typeof(CheckArtifacts).Assembly.GetTypes()
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(f => !f.IsLiteral && !f.IsInitOnly && !f.Name.Contains('<')), Is.Empty);

    [Test]
    public void A_relative_path_is_an_error()
    {
        using var task = new CheckArtifacts { Artifacts = [new TaskItem("a.nupkg")], SearchFrom = Path.GetTempPath() };
        var engine = new ListeningBuild();
        task.BuildEngine = engine;

        Assert.That(task.Execute(), Is.False);
        Assert.That(engine.Errors, Has.Count.EqualTo(1));
        Assert.That(engine.Errors[0].Message, Does.Contain("full paths only"));
    }

    [Test]
    public void An_artifact_that_is_not_there_is_an_error()
    {
        var missing = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("n"), "a.nupkg");
        using var task = new CheckArtifacts { Artifacts = [new TaskItem(missing)], SearchFrom = Path.GetTempPath(), Profile = "closed", Project = "/src/a.csproj" };
        var engine = new ListeningBuild();
        task.BuildEngine = engine;

        Assert.That(task.Execute(), Is.False);
        Assert.That(engine.Errors, Is.Not.Empty);
        Assert.That(engine.Errors[0].Code, Is.EqualTo("RG0007"));
        Assert.That(engine.Errors[0].HelpLink, Does.EndWith("/RG0007.md"));
    }

    [Test]
    public void No_artifact_at_all_is_an_error()
    {
        using var task = new CheckArtifacts { Artifacts = [], SearchFrom = Path.GetTempPath(), Profile = "closed" };
        var engine = new ListeningBuild();
        task.BuildEngine = engine;

        Assert.That(task.Execute(), Is.False);
        Assert.That(engine.Errors, Is.Not.Empty);
    }

    [Test]
    public void Cancelled_it_releases_nothing()
    {
        var folder = Path.Combine(Path.GetTempPath(), "releasegate-task-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(folder);
        try
        {
            var staged = Path.Combine(folder, "a.nupkg");
            File.WriteAllText(staged, "");
            using var task = new CheckArtifacts
            {
                Artifacts = [new TaskItem(staged)], SearchFrom = folder, Profile = "closed",
                ReleaseTo = Path.Combine(folder, "out"), RejectTo = Path.Combine(folder, "rejected"),
            };
            var engine = new ListeningBuild();
            task.BuildEngine = engine;
            task.Cancel();

            Assert.That(task.Execute(), Is.False);
            Assert.That(engine.Errors, Is.Not.Empty);
            Assert.That(Directory.Exists(Path.Combine(folder, "out")), Is.False);
            Assert.That(task.Released, Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
