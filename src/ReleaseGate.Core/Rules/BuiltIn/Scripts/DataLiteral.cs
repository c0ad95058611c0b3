namespace ReleaseGate.Rules.BuiltIn;

internal enum LiteralState : byte
{
    /// <summary>More is to come.</summary>
    Open,

    /// <summary>The object was closed.</summary>
    Closed,

    /// <summary>This is code, not data.</summary>
    Code,
}

/// <summary>
/// Reads an object literal of a script that consists of data alone (ECMA-262, 13.2.5) and hands it as JSON to a <see cref="SourceMapScanner"/>: keys without quotes,
/// strings in any quotes, null in its other spellings.
/// </summary>
internal sealed class DataLiteral
{
    private readonly SourceMapScanner _map = new();
    private readonly byte[] _json = new byte[4096];
    private int _jsonLength;
    private readonly byte[] _word = new byte[32];
    private int _wordLength;
    private byte _quote;
    private Reading _reading;
    private int _depth;

    public LiteralState State { get; private set; }

    /// <summary>Reads on. Fewer bytes than given: the rest is not the literal's.</summary>
    public int Read(ReadOnlySpan<byte> text)
    {
        var i = 0;
        while (i < text.Length && State == LiteralState.Open)
        {
            switch (_reading)
            {
                case Reading.String:
                    i += ReadString(text[i..]);
                    break;

                case Reading.Escape:
                    ReadEscape(text[i++]);
                    _reading = Reading.String;
                    break;

                case Reading.Dollar:
                    _reading = Reading.String;
                    if (text[i] == '{') State = LiteralState.Code;
                    else Write("$"u8);
                    break;

                default:
                    ReadBetween(text[i]);
                    if (State != LiteralState.Code) i++;
                    break;
            }
        }

        return i;
    }

    /// <summary>What the literal is, as far as it was read.</summary>
    public SourceMapScanner Finish()
    {
        Flush();
        _map.Finish();
        return _map;
    }

    private void ReadBetween(byte b)
    {
        if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'$' or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'!')
        {
            if (_reading == Reading.AfterWord && !_word.AsSpan(0, _wordLength).SequenceEqual("void"u8)) State = LiteralState.Code;
            if (_reading != Reading.Word) _wordLength = 0;
            _reading = Reading.Word;
            if (_wordLength < _word.Length) _word[_wordLength++] = b;
            else State = LiteralState.Code;
            return;
        }

        switch (b)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                if (_reading == Reading.Word) _reading = Reading.AfterWord;
                return;
            case (byte)':':
                if (_reading != Reading.Between) WriteKey();
                Write(":"u8);
                break;
            case (byte)',' or (byte)'}' or (byte)']' or (byte)'{' or (byte)'[':
                if (_reading != Reading.Between && !WriteValue()) return;
                Write([b]);
                if (b is (byte)'{' or (byte)'[') _depth++;
                else if (b != ',' && --_depth == 0) State = LiteralState.Closed;
                break;
            case (byte)'"' or (byte)'\'' or (byte)'`':
                if (_reading != Reading.Between)
                {
                    State = LiteralState.Code;
                    return;
                }

                _quote = b;
                Write("\""u8);
                _reading = Reading.String;
                return;
            default:
                State = LiteralState.Code;
                return;
        }

        _reading = Reading.Between;
    }

    private void WriteKey()
    {
        Write("\""u8);
        Write(_word.AsSpan(0, _wordLength));
        Write("\""u8);
    }

    private bool WriteValue()
    {
        var word = _word.AsSpan(0, _wordLength);
        if (char.IsAsciiDigit((char)word[0]) || (word[0] is (byte)'-' or (byte)'+' or (byte)'.' && word.Length > 1 && word[^1] is >= (byte)'0' and <= (byte)'9')
            || word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("!0"u8) || word.SequenceEqual("!1"u8))
        {
            Write("0"u8);
            return true;
        }

        if (word.SequenceEqual("null"u8) || word.SequenceEqual("undefined"u8))
        {
            Write("null"u8);
            return true;
        }

        State = LiteralState.Code;
        return false;
    }

    private int ReadString(ReadOnlySpan<byte> text)
    {
        var at = _quote switch
        {
            (byte)'"' => text.IndexOfAny((byte)'"', (byte)'\\', (byte)'\n'),
            (byte)'\'' => text.IndexOfAny("'\\\n\""u8),
            _ => text.IndexOfAny("`\\\n\"$"u8),
        };
        if (at < 0)
        {
            Write(text);
            return text.Length;
        }

        Write(text[..at]);
        var b = text[at];
        if (b == _quote)
        {
            Write("\""u8);
            _reading = Reading.Between;
        }
        else if (b == '\\')
        {
            _reading = Reading.Escape;
        }
        else if (b == '"')
        {
            Write("\\\""u8);
        }
        else if (b == '\n' && _quote == '`')
        {
            Write("\\n"u8);
        }
        else if (b == '$')
        {
            _reading = Reading.Dollar;
        }
        else
        {
            State = LiteralState.Code; // a string does not go over the end of its line
            return at;
        }

        return at + 1;
    }

    private void ReadEscape(byte b)
    {
        switch (b)
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' or (byte)'u':
                Write([(byte)'\\', b]);
                break;
            case (byte)'\n' or (byte)'\r':
                break; // the string goes on in the next line
            case (byte)'x': // two digits follow
                Write("\\u00"u8);
                break;
            case (byte)'0':
                Write("\\u0000"u8);
                break;
            case (byte)'v':
                Write("\\u000b"u8);
                break;
            default:
                Write([b]);
                break;
        }
    }

    private void Write(ReadOnlySpan<byte> json)
    {
        if (json.Length > _json.Length - _jsonLength) Flush();
        if (json.Length > _json.Length) _map.Scan(json);
        else
        {
            json.CopyTo(_json.AsSpan(_jsonLength));
            _jsonLength += json.Length;
        }
    }

    private void Flush()
    {
        if (!_map.Done) _map.Scan(_json.AsSpan(0, _jsonLength));
        _jsonLength = 0;
    }

    private enum Reading : byte { Between, Word, AfterWord, String, Escape, Dollar }
}
