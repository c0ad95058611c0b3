namespace ReleaseGate.Package.Tests.Doors;

internal static class NpmDoors
{
    public static IEnumerable<Door> All => [];
}
