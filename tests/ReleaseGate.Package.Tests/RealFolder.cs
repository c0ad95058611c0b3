namespace ReleaseGate.RealPackages.Tests;

/// <summary>Where the tests of this namespace keep what they restored and wrote. Several of them run side by side, so it is removed behind the last one.</summary>
[SetUpFixture]
public sealed class RealFolder
{
    /// <summary>Its path; the tests make it.</summary>
    public static string Root { get; } = Path.Combine(Path.GetTempPath(), "releasegate-real-" + Guid.NewGuid().ToString("n")[..8]);

    /// <summary>A folder in it.</summary>
    public static string Create(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    [OneTimeTearDown]
    public static void Remove()
    {
        if (Directory.Exists(Root)) Directory.Delete(Root, recursive: true);
    }
}
