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
/// way and the files. Only plumbing that runs no filter, no hook and nothing else a repository's configuration may name; nothing is fetched.
/// Which repository it is, is not git's to say: git takes any folder that looks like a bare one, and a change may commit such files. It is the nearest <c>.git</c> upward, a name that no tree holds.
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
    private const int LongestPointer = 1 << 16;
    private const string Mark = ".git";

    // What "git rev-parse --local-env-vars" lists, and its like: git sets some of them for its hooks, and each would lead to another repository than that of the folder.
    // The numbered GIT_CONFIG_KEY_0 … count for nothing without their number.
    private static readonly string[] Astray =
    [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_ATTR_SOURCE", "GIT_CEILING_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_DIR", "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_QUARANTINE_PATH",
        "GIT_REF_STORAGE", "GIT_REFERENCE_BACKEND", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
    ];

    private readonly IFileSystem _files;
    private readonly Process _objects;
    private readonly StringBuilder _said = new();
    private readonly Dictionary<string, Dictionary<string, Node>> _trees = new(StringComparer.Ordinal);
    private readonly Node _root;

    private GitRevision(IFileSystem files, string git, string revision, string commit, string root, string start)
    {
        _files = files;
        Path = files.Path;
        (Revision, Commit, Root, Start) = (revision, commit, root, start);
        _root = new Node(Folder, commit + "^{tree}");
        // By name: this one and no other, even where it is broken.
        _objects = StartGit(git, root, _said, ["--git-dir=" + Path.Combine(root, Mark), "--work-tree=" + root, "cat-file", "--batch"]);
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
        var (root, start) = Place(files, folder, revision);
        var said = new StringBuilder();
        string output;
        int code;
        // Where git itself looks for the repository it also asks whose it is (safe.directory). It looks at the root first, where .git stands.
        using (var asked = StartGit(git, root, said, ["rev-parse", "--is-shallow-repository", "--verify", revision + "^{commit}"]))
        {
            asked.StandardInput.Close();
            output = asked.StandardOutput.ReadToEnd();
            asked.WaitForExit();
            code = asked.ExitCode;
        }

        var lines = output.Split('\n');
        if (lines.Length < 2) throw NoRepository(root, revision, Words(said));
        if (code != 0)
        {
            var branch = revision.StartsWith("origin/", StringComparison.Ordinal) ? revision["origin/".Length..] : "BRANCH";
            throw Wrong($"git does not know the revision '{Shown(revision)}'{(lines[0] == "true" ? " in this shallow clone" : "")}{Words(said)}; fetch it first: git fetch origin {Shown(branch)} (on GitHub: actions/checkout with 'fetch-depth: 0')");
        }

        // A tag may be named like a branch, and git takes the tag.
        if (Said(said).Contains("is ambiguous", StringComparison.Ordinal))
            throw Wrong($"'{Shown(revision)}' names several things in this repository; write it whole, e.g. refs/remotes/origin/main");
        if (lines is not [_, var commit, ""] || commit.Length is not (40 or 64) || !commit.All(char.IsAsciiHexDigitLower))
            throw Wrong($"git's answer about '{Shown(revision)}' is not understood: {Shown(output)}");

        return new GitRevision(files, git, revision, commit, root, start);
    }

    /// <inheritdoc/>
    public bool IsThere(string path) => Relative(path) == Mark || At(path) is not null;

    /// <inheritdoc/>
    public bool IsFile(string path) => At(path) is { Mode: not Folder };

    /// <inheritdoc/>
    public bool IsFolder(string path) => At(path) is { Mode: Folder };

    /// <inheritdoc/>
    public string? Repository(string folder) => Root;

    /// <inheritdoc/>
    public string Resolve(string path) => DiskFile.Resolve(_files, path);

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

    /// <summary>The full paths of all files of a name in the revision, in the order of the trees. Reads every tree.</summary>
    /// <exception cref="GateException">RG0001: git has one of the trees not.</exception>
    public IReadOnlyList<string> All(string name)
    {
        var found = new List<string>();
        Add(_root, Root);
        return found;

        void Add(Node folder, string path)
        {
            foreach (var (child, node) in Tree(folder.Id))
            {
                if (node.Mode == Folder) Add(node, Path.Combine(path, child));
                else if (child == name && node.Mode != Submodule) found.Add(Path.Combine(path, child));
            }
        }
    }

    // The root is written as the user wrote the folder.
    private static (string Root, string Start) Place(IFileSystem files, string folder, string revision)
    {
        var disk = new FilesOnDisk(files);
        var path = files.Path;
        var start = path.TrimEndingDirectorySeparator(path.GetFullPath(folder));
        var root = Marked(start) ?? throw NoRepository(folder, revision, "");
        for (var at = start; at != root; at = path.GetDirectoryName(at)!)
        {
            if (path.GetFileName(at).Equals(Mark, StringComparison.OrdinalIgnoreCase)) throw NoRepository(folder, revision, "");
            if ((files.File.GetAttributes(at) & FileAttributes.ReparsePoint) != 0)
                throw new GateException(GateRules.ManifestInvalid.Id, "this folder is a symbolic link, and a change may lead it anywhere; begin in the folder itself", at);
        }

        // A file says where the repository is: that of a linked worktree shares the one of the main working copy, and any other inside a working copy is a submodule's.
        if (disk.IsFile(path.Combine(root, Mark)) && path.GetDirectoryName(root) is { } above && Marked(above) is { } parent && !IsLinked())
        {
            throw new GateException(GateRules.ManifestInvalid.Id,
                $"this folder is a submodule of '{Shown(parent)}', where a change can name any commit of any repository, so '{Shown(revision)}' is asked of no submodule; run from '{Shown(parent)}' itself, or judge by the working copy here", root);
        }

        return (root, start);

        string? Marked(string from)
        {
            for (var at = from; at is not null; at = path.GetDirectoryName(at))
                if (disk.IsThere(path.Combine(at, Mark))) return at;
            return null;
        }

        bool IsLinked()
        {
            var pointer = path.Combine(root, Mark);
            try
            {
                using var reader = new StreamReader(disk.Open(pointer));
                var buffer = new char[LongestPointer];
                var text = new string(buffer, 0, reader.ReadBlock(buffer));
                return text.StartsWith("gitdir: ", StringComparison.Ordinal)
                    && disk.IsFile(path.Combine(path.GetFullPath(text["gitdir: ".Length..].TrimEnd('\r', '\n'), root), "commondir"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new GateException(GateRules.ManifestInvalid.Id, $"cannot tell which repository this is: {e.Message}", pointer, inner: e);
            }
        }
    }

    private static GateException NoRepository(string folder, string revision, string words) =>
        Wrong($"git knows no repository with a working copy at '{Shown(folder)}', so the manifest of '{Shown(revision)}' cannot be had{words}; check the sources out with git, or judge by the working copy");

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
            throw Wrong($"git does not have the {type} that the revision names: {Shown(answer)}; fetch the revision anew{Partial}");
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
        return Wrong($"git ended before it had read the revision{Words(_said)}; fetch the revision anew{Partial}", ended);
    }

    private const string Partial = ", and all of it: nothing is fetched here, so a partial clone has to be made without a filter";

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
        foreach (var argument in (string[])["--no-replace-objects", "--no-pager", "-c", "core.warnAmbiguousRefs=true", "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit", "-c", "protocol.allow=never", .. arguments]) info.ArgumentList.Add(argument);
        foreach (var name in Astray) info.Environment.Remove(name);
        info.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        // What a partial clone lacks git would fetch, by commands that the repository's configuration names. Versions before 2.44 know only the protocols, of which none is called so;
        // Windows knows no variable that is empty.
        info.Environment["GIT_NO_LAZY_FETCH"] = "1";
        info.Environment["GIT_ALLOW_PROTOCOL"] = "none";
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
