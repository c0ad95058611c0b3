using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;

namespace ReleaseGate.Policy;

/// <summary>
/// A manifest on disk that elements are added to. Everything else stays as it is, byte by byte: comments, order, indentation, line endings, byte order mark.
/// What is added takes the indentation and the line endings of what stands around it.
/// </summary>
internal sealed class ManifestEdit
{
    private static readonly byte[] Feed = "\n"u8.ToArray();

    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly byte[]? _before;
    private byte[] _bytes;

    private ManifestEdit(IFileSystem files, string path, byte[]? before, byte[] bytes) => (_files, _path, _before, _bytes) = (files, path, before, bytes);

    /// <summary>Begins to change a manifest.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GateException">RG0001: it cannot be read, or it is no JSON.</exception>
    public static ManifestEdit Open(IFileSystem files, string path)
    {
        var bytes = ManifestReader.ReadFile(new FilesOnDisk(files), path, "the manifest");
        var edit = new ManifestEdit(files, path, bytes, bytes);
        _ = edit.Root();
        return edit;
    }

    /// <summary>Begins a manifest that is not there yet.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">The full path it is to have.</param>
    /// <param name="text">What it says at first; JSON.</param>
    public static ManifestEdit Create(IFileSystem files, string path, string text) => new(files, path, null, Encoding.UTF8.GetBytes(text));

    /// <summary>Its text as it is now, with what was added.</summary>
    public string Text => Encoding.UTF8.GetString(_bytes);

    /// <summary>How much deeper each level stands in it.</summary>
    public string Indent => Unit();

    /// <summary>Adds elements at the end of an array at the top of the manifest, <c>waivers</c> for one. The array is made where it is missing.</summary>
    /// <exception cref="GateException">RG0001: what has this key is no array.</exception>
    public void Append(string key, IReadOnlyList<ManifestElement> elements) => Append(Root(), key, elements);

    /// <summary>Adds elements at the end of an array of a section.</summary>
    /// <param name="section">Its index in <c>artifacts</c>, which is that in <see cref="Manifest.Sections"/>: the own ones stand first there.</param>
    /// <param name="key">The array's key, e.g. <c>allow</c>; it is made where it is missing.</param>
    /// <param name="elements">What is added.</param>
    /// <exception cref="GateException">RG0001: what has this key is no array.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such section.</exception>
    public void Append(int section, string key, IReadOnlyList<ManifestElement> elements)
    {
        var sections = Root().Children.Find(c => c.Key == "artifacts")?.Children ?? [];
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(section, sections.Count);
        Append(sections[section], key, elements);
    }

    /// <summary>The manifest that this text is.</summary>
    /// <exception cref="GateException">RG0001: it is wrong.</exception>
    public Manifest Read() => new ManifestReader(_files).Read(_path, _bytes);

