using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// Recognises source maps by their structure (ECMA-426, section 9), whatever the entry is called, and measures what they expose.
/// A byte machine over the stream: key order is free, nothing but keys and paths is kept, so a map of any size costs one pass.
/// </summary>
/// <remarks>
/// A map is an object with two of: <c>mappings</c> (a string), <c>sources</c> (an array), <c>sourcesContent</c> (an array). The third makes a map that
/// was cut or mutilated still count, since what matters is the text in it. An index map has <c>sections</c> with an <c>offset</c> and a <c>map</c>.
/// Both count at every depth down to 65,536, so a map inside bundler statistics is one too. JSON that is not well-formed is read on.
/// </remarks>
internal sealed class SourceMapScanner : EntryScanner
{
    /// <summary>Shared by every rule that asks about source maps.</summary>
    public static readonly ScannerFactory<SourceMapScanner> Factory = new(static _ => new SourceMapScanner());

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> StructureAndComma = SearchValues.Create("\"{}[],"u8);

    private const int MaximumDepth = 1 << 16;
    private const int UsualDepth = 32;
    private const int CaptureLimit = 4096;

    private State _state = State.Encoding;
    private readonly byte[] _first = new byte[4];
    private int _firstCount;
    private int _guard;
    private Utf16Reader? _utf16;

    private Frame[] _frames = [];
    private byte[] _captured = [];
    private int _depth;
    private bool _inLiteral;

    private Text _text;
    private int _capturedCount;
    private int _escapeDigits;
    private int _escapeValue;
    private int _highSurrogate;
    private bool _endsInLineFeed;
    private Key _key;

    /// <summary>Whether a source map was seen.</summary>
    public bool IsSourceMap { get; private set; }

    /// <summary>Whether the JSON goes deeper than anyone follows, so that a map may be in it.</summary>
    public bool IsTooDeep { get; private set; }

    internal override EntryKind? Kind => IsSourceMap ? EntryKind.SourceMap : null;

    /// <summary>What all maps of the entry expose.</summary>
    public SourceMapFacts Facts { get; } = new();

    /// <summary>Whether an entry may hold a map at all: JSON is text, or binary to those who look only for odd bytes.</summary>
    public static bool MayBe(Entry entry) => entry.Kind is EntryKind.Json or EntryKind.Text or EntryKind.Utf16Text or EntryKind.Binary;

    /// <inheritdoc/>
    public override void Scan(in Chunk chunk) => Scan(chunk.Fresh);

    /// <summary>Reads on.</summary>
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        if (_state == State.Encoding)
        {
            while (_firstCount < _first.Length && bytes.Length > 0)
            {
                _first[_firstCount++] = bytes[0];
                bytes = bytes[1..];
            }

            if (_firstCount < _first.Length) return;
            Begin();
        }

