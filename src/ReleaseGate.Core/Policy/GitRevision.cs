using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// The files of a git repository as they are in one revision. Asks the git command line twice: which commit it is, and then one <c>cat-file --batch</c> for the trees on the
/// way and the files. Only plumbing that runs no filter, no hook and nothing else a repository's configuration may name.
/// Format of trees: git's documentation, gitformat-tree; of the answers: git-cat-file, "batch output".
/// </summary>
internal sealed class GitRevision : IManifestFiles, IDisposable
{
    private const string Folder = "40000", SymbolicLink = "120000", Submodule = "160000";
    // Of what git says the first words are enough.
    private const int MostWords = 300;
    private const int LargestTree = 64 << 20;
    private const int LongestAnswer = 1000;
    private const int MostSaid = 1 << 16;

    private readonly Process _objects;
    private readonly StringBuilder _said = new();
    private readonly Dictionary<string, Dictionary<string, Node>> _trees = new(StringComparer.Ordinal);
    private readonly Node _root;

    private GitRevision(IPath path, string git, string revision, string commit, string root, string start)
    {
        Path = path;
        (Revision, Commit, Root, Start) = (revision, commit, root, start);
        _root = new Node(Folder, commit + "^{tree}");
        _objects = StartGit(git, root, _said, ["cat-file", "--batch"]);
    }

    /// <inheritdoc/>
    public IPath Path { get; }

    /// <summary>As somebody asked for it, e.g. <c>origin/main</c>.</summary>
    public string Revision { get; }

    /// <summary>The id of the commit.</summary>
    public string Commit { get; }

    /// <summary>The root of the working copy; a full path.</summary>
    public string Root { get; }

    /// <summary>The folder it was opened from, below <see cref="Root"/>.</summary>
    public string Start { get; }

    /// <summary>Finds the revision.</summary>
    /// <param name="files">The disk, to look for git and to compare paths.</param>
    /// <param name="folder">A folder of the working copy; a full path.</param>
    /// <param name="revision">A name of a commit as git takes it.</param>
    /// <exception cref="GateException">RG0001: there is no git, no repository or no such revision.</exception>
    public static GitRevision Open(IFileSystem files, string folder, string revision)
    {
        // git would take it for an option, or for something else than a name.
        if (revision.Length == 0 || revision[0] == '-' || revision.AsSpan().ContainsAny("\0\r\n"))
            throw Wrong($"'{Shown(revision)}' is no name of a git revision; write a branch, a tag or a commit, e.g. origin/main");
        if (!files.Directory.Exists(folder)) throw new GateException(GateRules.ManifestInvalid.Id, "the folder where the search for a manifest begins is not there", folder);
        var git = Find(files);
        var said = new StringBuilder();
        string output;
        int code;
        using (var asked = StartGit(git, folder, said, ["rev-parse", "--show-toplevel", "--show-prefix", "--is-shallow-repository", "--verify", revision + "^{commit}"]))
        {
            asked.StandardInput.Close();
            output = asked.StandardOutput.ReadToEnd();
            asked.WaitForExit();
            code = asked.ExitCode;
        }

        var lines = output.Split('\n');
        if (lines.Length < 4) throw Wrong($"git knows no repository with a working copy at '{Shown(folder)}', so the manifest of '{Shown(revision)}' cannot be had{Words(said)}; check the sources out with git, or judge by the working copy");
        if (code != 0)
        {
            var branch = revision.StartsWith("origin/", StringComparison.Ordinal) ? revision["origin/".Length..] : "BRANCH";
            throw Wrong($"git does not know the revision '{Shown(revision)}'{(lines[2] == "true" ? " in this shallow clone" : "")}{Words(said)}; fetch it first: git fetch origin {Shown(branch)} (on GitHub: actions/checkout with 'fetch-depth: 0')");
        }

        // A tag may be named like a branch, and git takes the tag.
        if (Said(said).Contains("is ambiguous", StringComparison.Ordinal))
            throw Wrong($"'{Shown(revision)}' names several things in this repository; write it whole, e.g. refs/remotes/origin/main");
        if (lines is not [var top, var prefix, _, var commit, ""] || commit.Length is not (40 or 64) || !commit.All(char.IsAsciiHexDigitLower))
            throw Wrong($"git's answer about '{Shown(revision)}' is not understood: {Shown(output)}");

        var (root, start) = Place(files.Path, folder, top, prefix);
        return new GitRevision(files.Path, git, revision, commit, root, start);
    }

