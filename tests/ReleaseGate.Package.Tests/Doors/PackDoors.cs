namespace ReleaseGate.Package.Tests.Doors;

/// <summary>The forms of packing.</summary>
internal static class PackDoors
{
    private const string Leak = "Acme/more/appsettings.Development.json";

    public static IEnumerable<Door> All =>
    [
        Pack("dotnet pack", s => s.Library()),
    ];

    /// <summary>A door that packs "Acme" with the leak among its content.</summary>
    private static Door Pack(string name, Action<Sandbox> arrange, params string[] arguments) => new(name)
    {
        Arrange = arrange,
        Release = (sandbox, more) => sandbox.Pack(["Acme", .. arguments, .. more]),
        Leak = s => s.Write(Leak, "{}"),
        Mend = s => File.Delete(s.In(Leak.Split('/'))),
        Out = s => s.Packages(),
        Rule = "RG2013",
        Entry = "content/appsettings.Development.json",
        Left = Aftermath.Aside,
        Checks = ["_ReleaseGateCheckByTask"],
        Order = ["_ReleaseGateStagePackages", "GenerateNuspec", "_ReleaseGateCheckByTask", "ReleaseGatePack"],
        Fails = "_ReleaseGateCheckByTask",
    };
}
