using ReleaseGate.Rules;

namespace ReleaseGate.Cli;

/// <summary>Finds programs where a person at this terminal would.</summary>
internal static class SystemPath
{
    /// <summary>The folders of PATH. An empty or relative part means the current folder: what lies there is not ours to run.</summary>
    public static List<string> Folders(Surroundings surroundings)
    {
        var path = surroundings.Files.Path;
        var folders = new List<string>();
        foreach (var folder in (surroundings.Variable("PATH") ?? "").Split(path.PathSeparator))
            if (path.IsPathFullyQualified(folder)) folders.Add(folder);
        return folders;
    }

    /// <summary>The full path of a program, without <c>.exe</c>, or null where PATH has none.</summary>
    public static string? Find(Surroundings surroundings, string program)
    {
        var files = surroundings.Files;
        var name = OperatingSystem.IsWindows() ? program + ".exe" : program;
        foreach (var folder in Folders(surroundings))
            if (files.File.Exists(files.Path.Combine(folder, name))) return files.Path.Combine(folder, name);
        return null;
    }

    /// <summary>The <c>dotnet</c> that runs this, or that a person would run.</summary>
    /// <exception cref="GateException">RG0007: there is none.</exception>
    public static string Dotnet(Surroundings surroundings)
    {
        var files = surroundings.Files;
        if (surroundings.Variable("DOTNET_HOST_PATH") is { } host && files.Path.IsPathFullyQualified(host) && files.File.Exists(host)) return host;
        return Find(surroundings, "dotnet")
            ?? throw new GateException(GateRules.NothingInspected.Id, "dotnet was not found on PATH, so nothing was packed; install the .NET SDK, or put its folder on PATH");
    }
}