    /// <inheritdoc/>
    public bool IsThere(string path) => Relative(path) == ".git" || At(path) is not null;

    /// <inheritdoc/>
    public bool IsFile(string path) => At(path) is { Mode: not Folder };

    /// <inheritdoc/>
    public bool IsFolder(string path) => At(path) is { Mode: Folder };

    /// <inheritdoc/>
    public Stream Open(string path)
    {
        var content = Read(At(path)?.Id ?? throw new FileNotFoundException("there is no such file", path), "blob", ManifestReader.MaximumLength);
        if (content.AsSpan().StartsWith("version https://git-lfs.github.com/spec/"u8))
            throw new IOException("it is kept by Git LFS, and git has only a pointer to it; keep it in git itself");
        return new MemoryStream(content, writable: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            // It only reads, and may be in the middle of an answer that nobody wants any more.
            _objects.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It was faster.
        }

        _objects.Dispose();
    }

    // The root as the user wrote the folder: git follows links in it.
    private static (string Root, string Start) Place(IPath path, string folder, string top, string prefix)
    {
        var start = path.TrimEndingDirectorySeparator(path.GetFullPath(folder));
        var below = prefix.TrimEnd('/').Replace('/', path.DirectorySeparatorChar);
        if (below.Length == 0) return (start, start);
        if (start.EndsWith(path.DirectorySeparatorChar + below, StringComparison.Ordinal)) return (path.TrimEndingDirectorySeparator(start[..^below.Length]), start);
        var root = path.TrimEndingDirectorySeparator(path.GetFullPath(top));
        return (root, path.Combine(root, below));
    }

    /// <summary>What the revision has at a path, or null.</summary>
    /// <exception cref="GateException">RG0001: the path leads out of the repository, or over a link or a submodule.</exception>
    private Node? At(string path)
    {
        var relative = Relative(path);
        if (relative == ".") return _root;
        var node = _root;
        foreach (var name in relative.Split(Path.DirectorySeparatorChar))
        {
            if (node.Mode != Folder || !Tree(node.Id).TryGetValue(name, out var next)) return null;
            node = next;
            if (node.Mode == SymbolicLink) throw new GateException(GateRules.ManifestInvalid.Id, $"'{Shown(name)}' on the way there is a symbolic link, which may lead anywhere; put the file itself there", path);
            if (node.Mode == Submodule) throw new GateException(GateRules.ManifestInvalid.Id, $"'{Shown(name)}' on the way there is a submodule, whose files are those of another repository; put the file into this one", path);
        }

        return node;
    }

