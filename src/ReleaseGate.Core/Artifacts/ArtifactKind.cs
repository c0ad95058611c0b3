namespace ReleaseGate.Artifacts;

/// <summary>What an artifact is, decided by its bytes.</summary>
public enum ArtifactKind
{
    /// <summary>Not recognised; such an artifact is never passed.</summary>
    Unknown,

    /// <summary>A NuGet package: a zip with a .nuspec at its root.</summary>
    NuGetPackage,

    /// <summary>A NuGet symbols package (.snupkg): the nuspec names the package type SymbolsPackage.</summary>
    SymbolsPackage,

    /// <summary>An npm package: a gzip-compressed tar whose root folder holds a package.json.</summary>
    NpmPackage,

    /// <summary>Any other zip (.zip, .vsix, .whl, .jar …).</summary>
    Zip,

    /// <summary>Any other tar, compressed or not.</summary>
    Tar,

    /// <summary>One gzip-compressed file.</summary>
    GZip,

    /// <summary>A folder, e.g. the output of a publish.</summary>
    Directory,

    /// <summary>One program: PE, ELF or Mach-O, with the files that are bundled in it.</summary>
    Executable,
}
