using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// Walks the sections of a WebAssembly module (core specification, 5.5) or of a component (component model, Binary.md), whose modules are walked as well.
/// Streams: of a section no more than its first bytes are kept, and the data of a source map in a URL are decoded on the way.
/// </summary>
internal sealed class WasmScanner : EntryScanner
{
    /// <summary>Shared by every rule that asks about WebAssembly.</summary>
    public static readonly ScannerFactory<WasmScanner> Factory = new(static _ => new WasmScanner());

    private const int LongestName = 256;
    private const int LongestHead = 4096;
    private const int MostSections = 1_000_000;
    private const int Deepest = 16;
    private const int MostNames = 64;
    private const int LongestPrefix = 10; // a number of at most five bytes, "data:"

    private readonly Stack<(long End, bool IsComponent)> _outer = new();
    private readonly List<string> _custom = [];
    private readonly List<string> _debug = [];
    private readonly byte[] _head = new byte[LongestHead]; // preamble, name or first bytes of a payload
    private int _headLength;
    private int _headWanted = 8;
    private State _state = State.Preamble;
    private long _position;
    private long _end = long.MaxValue; // of the module that is walked; the outermost ends with the entry
    private bool _isComponent;
    private byte _id;
    private uint _number;
    private int _numberBytes;
    private long _sectionEnd;
    private string _name = "";
    private bool _isDebug;
    private long _sections;
    private LinkReader? _link;
    private long _linkPosition;
    private string? _damage;

    /// <inheritdoc/>
    internal override string? Damage => _damage;

    /// <summary>Names of custom sections, each once, at most 64.</summary>
    public IReadOnlyList<string> CustomSections => _custom;

    /// <summary>Names of sections with DWARF debug information, each once, at most 64.</summary>
    public IReadOnlyList<string> DebugSections => _debug;

    /// <summary>Bytes in <see cref="DebugSections"/>.</summary>
    public long DebugBytes { get; private set; }

    /// <summary>Bytes of <c>name</c> sections.</summary>
    public long NameBytes { get; private set; }

    /// <summary>How many functions have names; 0 also where the section does not begin with them.</summary>
    public long NamedFunctions { get; private set; }

    /// <summary>What <c>external_debug_info</c> names, or null.</summary>
    public string? ExternalDebugInfo { get; private set; }

    /// <summary>What <c>sourceMappingURL</c> names where it is no data: URI, or null.</summary>
    public string? SourceMapUrl { get; private set; }

    /// <summary>The source map in a data: URI.</summary>
    public ScriptFacts Inline { get; } = new();

    /// <inheritdoc/>
    public override void Scan(in Chunk chunk) => Scan(chunk.Fresh);

