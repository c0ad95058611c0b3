using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Reads <c>sourceMappingURL=</c> and webpack's <c>sourceURL=</c> comments.</summary>
/// <remarks>
/// Bundlers, minifiers and libraries hold the words as code. So a map in a data: URI counts when its data decode to a map, wherever it stands; any other URL counts
/// in comment position only: behind <c>//#</c>, <c>//@</c> or <c>/*#</c>, whole to the end of the line or comment; and a <c>sourceURL</c> only where a string for eval ends with it.
/// </remarks>
internal sealed class LinkReader(TextForm form, ScriptFacts facts) : ScriptReader(form)
{
    private const int LongestUrl = 2048;
    private byte[] _url = []; // most entries have no link
    private int _urlLength;
    private State _state;
    private bool _isComment;
    private bool _isBlock;
    private long _start;
    private MapDecoder? _decoder;
    private string? _reference;
    private long _referenceEnd;

    protected override ReadOnlySpan<byte> Word => "URL="u8;

    protected override ReadOnlySpan<byte> Needle(TextForm form) => form switch
    {
        TextForm.Bytes => "URL="u8,
        TextForm.Utf16 => "U\0R\0L\0=\0"u8,
        _ => "\0U\0R\0L\0="u8,
    };

    protected override bool? Begins(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, bool isAll, long offset)
    {
        _urlLength = 0;
        _start = offset;
        if (!before.EndsWith("source"u8) && !before.EndsWith("sourceMapping"u8)) return false;
        if (_url.Length == 0) _url = new byte[LongestUrl];
        if (before.EndsWith("sourceMapping"u8))
        {
            _state = State.Url;
            _isComment = IsComment(before[..^"sourceMapping".Length], out _isBlock);
            return true;
        }

        var comment = before[..^"source".Length].TrimEnd((byte)' ');
        if (!comment.EndsWith(@"\n//#"u8) && !comment.EndsWith(@"\n//@"u8)) return false;
        if (!isAll && after.Length < "webpack".Length) return null;
        _state = State.Module;
        return after.StartsWith("webpack"u8);
    }

    protected override int Take(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            switch (_state)
            {
                case State.Url:
                    if (EndsUrl(b))
                    {
                        _state = State.After;
                        i--;
                        break;
                    }

                    if (_urlLength == LongestUrl) return i;
                    _url[_urlLength++] = b;
                    if (_urlLength == 5 && Ascii.EqualsIgnoreCase(_url.AsSpan(0, 5), "data:"u8)) _state = State.Header;
                    break;

                case State.Header:
                    if (b == ',')
                    {
                        var header = _url.AsSpan(0, _urlLength).TrimEnd((byte)' ');
                        const int length = 7;
                        _decoder = new MapDecoder(header.Length >= length && Ascii.EqualsIgnoreCase(header[^length..], ";base64"u8));
                        _state = State.Data;
                    }
                    else if (_urlLength == LongestUrl || b is (byte)'\n' or (byte)'\r' or (byte)'`' or (byte)'<')
                    {
                        return i;
                    }
                    else
                    {
                        _url[_urlLength++] = b;
                    }

                    break;

                case State.Data:
                    i += _decoder!.Decode(text[i..], out var ends);
                    if (!ends) return text.Length;
                    EndMap();
                    return i;

                case State.After:
                    if (b is (byte)' ' or (byte)'\t' || (_isBlock && b is (byte)'\r' or (byte)'\n')) break;
                    if (b == '\\')
                    {
                        _state = State.Backslash;
                        break;
                    }

                    if (_isBlock ? b == '*' : b is (byte)'\n' or (byte)'\r') EndUrl(Position + (long)i * Size);
                    return i;

                case State.Backslash:
                    if (!_isBlock && b is (byte)'n' or (byte)'r') EndUrl(Position + (long)i * Size);
                    return i;

                case State.Module:
                    if (EndsUrl(b) || b == '?')
                    {
                        EndModule(b);
                        return i;
                    }

                    if (_urlLength == LongestUrl) return i;
                    _url[_urlLength++] = b;
                    break;
            }
        }

