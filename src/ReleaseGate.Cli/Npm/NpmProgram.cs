using System.IO.Abstractions;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Npm;

/// <summary>How npm is started without a shell.</summary>
/// <param name="Program">The full path of a program: node, or npm itself where the system can run it.</param>
/// <param name="First">What stands before npm's own arguments: the path of npm-cli.js for node.</param>
internal sealed record NpmProgram(string Program, IReadOnlyList<string> First)
{
    private const string Script = "npm-cli.js";

    /// <summary>Finds the npm that a person at this terminal would run.</summary>
    /// <param name="surroundings">Where to look.</param>
    /// <param name="windows">Whether npm is a .cmd, which only a shell can run.</param>
    /// <exception cref="GateException">RG0007: there is none.</exception>
    public static NpmProgram Find(Surroundings surroundings, bool windows)
    {
        var (files, path) = (surroundings.Files, surroundings.Files.Path);
        var folders = SystemPath.Folders(surroundings);
        // Inside npm's scripts and npx this is the npm that runs them. Other package managers set it too.
        if (surroundings.Variable("npm_execpath") is { } running && path.IsPathFullyQualified(running) && path.GetFileName(running) == Script && files.File.Exists(running)
            && (Node(surroundings.Variable("npm_node_execpath"), files) ?? OnPath(folders, windows ? "node.exe" : "node", files)) is { } node)
            return new NpmProgram(node, [running]);

        if (!windows && OnPath(folders, "npm", files) is { } npm) return new NpmProgram(npm, []);
        if (windows)
        {
            foreach (var folder in folders)
            {
                var script = path.Combine(folder, "node_modules", "npm", "bin", Script);
                if (files.File.Exists(path.Combine(folder, "npm.cmd")) && files.File.Exists(script)
                    && (Node(path.Combine(folder, "node.exe"), files) ?? OnPath(folders, "node.exe", files)) is { } beside)
                    return new NpmProgram(beside, [script]);
                if (files.File.Exists(path.Combine(folder, "npm.exe"))) return new NpmProgram(path.Combine(folder, "npm.exe"), []);
            }
        }

        throw new GateException(GateRules.NothingInspected.Id, "npm was not found on PATH, so nothing was packed or checked; install Node.js, which brings npm, or put its folder on PATH");
    }

    private static string? Node(string? node, IFileSystem files) => node is not null && files.Path.IsPathFullyQualified(node) && files.File.Exists(node) ? node : null;

    private static string? OnPath(List<string> folders, string name, IFileSystem files)
    {
        foreach (var folder in folders)
            if (files.File.Exists(files.Path.Combine(folder, name))) return files.Path.Combine(folder, name);
        return null;
    }
}