        if (!Done) Feed(bytes);
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (_state == State.Encoding) Begin();
        // A map that the end of the entry cuts still shows what it shows.
        if (_state != State.Between && _depth > 0) EndString();
        while (_depth > 0) Close();
    }

    private void Begin()
    {
        var first = _first.AsSpan(0, _firstCount);
        _utf16 = first switch
        {
            [0xFF, 0xFE, ..] => new Utf16Reader(bigEndian: false),
            [0xFE, 0xFF, ..] => new Utf16Reader(bigEndian: true),
            [(byte)'{' or (byte)'[', 0, ..] => new Utf16Reader(bigEndian: false),
            [0, (byte)'{' or (byte)'[', ..] => new Utf16Reader(bigEndian: true),
            _ => null,
        };
        _state = State.Start;
        Feed(first);
    }

    private void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_utf16 is null) Read(bytes);
        else
            while (!Done && bytes.Length > 0) Read(_utf16.Next(ref bytes));
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        while (i < bytes.Length)
        {
            switch (_state)
            {
                case State.Start:
                    if (!Starts(bytes[i++])) return;
                    break;

                case State.GuardLine:
                    // ")]}'" and what else stands on that line keeps browsers from running the file; readers of maps skip it.
                    var lineEnd = bytes[i..].IndexOf((byte)'\n');
                    if (lineEnd < 0) return;
                    i += lineEnd + 1;
                    _state = State.Start;
                    break;

                case State.String:
                    i += ReadString(bytes[i..]);
                    break;

                case State.Escape:
                    ReadEscape(bytes[i++]);
                    break;

                case State.UnicodeEscape:
                    ReadUnicodeEscape(bytes[i++]);
                    break;

                default:
                    i += ReadStructure(bytes[i..]);
                    break;
            }
        }
    }

    /// <summary>Byte order mark, blanks and guard before the JSON. False: this is no JSON.</summary>
    private bool Starts(byte b)
    {
        switch (b)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF when _guard == 0:
                return true;
            case (byte)')' when _guard == 0:
            case (byte)']' when _guard == 1:
                _guard++;
                return true;
            case (byte)'}' when _guard == 2:
                _guard = 0;
                _state = State.GuardLine;
                return true;
            case (byte)'{' or (byte)'[' when _guard == 0:
                _frames = new Frame[UsualDepth];
                _captured = new byte[CaptureLimit];
                _state = State.Between;
                Open(isObject: b == '{');
                return true;
            default:
                Done = true;
                return false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // megabytes in the first calls: tiering up comes too late
    private int ReadStructure(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        while (i < bytes.Length)
        {
            if (!EveryByteMatters)
            {
                var next = bytes[i..].IndexOfAny(_depth is > 0 and <= MaximumDepth && _frames[_depth - 1] is { IsObject: true, Key: not Key.Expected } ? StructureAndComma : Structure);
                if (next < 0) return bytes.Length;
                i += next;
            }

            switch (bytes[i++])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    _inLiteral = false;
                    break;
                case (byte)'"':
                    _inLiteral = false;
                    BeginString();
                    return i;
                case (byte)'{':
                    _inLiteral = false;
                    Open(isObject: true);
                    break;
                case (byte)'[':
                    _inLiteral = false;
                    Open(isObject: false);
                    break;
                case (byte)'}' or (byte)']':
                    _inLiteral = false;
                    if (_depth > 0) Close();
                    break;
                case (byte)',':
                    _inLiteral = false;
                    if (_depth is > 0 and <= MaximumDepth) _frames[_depth - 1].Key = Key.Expected;
                    break;
                default:
                    if (!_inLiteral) BeginLiteral();
                    _inLiteral = true;
                    break;
            }
        }

        return i;
    }

    // Numbers and nulls count only as elements of "sources".
    private bool EveryByteMatters => _depth is > 0 and <= MaximumDepth && _frames[_depth - 1].Role == Role.Sources;

    private void Open(bool isObject)
    {
        _depth++;
        if (_depth > MaximumDepth)
        {
            IsTooDeep = true;
            return;
        }

        if (_depth > _frames.Length) Array.Resize(ref _frames, _frames.Length * 2);
        ref var frame = ref _frames[_depth - 1];
        frame = new Frame { IsObject = isObject, Key = Key.Expected };
        if (_depth == 1) return;
        ref var parent = ref _frames[_depth - 2];
        if (!isObject)
        {
            if (!parent.IsObject) return;
            switch (parent.Key)
            {
                case Key.Sources:
                    parent.Seen |= Seen.Sources;
                    frame.Role = Role.Sources;
                    frame.Facts = parent.Facts ??= new SourceMapFacts();
                    break;
                case Key.SourcesContent:
                    parent.Seen |= Seen.SourcesContent;
                    frame.Role = Role.SourcesContent;
                    frame.Facts = parent.Facts ??= new SourceMapFacts();
                    break;
                case Key.Sections:
                    frame.Role = Role.Sections;
                    break;
            }
        }
        else if (parent.IsObject)
        {
            if (parent.Role != Role.Section) return;
            if (parent.Key == Key.Map) parent.Seen |= Seen.SectionMap;
            if (parent.Key == Key.Offset) parent.Seen |= Seen.SectionOffset;
            if (parent.Seen.HasFlag(Seen.SectionMap | Seen.SectionOffset)) IsSourceMap = true;
        }
        else if (parent.Role == Role.Sections)
        {
            frame.Role = Role.Section;
        }
    }

    private void Close()
    {
        _depth--;
        if (_depth >= MaximumDepth) return;
        ref var frame = ref _frames[_depth];
        if (frame.IsObject && BitOperations.PopCount((uint)(frame.Seen & (Seen.Mappings | Seen.Sources | Seen.SourcesContent))) >= 2)
        {
            IsSourceMap = true;
            if (frame.Facts is not null) Facts.Add(frame.Facts);
            if (frame.File is not null) Facts.AddPath(frame.File);
        }

        frame = default;
    }

    private void BeginLiteral()
    {
        // null (or anything odd) in place of a path: the source is counted, it has no name.
        if (_depth is > 0 and <= MaximumDepth && _frames[_depth - 1] is { Role: Role.Sources, Facts: { } facts }) facts.AddNamelessSource();
    }

    private void BeginString()
    {
        _state = State.String;
        _text = Text.Skipped;
        _capturedCount = 0;
        _highSurrogate = 0;
        if (_depth is 0 or > MaximumDepth) return;
        ref var frame = ref _frames[_depth - 1];
        if (frame.IsObject)
        {
            switch (frame.Key)
            {
                case Key.Expected:
                    _text = Text.Key;
                    break;
                case Key.Mappings:
                    frame.Seen |= Seen.Mappings;
                    break;
                case Key.SourceRoot or Key.File:
                    _text = Text.Path;
                    break;
            }
        }
        else if (frame.Role == Role.Sources)
        {
            _text = Text.Path;
        }
        else if (frame.Role == Role.SourcesContent)
        {
            _text = Text.Content;
            _endsInLineFeed = true; // an empty file has no line
            frame.Facts!.AddFile();
        }
    }

    private int ReadString(ReadOnlySpan<byte> bytes)
    {
        if (_text == Text.Content) return ReadContent(bytes);
        var i = bytes.IndexOfAny((byte)'"', (byte)'\\');
        var plain = i < 0 ? bytes : bytes[..i];
        if (_text != Text.Skipped) Capture(plain);
        if (i < 0) return bytes.Length;
        if (bytes[i] == '"') EndString();
        else _state = State.Escape;
        return i + 1;
    }

    /// <summary>
    /// Source text has an escape a line and more, too many to ask for each by a call: blocks of 32 bytes are compared with quote and backslash, and what is
    /// found is dealt with bit by bit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // megabytes in the first calls: tiering up comes too late
    private int ReadContent(ReadOnlySpan<byte> bytes)
    {
        var quotes = Vector256.Create((byte)'"');
        var backslashes = Vector256.Create((byte)'\\');
        ref var start = ref MemoryMarshal.GetReference(bytes);
        long escapes = 0, lines = 0;
        var afterLineFeed = _endsInLineFeed ? 0 : -1;
        var i = 0;
        while (i < bytes.Length)
        {
            uint found;
            var width = Vector256<byte>.Count;
            if (bytes.Length - i > width) // the byte behind an escape's backslash is there as well
            {
                var block = Vector256.LoadUnsafe(ref start, (nuint)i);
                found = (Vector256.Equals(block, quotes) | Vector256.Equals(block, backslashes)).ExtractMostSignificantBits();
            }
            else
            {
                found = bytes[i] is (byte)'"' or (byte)'\\' ? 1u : 0;
                width = 1;
            }

            var next = i + width;
            while (found != 0)
            {
                var bit = BitOperations.TrailingZeroCount(found);
                var at = i + bit;
                if (bytes[at] == '"' || at + 1 >= bytes.Length || bytes[at + 1] == 'u')
                {
                    Count(at - escapes, lines);
                    _endsInLineFeed = afterLineFeed == at;
                    if (bytes[at] == '"') EndString();
                    else _state = State.Escape;
                    return at + 1;
                }

                escapes++;
                if (bytes[at + 1] == 'n')
                {
                    lines++;
                    afterLineFeed = at + 2;
                }

                found &= ~(3u << bit);
                if (at + 2 > next) next = at + 2;
            }

            i = next;
        }

        Count(bytes.Length - escapes, lines);
        _endsInLineFeed = afterLineFeed == bytes.Length;
        return bytes.Length;
    }

    private void Count(long bytes, long lines) => _frames[_depth - 1].Facts!.AddText(bytes, lines);

    private void ReadEscape(byte b)
    {
        if (b == 'u')
        {
            _state = State.UnicodeEscape;
            _escapeDigits = 0;
            _escapeValue = 0;
            return;
        }

        _state = State.String;
        if (_text == Text.Content)
        {
            Count(1, b == 'n' ? 1 : 0);
            _endsInLineFeed = b == 'n';
            return;
        }

        Append(b switch { (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', (byte)'b' => '\b', (byte)'f' => '\f', _ => b });
    }

    private void ReadUnicodeEscape(byte b)
    {
        if (!char.IsAsciiHexDigit((char)b))
        {
            // No JSON; what stands here is text or the end of the string, and is read as such.
            _state = State.String;
            ReadString([b]);
            return;
        }

        _escapeValue = _escapeValue << 4 | (b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10);
        if (++_escapeDigits < 4) return;
        _state = State.String;
        Append(_escapeValue);
    }

    /// <summary>Takes a character that was written as an escape, a UTF-16 unit.</summary>
    private void Append(int unit)
    {
        if (_text == Text.Content)
        {
            // Each half of a surrogate pair makes two of the four bytes.
            Count(unit < 0x80 ? 1 : unit < 0x800 || unit is >= 0xD800 and < 0xE000 ? 2 : 3, unit == '\n' ? 1 : 0);
            _endsInLineFeed = unit == '\n';
        }
        else if (_text != Text.Skipped)
        {
            if (char.IsHighSurrogate((char)unit))
            {
                _highSurrogate = unit;
                return;
            }

            Span<byte> utf8 = stackalloc byte[4];
            var rune = _highSurrogate != 0 && char.IsLowSurrogate((char)unit) ? new Rune((char)_highSurrogate, (char)unit)
                : Rune.TryCreate((char)unit, out var single) ? single : Rune.ReplacementChar;
            _highSurrogate = 0;
            Capture(utf8[..rune.EncodeToUtf8(utf8)]);
        }
    }

    private void Capture(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, _captured.Length - _capturedCount);
        bytes[..count].CopyTo(_captured.AsSpan(_capturedCount));
        _capturedCount += count;
    }

    private void EndString()
    {
        _state = State.Between;
        if (_depth is 0 or > MaximumDepth) return;
        ref var frame = ref _frames[_depth - 1];
        switch (_text)
        {
            case Text.Key:
                _key = KeyOf(_captured.AsSpan(0, _capturedCount));
                frame.Key = _key;
                break;
            case Text.Path when frame.Role == Role.Sources:
                frame.Facts!.AddSource(Encoding.UTF8.GetString(_captured, 0, _capturedCount));
                break;
            case Text.Path when frame.Key == Key.File && _captured.AsSpan(0, _capturedCount).IndexOfAny((byte)'/', (byte)'\\') < 0:
                break; // the name of the bundle, as almost always; every other JSON has a "file" as well
            case Text.Path when frame.IsObject:
                var text = Encoding.UTF8.GetString(_captured, 0, _capturedCount);
                if (frame.Key == Key.File) frame.File = text;
                else (frame.Facts ??= new SourceMapFacts()).SourceRoot = text;
                break;
            case Text.Content when !_endsInLineFeed:
                Count(0, 1);
                break;
        }
    }

    private static Key KeyOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("mappings"u8) ? Key.Mappings
        : name.SequenceEqual("sources"u8) ? Key.Sources
        : name.SequenceEqual("sourcesContent"u8) ? Key.SourcesContent
        : name.SequenceEqual("sourceRoot"u8) ? Key.SourceRoot
        : name.SequenceEqual("sections"u8) ? Key.Sections
        : name.SequenceEqual("map"u8) ? Key.Map
        : name.SequenceEqual("offset"u8) ? Key.Offset
        : name.SequenceEqual("file"u8) ? Key.File
        : Key.Other;

    private enum State : byte { Encoding, Start, GuardLine, Between, String, Escape, UnicodeEscape }

    private enum Text : byte { Skipped, Key, Path, Content }

    private enum Key : byte { Expected, Other, Mappings, Sources, SourcesContent, SourceRoot, Sections, Map, Offset, File }

    private enum Role : byte { None, Sources, SourcesContent, Sections, Section }

    [Flags]
    private enum Seen : byte { Mappings = 1, Sources = 2, SourcesContent = 4, SectionMap = 8, SectionOffset = 16 }

    private struct Frame
    {
        public bool IsObject;
        public Role Role;
        public Key Key;
        public Seen Seen;
        public SourceMapFacts? Facts;
        public string? File;
    }

    /// <summary>Turns UTF-16 into UTF-8 piece by piece; characters that a piece cuts are kept for the next.</summary>
    private sealed class Utf16Reader(bool bigEndian)
    {
        private const int Piece = 8 * 1024;
        private readonly Decoder _decoder = new UnicodeEncoding(bigEndian, byteOrderMark: true).GetDecoder();
        private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
        private readonly char[] _chars = new char[Piece];
        private readonly byte[] _bytes = new byte[Piece * 3 + 4];

        public ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> bytes)
        {
            var taken = Math.Min(bytes.Length, Piece);
            var chars = _decoder.GetChars(bytes[..taken], _chars, flush: false);
            bytes = bytes[taken..];
            return _bytes.AsSpan(0, _encoder.GetBytes(_chars.AsSpan(0, chars), _bytes, flush: false));
        }
    }
}