        return text.Length;
    }

    protected override void EndTaking()
    {
        if (_state == State.Data) EndMap();
        else if (_state is State.Url or State.After && !_isBlock) EndUrl(null);
    }

    // The comment that counts is the last, and nothing but comments and blanks follow it.
    protected override void Last(ReadOnlySpan<byte> buffer, long start)
    {
        if (_reference is null || _referenceEnd < start) return;
        var rest = buffer[(int)(_referenceEnd - start)..];
        if (IsOnlyComments(Narrow(rest))) facts.Reference = _reference;
    }

    private bool EndsUrl(byte b) =>
        b is <= (byte)' ' or (byte)'"' or (byte)'\'' or (byte)'`' or (byte)'\\' or (byte)'<' or (byte)'>' or (byte)'{' or (byte)'}' || (_isBlock && b == '*');

    private void EndMap()
    {
        var decoder = _decoder!;
        _decoder = null;
        decoder.Finish();
        facts.IsTooDeep |= decoder.Map.IsTooDeep;
        if (!decoder.Map.IsSourceMap) return;
        facts.AddMap(decoder.Map.Facts, _start);
        _reference = null;
    }

    /// <param name="end">Where the URL's line or comment ends; null: with the entry.</param>
    private void EndUrl(long? end)
    {
        var bytes = _url.AsSpan(0, _urlLength);
        var line = bytes.IndexOf("\u2028"u8);
        if (line < 0) line = bytes.IndexOf("\u2029"u8);
        if (line >= 0) bytes = bytes[..line];
        if (!_isComment || bytes.IsEmpty) return;
        var url = Encoding.UTF8.GetString(bytes);
        _reference = null;
        if (RemoteUrl.HostOf(url) is { } host)
        {
            facts.AddRemote(url, host, _start);
            return;
        }

        facts.Exposed.AddPath(url);
        if (url.Contains(':', StringComparison.Ordinal)) return; // another scheme, or a drive
        _reference = url;
        if (end is { } at) _referenceEnd = at;
        else facts.Reference = url;
    }

    private void EndModule(byte end)
    {
        if (end is not ((byte)'\\' or (byte)'?' or (byte)'"' or (byte)'\'' or (byte)'`')) return;
        var url = _url.AsSpan(0, _urlLength);
        var prefix = url.StartsWith("webpack-internal:///"u8) ? "webpack-internal:///".Length : url.StartsWith("webpack://"u8) ? "webpack://".Length : url.Length;
        if (url.Length > prefix && url[prefix] is not ((byte)'$' or (byte)'[')) facts.AddEvalModule(Encoding.UTF8.GetString(url[prefix..]).TrimStart('/'), _start);
    }

    /// <summary>Whether a text ends with the beginning of a comment that links, in code and not in a line of prose.</summary>
    private static bool IsComment(ReadOnlySpan<byte> before, out bool isBlock)
    {
        isBlock = false;
        var text = before.TrimEnd(" \t"u8);
        if (text.Length < 3 || text[^1] is not ((byte)'#' or (byte)'@')) return false;
        text = text[..^1];
        isBlock = text[^1] == '*';
        if (text[^1] is not ((byte)'*' or (byte)'/')) return false;
        text = text[..^1];
        if (text.EndsWith("\\"u8)) text = text[..^1]; // "\/\/#" in JSON
        if (text.IsEmpty || text[^1] != '/') return false;
        text = text[..^1];
        var line = text[(text.LastIndexOfAny((byte)'\n', (byte)'\r') + 1)..].TrimStart(" \t"u8);
        return !line.StartsWith("*"u8) && !line.StartsWith("//"u8) && !line.StartsWith("/*"u8);
    }

    private static bool IsOnlyComments(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("*/"u8)) text = text[2..];
        while (true)
        {
            text = text.TrimStart(" \t\r\n\f"u8);
            if (text.IsEmpty) return true;
            ReadOnlySpan<byte> end = text.StartsWith("//"u8) ? "\n"u8 : text.StartsWith("/*"u8) ? "*/"u8 : default;
            if (end.IsEmpty) return false;
            var at = text[2..].IndexOf(end);
            if (at < 0) return end.Length == 1;
            text = text[(2 + at + end.Length)..];
        }
    }

    private enum State : byte { Url, Header, Data, After, Backslash, Module }
}