    /// <summary>Writes it, whole or not at all, once it has been read back.</summary>
    /// <exception cref="GateException">RG0001: the text is wrong; nothing was written.</exception>
    /// <exception cref="IOException">It cannot be written, or somebody else has changed it meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save()
    {
        _ = Read();
        if (_before is null)
        {
            if (_files.File.Exists(_path) || _files.Directory.Exists(_path)) throw new IOException($"'{EntryPath.Printable(_path)}' is there meanwhile, so nothing was written; run the command again");
            ReportFile.Write(_files, _path, stream => stream.Write(_bytes));
            return;
        }

        // A link stays one: its target is what changes. The abstraction of the file system knows neither links nor permissions.
        var isReal = _files is FileSystem;
        var target = (isReal ? File.ResolveLinkTarget(_path, returnFinalTarget: true)?.FullName : null) ?? _path;
        if (!_files.File.ReadAllBytes(target).AsSpan().SequenceEqual(_before)) throw new IOException($"'{EntryPath.Printable(_path)}' has been changed meanwhile, so nothing was written; run the command again");
        if (_files.File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly)) throw new UnauthorizedAccessException($"'{EntryPath.Printable(_path)}' is read-only, so nothing was written");
        UnixFileMode? mode = OperatingSystem.IsWindows() || !isReal ? null : File.GetUnixFileMode(target);
        ReportFile.Write(_files, target, stream => stream.Write(_bytes));
        if (!OperatingSystem.IsWindows() && mode is { } kept) File.SetUnixFileMode(target, kept);
    }

    private void Append(Node parent, string key, IReadOnlyList<ManifestElement> elements)
    {
        if (elements.Count == 0) return;
        if (parent.Children.Find(c => c.Key == key) is { } array)
        {
            if (_bytes[array.Start] != '[') throw ManifestText.Parse(_path, _bytes).Text.Wrong(array.Start, $"\"{key}\" must be an array");
            Insert(array, elements);
            return;
        }

        var lines = new List<string> { $"{ManifestAdvice.Quoted(key)}: [" };
        for (var i = 0; i < elements.Count; i++)
            foreach (var line in elements[i].Lines(i + 1 < elements.Count)) lines.Add(Unit() + line);
        lines.Add("]");
        Insert(parent, [new ManifestElement(string.Join('\n', lines))]);
    }

    /// <summary>Adds children at the end of an array or object.</summary>
    private void Insert(Node container, IReadOnlyList<ManifestElement> elements)
    {
        var close = container.End - 1;
        var closes = LineStart(close);
        var closesAlone = IsBlank(closes, close);
        var outer = Indentation(closesAlone ? close : container.Start);
        var inner = outer + Unit();
        var comma = -1;
        var trailing = false;
        if (container.Children is [.., var last])
        {
            var begins = last.KeyStart ?? last.Start;
            if (IsBlank(LineStart(begins), begins)) inner = Indentation(begins);
            trailing = _bytes[BehindTrivia(last.End)] == ',';
            if (!trailing) comma = last.End;
        }

        var from = closesAlone ? closes : close;
        while (!closesAlone && from > 0 && _bytes[from - 1] is (byte)' ' or (byte)'\t') from--;
        var newLine = Encoding.UTF8.GetString(NewLine());
        var added = new StringBuilder();
        if (!closesAlone) added.Append(newLine);
        for (var i = 0; i < elements.Count; i++)
            foreach (var line in elements[i].Lines(trailing || i + 1 < elements.Count)) added.Append(inner).Append(line).Append(newLine);
        added.Append(outer);

        using var text = new MemoryStream();
        text.Write(_bytes, 0, comma < 0 ? from : comma);
        if (comma >= 0)
        {
            text.WriteByte((byte)',');
            text.Write(_bytes, comma, from - comma);
        }

        text.Write(Encoding.UTF8.GetBytes(added.ToString()));
        text.Write(_bytes, close, _bytes.Length - close);
        _bytes = text.ToArray();
    }

    private int LineStart(int at) => _bytes.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;

    private bool IsBlank(int from, int to) => _bytes.AsSpan(from, to - from).IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    /// <summary>The blanks that the line of a byte begins with.</summary>
    private string Indentation(int at)
    {
        var start = LineStart(at);
        var end = start;
        while (end < _bytes.Length && _bytes[end] is (byte)' ' or (byte)'\t') end++;
        return Encoding.UTF8.GetString(_bytes, start, end - start);
    }

    /// <summary>How much deeper each level stands: as deep as the first key that begins a line.</summary>
    private string Unit()
    {
        foreach (var child in Root().Children)
        {
            var key = child.KeyStart!.Value;
            if (IsBlank(LineStart(key), key) && Indentation(key) is { Length: > 0 } first) return first;
        }

        return "  ";
    }

    private ReadOnlySpan<byte> NewLine()
    {
        var feed = _bytes.AsSpan().IndexOf((byte)'\n');
        return feed > 0 && _bytes[feed - 1] == '\r' ? "\r\n"u8 : Feed;
    }

    /// <summary>The first byte from here on that is neither blank nor comment.</summary>
    private int BehindTrivia(int at)
    {
        while (true)
        {
            var rest = _bytes.AsSpan(at);
            if (rest.StartsWith("//"u8)) at += rest.IndexOfAny((byte)'\n', (byte)'\r');
            else if (rest.StartsWith("/*"u8)) at += 2 + rest[2..].IndexOf("*/"u8) + 2;
            else if (rest[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
            else return at;
        }
    }

    private Node Root()
    {
        // Says what is wrong with a text, and where; from then on it is known to be JSON.
        var (text, root) = ManifestText.Parse(_path, _bytes);
        _ = ManifestReader.Object(text, root, "the manifest");
        var start = _bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var reader = new Utf8JsonReader(_bytes.AsSpan(start), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        return Node.Read(ref reader, start, null, null);
    }

    /// <summary>A value of the JSON by its bytes; <c>End</c> is behind it.</summary>
    private sealed record Node(string? Key, int? KeyStart, int Start, int End, List<Node> Children)
    {
        public static Node Read(ref Utf8JsonReader reader, int offset, string? key, int? keyStart)
        {
            var start = offset + (int)reader.TokenStartIndex;
            var children = new List<Node>();
            if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject)) return new Node(key, keyStart, start, offset + (int)reader.BytesConsumed, children);
            while (reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                string? name = null;
                int? nameStart = null;
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    (name, nameStart) = (reader.GetString(), offset + (int)reader.TokenStartIndex);
                    reader.Read();
                }

                children.Add(Read(ref reader, offset, name, nameStart));
            }

            return new Node(key, keyStart, start, offset + (int)reader.BytesConsumed, children);
        }
    }
}

/// <summary>What a <see cref="ManifestEdit"/> adds to an array.</summary>
/// <param name="Json">JSON; several lines are told apart by <c>\n</c> and set in as a whole.</param>
/// <param name="Comment">What is said about it on its line, or, where it has several, on a line before; one line itself. Null: nothing.</param>
internal sealed record ManifestElement(string Json, string? Comment = null)
{
    /// <summary>A section of <c>artifacts</c> that allows some entries.</summary>
    internal static ManifestElement Section(string match, IReadOnlyList<ManifestElement> allow)
    {
        var lines = new List<string> { "{", $"  \"match\": {ManifestAdvice.Quoted(match)},", "  \"allow\": [" };
        for (var i = 0; i < allow.Count; i++)
            foreach (var line in allow[i].Lines(i + 1 < allow.Count)) lines.Add("    " + line);
        return new ManifestElement(string.Join('\n', (string[])[.. lines, "  ]", "}"]));
    }

    internal IEnumerable<string> Lines(bool comma)
    {
        var lines = (Json + (comma ? "," : "")).Split('\n');
        if (Comment is null) return lines;
        var comment = "// " + EntryPath.Printable(Comment);
        return lines.Length == 1 ? [$"{lines[0]} {comment}"] : [comment, .. lines];
    }
}