    private string Relative(string path)
    {
        var relative = Path.GetRelativePath(Root, path);
        if (relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) || Path.IsPathFullyQualified(relative))
            throw new GateException(GateRules.ManifestInvalid.Id, $"the file lies outside of the repository '{Shown(Root)}', so no revision of it says what stands there; move it into the repository", path);
        return relative;
    }

    private Dictionary<string, Node> Tree(string id)
    {
        if (_trees.TryGetValue(id, out var known)) return known;
        var tree = new Dictionary<string, Node>(StringComparer.Ordinal);
        var rest = Read(id, "tree", LargestTree).AsSpan();
        // "100644 name\0", then the id as bytes.
        while (!rest.IsEmpty)
        {
            var blank = rest.IndexOf((byte)' ');
            var end = rest.IndexOf((byte)0);
            var length = Commit.Length / 2;
            if (blank < 0 || end < blank || rest.Length < end + 1 + length) throw Wrong("git's answer about a folder is not understood");
            tree[Encoding.UTF8.GetString(rest[(blank + 1)..end])] = new Node(Encoding.ASCII.GetString(rest[..blank]), Convert.ToHexString(rest.Slice(end + 1, length)).ToLowerInvariant());
            rest = rest[(end + 1 + length)..];
        }

        return _trees[id] = tree;
    }

    /// <summary>Asks for an object.</summary>
    /// <exception cref="GateException">RG0001: git has it not, or did not answer.</exception>
    /// <exception cref="IOException">It is larger than <paramref name="most"/> bytes.</exception>
    private byte[] Read(string id, string type, int most)
    {
        var answer = Ask(id);
        if (answer.Split(' ') is not [_, var found, var length] || found != type || !long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            throw Wrong($"git does not have the {type} that the revision names: {Shown(answer)}; fetch the revision anew");
        if (size > most) throw new IOException(string.Create(CultureInfo.InvariantCulture, $"it has {size:#,0} bytes; {most:#,0} are possible"));
        var content = new byte[size + 1];
        try
        {
            _objects.StandardOutput.BaseStream.ReadExactly(content);
        }
        catch (IOException ended)
        {
            throw Ended(ended);
        }

        return content[^1] == '\n' ? content[..^1] : throw Wrong("git's answer about an object is not understood: it has no end");
    }

    // "<id> <type> <length>", or "<id> missing".
    private string Ask(string id)
    {
        var answer = new StringBuilder();
        try
        {
            var input = _objects.StandardInput.BaseStream;
            input.Write(Encoding.ASCII.GetBytes(id + "\n"));
            input.Flush();
            var output = _objects.StandardOutput.BaseStream;
            for (int next; (next = output.ReadByte()) != '\n' && answer.Length < LongestAnswer;) answer.Append(next >= 0 ? (char)next : throw new EndOfStreamException());
        }
        catch (IOException ended)
        {
            throw Ended(ended);
        }

        return answer.ToString();
    }

    private GateException Ended(IOException ended)
    {
        _objects.WaitForExit();
        return Wrong($"git ended before it had read the revision{Words(_said)}", ended);
    }

    private static Process StartGit(string git, string folder, StringBuilder said, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(git)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        // A replaced object would be another manifest under the commit's name.
        foreach (var argument in (string[])["--no-replace-objects", "--no-pager", "-c", "core.warnAmbiguousRefs=true", "-c", "core.fsmonitor=false", .. arguments]) info.ArgumentList.Add(argument);
        info.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        // Where git has to fetch what a partial clone lacks, nobody is there to type a password.
        info.Environment["GIT_TERMINAL_PROMPT"] = "0";
        info.Environment["LC_ALL"] = "C";
        var process = new Process { StartInfo = info };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (said)
                if (line.Data is { } text && said.Length < MostSaid) said.Append(said.Length == 0 ? "" : " ").Append(text.Trim());
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception mistake)
        {
            process.Dispose();
            throw Wrong($"'{Shown(git)}' could not be started: {Shown(mistake.Message)}", mistake);
        }

        process.BeginErrorReadLine();
        return process;
    }

    // The system would also look into the current folder, and what lies there is not ours to run. It is the one thing the engine asks of the environment:
    // git itself gets all of it.
    private static string Find(IFileSystem files)
    {
        var name = OperatingSystem.IsWindows() ? "git.exe" : "git";
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(files.Path.PathSeparator))
            if (files.Path.IsPathFullyQualified(folder) && files.File.Exists(files.Path.Combine(folder, name))) return files.Path.Combine(folder, name);
        throw Wrong("git was not found on PATH, so the manifest of another revision cannot be had; install git, or put its folder on PATH");
    }

    private static string Said(StringBuilder said)
    {
        lock (said) return said.ToString();
    }

    private static string Words(StringBuilder said) => Said(said) is { Length: > 0 } words ? $" ({Shown(words.TrimEnd('.'))})" : "";

    private static string Shown(string text) => EntryPath.Printable(text.Length > MostWords ? text[..MostWords] + "…" : text);

    private static GateException Wrong(string message, Exception? inner = null) => new(GateRules.ManifestInvalid.Id, message, inner: inner);

    private sealed record Node(string Mode, string Id);
}