    /// <summary>Reads on.</summary>
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && _damage is null)
        {
            var taken = Step(bytes);
            _position += taken;
            bytes = bytes[taken..];
            if (_state == State.Payload && _position == _sectionEnd) EndSection();
        }

        if (_damage is not null) Done = true;
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (_damage is null && (_state != State.Id || _outer.Count > 0)) _damage = "the module ends in the middle of a section";
    }

    private int Step(ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Preamble:
                var part = Math.Min(bytes.Length, _headWanted - _headLength);
                bytes[..part].CopyTo(_head.AsSpan(_headLength));
                _headLength += part;
                if (_headLength == _headWanted) EndPreamble();
                return part;

            case State.Id:
                _id = bytes[0];
                if (++_sections > MostSections) _damage = "the module has more sections than anyone follows";
                Number(State.Size);
                return 1;

            case State.Size:
                if (ReadNumber(bytes[0])) BeginSection(_number);
                return 1;

            case State.NameLength:
                if (ReadNumber(bytes[0]))
                {
                    if (_position + 1 + _number > _sectionEnd) _damage = "the name of a section is longer than the section";
                    _headLength = 0;
                    _headWanted = (int)Math.Min(_number, LongestHead);
                    _state = State.Name;
                    if (_number == 0) EndName();
                    else if (_number > LongestHead) _damage = "the name of a section is longer than anyone reads";
                }

                return 1;

            case State.Name:
                var piece = Math.Min(bytes.Length, _headWanted - _headLength);
                bytes[..piece].CopyTo(_head.AsSpan(_headLength));
                _headLength += piece;
                if (_headLength == _headWanted) EndName();
                return piece;

            default:
                var count = (int)Math.Min(bytes.Length, _sectionEnd - _position);
                TakePayload(bytes[..count]);
                return count;
        }
    }

    private void EndPreamble()
    {
        _isComponent = _head.AsSpan(4, 4).SequenceEqual<byte>([0x0D, 0, 1, 0]);
        if (!_head.AsSpan(0, 4).SequenceEqual("\0asm"u8)) _damage = "a nested module does not begin as one";
        else if (!_isComponent && !_head.AsSpan(4, 4).SequenceEqual<byte>([1, 0, 0, 0])) _damage = $"the WebAssembly version {Convert.ToHexString(_head, 4, 4)} is unknown";
        _headLength = 0;
        _state = State.Id;
    }

    private void BeginSection(uint size)
    {
        _sectionEnd = _position + 1 + size;
        _name = "";
        _headLength = 0;
        if (_sectionEnd > _end) _damage = "a section is longer than its module";
        else if (_id == 0 && size == 0) _damage = "a section that has a name is empty";
        else if (_id == 0) Number(State.NameLength);
        else if (_isComponent && _id is 1 or 4 && size > 0) Enter();
        else if (size == 0) EndSection();
        else _state = State.Payload;
    }

    // A module or a component in a component.
    private void Enter()
    {
        if (_outer.Count == Deepest)
        {
            _damage = "components are nested deeper than anyone follows";
            return;
        }

        _outer.Push((_end, _isComponent));
        _end = _sectionEnd;
        _headWanted = 8;
        _state = State.Preamble;
    }

    private void EndName()
    {
        _name = Encoding.UTF8.GetString(_head, 0, Math.Min(_headLength, LongestName));
        _headLength = 0;
        Add(_custom, _name);
        _isDebug = _name.StartsWith(".debug_", StringComparison.Ordinal) || _name.StartsWith(".zdebug_", StringComparison.Ordinal);
        if (_isDebug) Add(_debug, _name);
        _state = State.Payload;
    }

    private void TakePayload(ReadOnlySpan<byte> bytes)
    {
        if (_id != 0) return;
        if (_isDebug) DebugBytes += bytes.Length;
        if (_name == "name") NameBytes += bytes.Length;
        if (_name is not ("name" or "sourceMappingURL" or "external_debug_info")) return;
        var count = Math.Min(bytes.Length, LongestHead - _headLength);
        bytes[..count].CopyTo(_head.AsSpan(_headLength));
        _headLength += count;
        if (_name != "sourceMappingURL") return;
        if (_link is not null)
        {
            Link(bytes);
        }
        else if (_headLength >= LongestPrefix && _headLength - count < LongestPrefix && _head.AsSpan(0, LongestPrefix).IndexOf("data:"u8) is > 0 and var data)
        {
            // Behind the number that says how long the URL is.
            _linkPosition = 0;
            _link = new LinkReader(TextForm.Bytes, Inline);
            Link("sourceMappingURL="u8);
            Link(_head.AsSpan(data, _headLength - data));
            Link(bytes[count..]);
        }
    }

    private void Link(ReadOnlySpan<byte> bytes)
    {
        _link!.Read(bytes, _linkPosition, isLast: false);
        _linkPosition += bytes.Length;
    }

    private void EndSection()
    {
        var head = _head.AsSpan(0, _headLength);
        if (_id == 0)
        {
            switch (_name)
            {
                case "sourceMappingURL":
                    _link?.Finish();
                    _link = null;
                    if (Inline.Maps == 0) SourceMapUrl = Text(head);
                    break;
                case "external_debug_info":
                    ExternalDebugInfo = Text(head);
                    break;
                case "name":
                    NamedFunctions += FunctionCount(head);
                    break;
            }
        }

        _state = State.Id;
        while (_outer.Count > 0 && _sectionEnd == _end) (_end, _isComponent) = _outer.Pop();
    }

    private void Number(State state)
    {
        _state = state;
        _number = 0;
        _numberBytes = 0;
    }

    /// <summary>Takes a byte of an unsigned LEB128 number of 32 bits. True: it was the last.</summary>
    private bool ReadNumber(byte b)
    {
        if (_numberBytes == 4 && b > 0x0F)
        {
            _damage = "a length has more than 32 bits";
            return false;
        }

        _number |= (uint)(b & 0x7F) << (7 * _numberBytes++);
        return b < 0x80;
    }

    /// <summary>A number in a payload that was kept. False: it is cut or too large.</summary>
    private static bool TryNumber(ref ReadOnlySpan<byte> bytes, out uint number)
    {
        number = 0;
        for (var i = 0; i < 5 && i < bytes.Length; i++)
        {
            number |= (uint)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }

    /// <summary>A name: its length, then UTF-8. What is longer than the section is cut.</summary>
    private static string Text(ReadOnlySpan<byte> payload) =>
        TryNumber(ref payload, out var length) ? Encoding.UTF8.GetString(payload[..(int)Math.Min(length, payload.Length)]) : "";

    /// <summary>The number of functions that a <c>name</c> section names (core specification, 7.4).</summary>
    private static long FunctionCount(ReadOnlySpan<byte> payload)
    {
        while (payload.Length > 0)
        {
            var id = payload[0];
            payload = payload[1..];
            if (!TryNumber(ref payload, out var size)) return 0;
            if (id == 1) return TryNumber(ref payload, out var count) ? count : 0;
            if (size > payload.Length) return 0;
            payload = payload[(int)size..];
        }

        return 0;
    }

    private static void Add(List<string> names, string name)
    {
        if (names.Count < MostNames && !names.Contains(name)) names.Add(name);
    }

    private enum State : byte { Preamble, Id, Size, NameLength, Name, Payload }
}
