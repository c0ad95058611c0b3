using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli.Npm;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Adoption;

/// <summary>What a project makes, in a temporary folder that goes with it: its packages, or the folder it publishes.</summary>
internal sealed class ProjectBuild : IDisposable
{
    private static readonly string[] Extensions = [".csproj", ".fsproj", ".vbproj"];

    private readonly Surroundings _surroundings;
    private readonly IFileSystem _files;
    private readonly string _temporary;

    private ProjectBuild(Surroundings surroundings, string project)
    {
        (_surroundings, _files, Project) = (surroundings, surroundings.Files, project);
        _temporary = _files.Path.Combine(_files.Path.GetTempPath(), "releasegate-init-" + _files.Path.GetRandomFileName());
        _files.Directory.CreateDirectory(_temporary);
    }

    /// <summary>The project file or package.json; a full path.</summary>
    public string Project { get; }

    /// <summary>The folder it stands in.</summary>
    public string Folder => _files.Path.GetDirectoryName(Project)!;

    /// <summary>The artifacts; full paths.</summary>
    public IReadOnlyList<string> Artifacts { get; private set; } = [];

    /// <summary>Whether the artifact is a folder.</summary>
    public bool IsFolder { get; private set; }

    /// <summary>The assemblies that the project itself builds, as the targets tell the gate.</summary>
    public IReadOnlyList<string> FirstParty { get; private set; } = [];

    /// <summary>The command that makes the artifacts with the gate.</summary>
    public string Command { get; private set; } = "";

    /// <summary>The project that an argument means: a file, or the only one of a folder.</summary>
    /// <exception cref="GateException">RG0007: there is none, or more than one.</exception>
    public static string Find(Surroundings surroundings, string argument)
    {
        var files = surroundings.Files;
        var full = surroundings.FullPath(argument);
        if (files.Directory.Exists(full))
        {
            var projects = files.Directory.GetFiles(full).Where(f => IsNpm(files, f) || IsDotnet(files, f)).Order(StringComparer.Ordinal).ToArray();
            if (projects.Length == 1) return projects[0];
            throw Wrong(projects.Length == 0
                ? "there is no project here: no package.json, .csproj, .fsproj or .vbproj; name the file"
                : $"there are several projects here: {string.Join(", ", projects.Select(p => EntryPath.Printable(files.Path.GetFileName(p))))}; name one", full);
        }

        if (!files.File.Exists(full)) throw Wrong("there is no such project", full);
        if (!IsNpm(files, full) && !IsDotnet(files, full))
            throw Wrong("this is no project that init knows how to pack (package.json, .csproj, .fsproj, .vbproj); pack it yourself, then run init on the package, or on a folder of packages", full);
        return full;
    }

    /// <summary>Packs or publishes a project.</summary>
    /// <param name="surroundings">The environment.</param>
    /// <param name="project">See <see cref="Find"/>.</param>
    /// <param name="publish">Whether it is published to a folder and not packed.</param>
    /// <param name="ignoreScripts">Whether npm runs no scripts.</param>
    /// <exception cref="GateException">RG0007: it fails, or makes nothing.</exception>
    public static ProjectBuild Run(Surroundings surroundings, string project, bool publish, bool ignoreScripts)
    {
        var build = new ProjectBuild(surroundings, project);
        try
        {
            if (IsNpm(surroundings.Files, project)) build.PackNpm(publish, ignoreScripts);
            else if (publish) build.Publish();
            else build.Pack();
            return build;
        }
        catch
        {
            build.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_files.Directory.Exists(_temporary)) _files.Directory.Delete(_temporary, recursive: true);
    }

    private static bool IsNpm(IFileSystem files, string file) => files.Path.GetFileName(file) == NpmPackage.FileName;

