using System.Text;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// Reads the names and values out of settings, whatever they are written in: <c>NAME=value</c>, <c>name: value</c>, <c>"name": "value"</c>, <c>&lt;add key="name" value="value"/&gt;</c>,
/// <c>&lt;Name&gt;value&lt;/Name&gt;</c>, <c>define('NAME', 'value')</c>, <c>name value</c> in a .netrc. No grammar is checked: it looks for a name, what separates it, and a value.
/// </summary>
internal ref struct SettingReader(ReadOnlySpan<byte> text, bool blankSeparates = false)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly bool _blankSeparates = blankSeparates;
    private int _at;

    // A colon belongs to names in .npmrc ("//host/:_authToken") and in .NET's flat keys; it ends one where a blank or a quote follows.
    private static Charset NameSet => Charset.Word | Charset.Of('-') | Charset.Of('.');

    /// <summary>The name, without quotes; of <c>a:b</c> and <c>//host/:b</c> the last part.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value, without quotes.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the value begins.</summary>
    public int Offset { get; private set; }

    /// <summary>Goes to the next pair.</summary>
    public bool Read()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] is (byte)'#' or (byte)';' && IsLineStart(_at))
            {
                SkipLine();
                continue;
            }

            var length = TokenText.Run(_text, _at, NameSet);
            if (length == 0)
            {
                _at++;
                continue;
            }

            var name = _text.Slice(_at, length);
            _at += length;
            if (length > 128 || !TryValue(_at, out var from, out var to)) continue;
            Name = name;
            Offset = from;
            Value = _text[from..to];
            // In <add key="name" value="value"/> the value of the first pair is the name of the one that counts.
            if (!Ascii.EqualsIgnoreCase(name, "key") && !Ascii.EqualsIgnoreCase(name, "name")) _at = Math.Max(_at, to);
            return true;
        }

        return false;
    }

    private bool TryValue(int at, out int from, out int to)
    {
        from = to = at;
        var quoted = at < _text.Length && _text[at] is (byte)'"' or (byte)'\'';
        if (quoted) at++;
        var afterQuote = at;
        while (at < _text.Length && _text[at] is (byte)' ' or (byte)'\t') at++;
        if (at >= _text.Length) return false;
        switch (_text[at])
        {
            case (byte)'=':
                at++;
                if (at < _text.Length && _text[at] is (byte)'=' or (byte)'>') at++; // "=>" of PHP and Ruby
                break;
            case (byte)':' when at + 1 < _text.Length && (quoted || _text[at + 1] is (byte)' ' or (byte)'\t' or (byte)'"' or (byte)'\''):
                at++;
                break;
            case (byte)',' when quoted:
                at++; // define('NAME', 'value')
                break;
            case (byte)'>' when !quoted && IsElement(afterQuote):
                from = at + 1;
                to = from + Math.Max(0, _text[from..].IndexOf((byte)'<'));
                return to > from && _text[from..to].IndexOf((byte)'\n') < 0;
            case (byte)'v' when quoted && _text[at..].StartsWith("value=\""u8):
                at += "value=".Length; // <add key="name" value="value"/>
                break;
            default:
                if (quoted && _blankSeparates && at > afterQuote && _text[at] == '"') break; // "name" "value" of Yarn 1
                if (!_blankSeparates || quoted || at == afterQuote || _text[at] is (byte)'\n' or (byte)'\r') return false;
                break;
        }

        while (at < _text.Length && _text[at] is (byte)' ' or (byte)'\t') at++;
        if (at >= _text.Length || _text[at] == '{' && (quoted || IsTable(at)) || _text[at] == '[' && quoted) return false; // an object: its members are pairs themselves
        if (_text[at] is (byte)'"' or (byte)'\'' or (byte)'`')
        {
            var quote = _text[at];
            from = at + 1;
            for (to = from; to < _text.Length && _text[to] != quote && _text[to] is not (byte)'\n'; to++)
                if (_text[to] == '\\') to++;
            to = Math.Min(to, _text.Length);
            return to > from;
        }

        // Bare: to the end of the line, without a comment behind a blank.
        from = at;
        for (to = at; to < _text.Length && _text[to] is not ((byte)'\n' or (byte)'\r' or 0); to++)
        {
            if (_text[to] == ' ' && to + 1 < _text.Length && (_blankSeparates || _text[to + 1] is (byte)'#' or (byte)';')) break;
            if (_text[to] is (byte)',' or (byte)'}' or (byte)']' && quoted) break;
        }

        while (to > from && _text[to - 1] is (byte)' ' or (byte)'\t') to--;
        return to > from;
    }

    // "{ token = "…", url = "…" }" of TOML, in contrast to "{{reference}}" and "{0}".
    private bool IsTable(int at)
    {
        at++;
        at += TokenText.Run(_text, at, Charset.Of(' '), 8);
        var name = TokenText.Run(_text, at, NameSet, 64);
        at += name;
        at += TokenText.Run(_text, at, Charset.Of(' '), 8);
        return name > 0 && TokenText.Has(_text, at, "="u8);
    }

    private bool IsElement(int end)
    {
        var start = end - TokenText.RunBefore(_text, end, NameSet, 130);
        return start > 0 && _text[start - 1] == '<';
    }

    private bool IsLineStart(int at)
    {
        while (at > 0 && _text[at - 1] is (byte)' ' or (byte)'\t') at--;
        return at == 0 || _text[at - 1] is (byte)'\n';
    }

    private void SkipLine()
    {
        var end = _text[_at..].IndexOf((byte)'\n');
        _at = end < 0 ? _text.Length : _at + end + 1;
    }

    /// <summary>The bytes of a small text as UTF-8: without a byte order mark, and narrowed where they are UTF-16.</summary>
    public static ReadOnlySpan<byte> Narrow(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return bytes[3..];
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes[2..]));
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes[2..]));
        return bytes;
    }
}
