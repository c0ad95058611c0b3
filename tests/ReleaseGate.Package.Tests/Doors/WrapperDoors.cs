namespace ReleaseGate.Package.Tests.Doors;

/// <summary>By the npm package that runs the gate where nobody installed a .NET tool.</summary>
internal static class WrapperDoors
{
    public static IEnumerable<Door> All =>
    [
        new("npx releasegate npm")
        {
            Arrange = s =>
            {
                NpmWrapper.Install(s, NpmWrapper.Wrapper, NpmWrapper.Platform);
                s.NpmPackage("cli", "@acme/cli");
            },
            Release = (s, _) => NpmWrapper.Npx(s, "npm", "cli", "--output", "artifacts"),
            Leak = s => s.Write("cli/dist/appsettings.Development.json", "{}"),
            Mend = s => File.Delete(s.In("cli", "dist", "appsettings.Development.json")),
            Out = s => s.Tarballs(),
            Rule = "RG2013",
            Entry = "dist/appsettings.Development.json",
            Left = Aftermath.Aside,
        },
    ];
}
