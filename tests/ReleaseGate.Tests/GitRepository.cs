using System.Diagnostics;

namespace ReleaseGate.Tests;

/// <summary>A real repository in a temporary folder, made by the real git. What the machine's own configuration says does not count.</summary>
internal sealed class GitRepository : IDisposable
{
    private readonly bool _isOwn;

    /// <summary>Makes one, in a folder of somebody else, who deletes it, or in one of its own.</summary>
    public GitRepository(string? folder = null)
    {
        _isOwn = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("releasegate-git-").FullName;
        Git("init", "--quiet", "--initial-branch=main");
    }

    public string Folder { get; }

    public string PathOf(string path) => Path.Combine([Folder, .. path.Split('/')]);

    public string Write(string path, string text = "x")
    {
        var full = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    /// <summary>Commits everything that lies there.</summary>
    public string Commit(string message = "Change")
    {
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "--message", message);
        return Git("rev-parse", "HEAD");
    }

    public string Git(params string[] arguments) => Run(Folder, arguments);

    /// <summary>Runs git, which has to end well, and returns what it says.</summary>
    public static string Run(string folder, params string[] arguments)
    {
        var info = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", "user.name=Acme", "-c", "user.email=dev@acme.example", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always", .. arguments]) info.ArgumentList.Add(argument);
        info.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        info.Environment["GIT_CONFIG_GLOBAL"] = Path.Combine(folder, ".git", "no-such-config");
        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error.Result}");
    }

    public void Dispose()
    {
        // git's objects are read-only, and Windows deletes no such file.
        foreach (var file in new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories)) file.Attributes = FileAttributes.Normal;
        if (_isOwn) Directory.Delete(Folder, recursive: true);
    }
}
