namespace ReleaseGate.Package.Tests.Doors;

internal static class ArtifactDoors
{
    public static IEnumerable<Door> All => [];
}
