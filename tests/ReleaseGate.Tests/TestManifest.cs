using System.IO.Abstractions;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests;

/// <summary>Manifests from text, through the reader that users' manifests go through.</summary>
internal static class TestManifest
{
    public static Manifest Parse(string json)
    {
        var folder = Directory.CreateTempSubdirectory("releasegate-");
        try
        {
            var path = Path.Combine(folder.FullName, ManifestSearch.FileName);
            File.WriteAllText(path, json);
            return new ManifestReader(new FileSystem()).Read(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
