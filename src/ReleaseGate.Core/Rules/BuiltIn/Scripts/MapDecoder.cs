using System.Buffers;
using System.Buffers.Text;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// Decodes the data of a data: URI (RFC 2397) as it streams by, and shows it to a <see cref="SourceMapScanner"/>: percent escapes, base64 in both alphabets
/// (RFC 4648), and the escapes of a string that the URI stands in (<c>\/</c>, <c>\u002b</c>, and line breaks).
/// </summary>
internal sealed class MapDecoder(bool isBase64)
{
    private static readonly SearchValues<byte> Base64Digits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"u8);

    // What ends a URI that is not in base64. An apostrophe does not: encodeURIComponent leaves it as it is.
    private static readonly SearchValues<byte> Special = SearchValues.Create("%\\ \t\r\n\"`<"u8);

    private const int Block = 8 * 1024; // a multiple of four

    private readonly byte[] _digits = new byte[Block];
    private readonly byte[] _decoded = new byte[Block];
    private int _digitCount;
    private Escape _escape;
    private int _escapeLeft;
    private int _escapeValue;

    /// <summary>What the data turned out to be.</summary>
    public SourceMapScanner Map { get; } = new();

    /// <summary>Decodes on. Fewer bytes than given: the data end there.</summary>
    public int Decode(ReadOnlySpan<byte> text, out bool ends)
    {
        ends = false;
        var i = 0;
        while (i < text.Length)
        {
            if (_escape == Escape.None)
            {
                var rest = text[i..];
                var plain = isBase64 ? rest.IndexOfAnyExcept(Base64Digits) : rest.IndexOfAny(Special);
                if (plain < 0) plain = rest.Length;
                Add(rest[..plain]);
                i += plain;
                if (i == text.Length) break;
                var special = text[i];
                if (special is not ((byte)'%' or (byte)'\\'))
                {
                    ends = true;
                    return i;
                }

                _escape = special == '%' ? Escape.Hex : Escape.Backslash;
                _escapeLeft = 2;
                _escapeValue = 0;
                i++;
                continue;
            }

            if (!ReadEscape(text[i]))
            {
                ends = true;
                return i;
            }

            i++;
        }

        return i;
    }

    /// <summary>The data have ended.</summary>
    public void Finish()
    {
        Flush(isLast: true);
        Map.Finish();
    }

    private bool ReadEscape(byte b)
    {
        if (_escape == Escape.Backslash)
        {
            switch (b)
            {
                case (byte)'/':
                    _escape = Escape.None;
                    Add([b]);
                    return true;
                case (byte)'n' or (byte)'r' or (byte)'t' when isBase64:
                case (byte)'\n':
                    _escape = Escape.None;
                    return true;
                case (byte)'\r':
                    return true; // the line feed is still to come
                case (byte)'u' or (byte)'x':
                    _escape = Escape.Hex;
                    _escapeLeft = b == 'u' ? 4 : 2;
                    return true;
                default:
                    return false;
            }
        }

        if (!char.IsAsciiHexDigit((char)b)) return false;
        _escapeValue = _escapeValue << 4 | (b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10);
        if (--_escapeLeft > 0) return true;
        _escape = Escape.None;
        if (!isBase64) Add([(byte)_escapeValue]);
        else if (_escapeValue < 0x80 && Base64Digits.Contains((byte)_escapeValue)) Add([(byte)_escapeValue]);
        else return _escapeValue is '\r' or '\n' or ' ' or '\t';
        return true;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (!isBase64 && bytes.Length > 64)
        {
            Flush(isLast: false);
            Show(bytes);
            return;
        }

        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, Block - _digitCount);
            bytes[..count].CopyTo(_digits.AsSpan(_digitCount));
            _digitCount += count;
            bytes = bytes[count..];
            if (_digitCount == Block) Flush(isLast: false);
        }
    }

    private void Flush(bool isLast)
    {
        var digits = _digits.AsSpan(0, _digitCount);
        if (!isBase64)
        {
            Show(digits);
            _digitCount = 0;
            return;
        }

        digits.Replace((byte)'-', (byte)'+');
        digits.Replace((byte)'_', (byte)'/');
        if (isLast)
            while (_digitCount % 4 != 0) _digits[_digitCount++] = (byte)'A'; // stands for bits that are not there
        var whole = _digits.AsSpan(0, _digitCount & ~3);
        Base64.DecodeFromUtf8(whole, _decoded, out _, out var written, isFinalBlock: false);
        var missing = isLast ? (4 - digits.Length % 4) % 4 : 0;
        Show(_decoded.AsSpan(0, Math.Max(0, written - missing)));
        var left = _digits.AsSpan(whole.Length, _digitCount - whole.Length);
        left.CopyTo(_digits);
        _digitCount = left.Length;
    }

    private void Show(ReadOnlySpan<byte> json)
    {
        if (!Map.Done) Map.Scan(json);
    }

    private enum Escape : byte { None, Hex, Backslash }
}
