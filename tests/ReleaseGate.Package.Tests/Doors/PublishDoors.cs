using System.Runtime.InteropServices;

namespace ReleaseGate.Package.Tests.Doors;

/// <summary>The forms of publishing.</summary>
internal static class PublishDoors
{
    private const string Leak = "more/appsettings.Development.json";

    private static readonly string[] Looks = ["_ReleaseGatePlanned", "_ReleaseGateFolderCheck", "_ReleaseGatePublishLate"];

    private static readonly string[] Order = ["ComputeResolvedFilesToPublishList", "_ReleaseGatePlanned", "_CopyResolvedFilesToPublishPreserveNewest", "_ReleaseGateFolderCheck", "Publish", "_ReleaseGatePublishLate"];

    private static string Rid => RuntimeInformation.RuntimeIdentifier;

    private static string[] Folder => ["Acme", "bin", "Release", Sandbox.Framework, "publish"];

    public static IEnumerable<Door> All =>
    [
        // Found among what is planned: nothing is written.
        Publish("dotnet publish", s => s.Program()),
        Publish("dotnet publish of a program with its runtime", s => s.Program()) with
        {
            Release = (s, more) => s.Publish(["Acme", .. s.OnceRestored, "--self-contained", "-r", Rid, "-o", "out", .. more]),
            Out = s => s.Files("out"),
        },
        // Found in the list of the bundle, before it is bundled.
        Publish("dotnet publish of a single-file program", s => s.Program("<PublishSingleFile>true</PublishSingleFile><IncludeAllContentForSelfExtract>true</IncludeAllContentForSelfExtract>")) with
        {
            Release = (s, more) => s.Publish(["Acme", .. s.OnceRestored, "-r", Rid, "-o", "out", "--no-self-contained", .. more]),
            Out = s => s.Files("out"),
            Entry = (OperatingSystem.IsWindows() ? "Acme.exe" : "Acme") + "!/appsettings.Development.json",
            Order = ["PrepareForBundle", "_ReleaseGatePlanned", "GenerateSingleFileBundle", "_ReleaseGateFolderCheck", "Publish", "_ReleaseGatePublishLate"],
        },
        // Found in the folder.
        Marked("dotnet publish over a file of an earlier publish", s => s.Program(), "left.bak", "_ReleaseGateFolderCheck",
            s =>
            {
                s.Write($"{string.Join('/', Folder)}/left.bak", "left");
                File.SetLastWriteTimeUtc(s.In([.. Folder, "left.bak"]), DateTime.UtcNow.AddDays(-1));
            },
            s => File.Delete(s.In([.. Folder, "left.bak"]))),
        // Written by somebody else's target, after everything.
        Marked("dotnet publish with a target behind it", s => s.Program(), "late.bak", "_ReleaseGateFolderStopped",
            s => s.Write("Directory.Build.targets", """<Project><Target Name="Late" AfterTargets="Publish"><WriteLinesToFile File="$(PublishDir)late.bak" Lines="late" Overwrite="true" /></Target></Project>"""),
            s =>
            {
                s.Write("Directory.Build.targets", "<Project />");
                File.Delete(s.In([.. Folder, "late.bak"]));
            }),
        // Static web assets come past the plan.
        Marked("dotnet publish of a web project", Web, "wwwroot/app.bak", "_ReleaseGateFolderCheck",
            s => s.Write("Acme/wwwroot/app.bak", "{}"),
            s =>
            {
                File.Delete(s.In("Acme", "wwwroot", "app.bak"));
                Directory.Delete(s.In(Folder), recursive: true);
            }) with
        {
            Checks = [.. Looks, "_ReleaseGatePublishWeb"],
            Order = [.. Order, "_TransformWebConfig", "_ReleaseGatePublishWeb"],
        },
        // Stopped between what the project's targets make and the copy to the folder of the profile.
        Publish("dotnet publish of a web project by a FileSystem profile", s =>
        {
            Web(s);
            s.Write("Acme/Properties/PublishProfiles/Disk.pubxml", $"<Project><PropertyGroup><WebPublishMethod>FileSystem</WebPublishMethod><PublishUrl>{s.In("deployed")}</PublishUrl></PropertyGroup></Project>");
        }) with
        {
            Release = (s, more) => s.Dotnet(["build", "Acme", .. s.OnceRestored, "-c", "Release", "-p:DeployOnBuild=true", "-p:PublishProfile=Disk", "-tl:off", "-nologo", .. more]),
            Leak = s => s.Write("Acme/wwwroot/app.bak", "{}"),
            Mend = s => File.Delete(s.In("Acme", "wwwroot", "app.bak")),
            Out = s => s.Files("deployed"),
            Rule = "RG1001",
            Entry = "wwwroot/app.bak",
            Checks = [.. Looks, "_ReleaseGatePublishWeb"],
            Order = [.. Order, "_TransformWebConfig", "_ReleaseGatePublishWeb", "FileSystemPublish"],
            Fails = "_ReleaseGateFolderCheck",
        },
        Publish("dotnet publish of a worker", s => s.Program(sdk: "Microsoft.NET.Sdk.Worker")),
    ];

    private static Door Publish(string name, Action<Sandbox> arrange) => new(name)
    {
        Arrange = arrange,
        Release = (sandbox, more) => sandbox.Publish(["Acme", .. sandbox.OnceRestored, .. more]),
        Leak = s => s.Write(Leak, "{}"),
        Mend = s => File.Delete(s.In(Leak.Split('/'))),
        Out = s => s.Files(Folder),
        Rule = "RG2013",
        Entry = "appsettings.Development.json",
        Left = Aftermath.Nothing,
        Checks = Looks,
        Order = Order,
        Fails = "_ReleaseGatePlanned",
    };

    private static Door Marked(string name, Action<Sandbox> arrange, string entry, string fails, Action<Sandbox> leak, Action<Sandbox> mend) => Publish(name, arrange) with
    {
        Leak = leak,
        Mend = mend,
        Rule = "RG1001",
        Entry = entry,
        Left = Aftermath.Marked,
        Fails = fails,
    };

    private static void Web(Sandbox sandbox)
    {
        sandbox.Program(sdk: "Microsoft.NET.Sdk.Web");
        sandbox.Write("Acme/Start.cs", "var app = Microsoft.AspNetCore.Builder.WebApplication.Create(args); app.Run();");
        sandbox.Write("Acme/wwwroot/index.html", "<!doctype html><title>Acme</title>" + new string(' ', 4000));
        sandbox.Write("Acme/wwwroot/app.js", "console.log(1);" + new string(' ', 4000));
    }
}
