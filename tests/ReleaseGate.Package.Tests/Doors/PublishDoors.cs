namespace ReleaseGate.Package.Tests.Doors;

internal static class PublishDoors
{
    public static IEnumerable<Door> All => [];
}