    private static bool IsDotnet(IFileSystem files, string file) => Extensions.Contains(files.Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    private static GateException Wrong(string what, string file) => new(GateRules.NothingInspected.Id, what, file);

    private void Pack()
    {
        Evaluate(out var isPackable);
        var instead = "to write a manifest for the folder it publishes, add '--publish'";
        if (!isPackable) throw Wrong($"the project makes no package (IsPackable is false), so there is nothing to write a manifest from; {instead}", Project);
        Dotnet("pack", "-o", _temporary);
        Artifacts = [.. _files.Directory.GetFiles(_temporary).Where(f => f.EndsWith("nupkg", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        if (Artifacts.Count == 0) throw Wrong($"'dotnet pack' ended well and left no package; {instead}", Project);
        Command = $"dotnet pack {Shown()}";
    }

    private void Publish()
    {
        Evaluate(out _);
        // Sections are about folders by their name, and this is the name that 'dotnet publish' gives it.
        var folder = _files.Path.Combine(_temporary, "publish");
        Dotnet("publish", "-o", folder);
        if (!_files.Directory.Exists(folder)) throw Wrong("'dotnet publish' ended well and left no folder", Project);
        (Artifacts, IsFolder, Command) = ([folder], true, $"dotnet publish {Shown()}");
    }

    private void PackNpm(bool publish, bool ignoreScripts)
    {
        if (publish) throw Wrong("'--publish' is for .NET projects; npm publishes what it packs", Project);
        _ = NpmPackage.Read(_files, Folder);
        var npm = NpmProgram.Find(_surroundings, OperatingSystem.IsWindows());
        var said = new List<string>();
        var code = _surroundings.Start(NpmPack.Start(_surroundings, npm, Folder, _temporary, quiet: false, ignoreScripts ? ["--ignore-scripts"] : [], said.Add), _surroundings.Cancel);
        if (code != 0) throw Failed("npm pack", code, said);
        Artifacts = _files.Directory.GetFiles(_temporary);
        if (Artifacts.Count != 1) throw Wrong($"'npm pack' ended well and left {Artifacts.Count} tarballs, where one is expected; see what it does in this folder", Project);
        var folder = _surroundings.Shown(Folder);
        Command = folder.Length == 0 ? "releasegate npm" : $"releasegate npm {EntryPath.Printable(ShellWord.Quoted(folder))}";
    }

    /// <summary>What the project file says without being built.</summary>
    private void Evaluate(out bool isPackable)
    {
        var said = Run("msbuild", Project, "-getProperty:AssemblyName,IsPackable", "-getItem:ProjectReference", "-p:Configuration=Release", "-nologo");
        try
        {
            using var json = JsonDocument.Parse(string.Join('\n', said));
            var properties = json.RootElement.GetProperty("Properties");
            isPackable = !string.Equals(properties.GetProperty("IsPackable").GetString(), "false", StringComparison.OrdinalIgnoreCase);
            FirstParty = [properties.GetProperty("AssemblyName").GetString() ?? "", .. json.RootElement.GetProperty("Items").GetProperty("ProjectReference").EnumerateArray().Select(p => p.GetProperty("Filename").GetString() ?? "")];
            FirstParty = [.. FirstParty.Where(n => n.Length > 0).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception mistake) when (mistake is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new GateException(GateRules.NothingInspected.Id, "'dotnet msbuild -getProperty' did not say what the project makes; it takes the .NET SDK 8 or later", Project, inner: mistake);
        }
    }

    // What is being adopted is what blocks, so the gate stays out of this one.
    private void Dotnet(string verb, params string[] options) => Run([verb, Project, "-c", "Release", .. options, "-p:ReleaseGateEnabled=false", "-nologo", "-tl:off", "-nodeReuse:false"]);

    private List<string> Run(params string[] arguments)
    {
        var said = new List<string>();
        var code = _surroundings.Start(new ProgramStart
        {
            Program = SystemPath.Dotnet(_surroundings),
            Arguments = arguments,
            Folder = Folder,
            // Of the build that may have started us; they would lead this one to the wrong SDK.
            Withholds = static name => name.ToUpperInvariant() is "MSBUILDSDKSPATH" or "MSBUILD_EXE_PATH" or "MSBUILDEXTENSIONSPATH",
            Said = said.Add,
        }, _surroundings.Cancel);
        return code == 0 ? said : throw Failed("dotnet " + arguments[0], code, said);
    }

    private GateException Failed(string command, int code, List<string> said)
    {
        foreach (var line in said) _surroundings.Error.WriteLine(line);
        return Wrong($"'{command}' failed with code {code}, so nothing was written; its own words stand above. Make it work first", Project);
    }

    private string Shown() => EntryPath.Printable(ShellWord.Quoted(_surroundings.Shown(Project)));
}
