using System.Text;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Reads <c>data:application/json</c> URIs wherever they stand but in a comment that links, which is <see cref="LinkReader"/>'s: a map counts, however it was to be fetched.</summary>
internal sealed class DataUriReader(TextForm form, ScriptFacts facts) : ScriptReader(form)
{
    // "data:application/json;charset=utf-8;base64" and whatever else somebody puts there.
    private const int LongestHeader = 256;

    private readonly byte[] _header = new byte[LongestHeader];
    private int _headerLength;
    private MapDecoder? _decoder;
    private long _start;

    protected override ReadOnlySpan<byte> Word => "data:application/json"u8;

    protected override ReadOnlySpan<byte> Needle(TextForm form) => form switch
    {
        TextForm.Bytes => "data:application/json"u8,
        TextForm.Utf16 => "d\0a\0t\0a\0:\0a\0p\0p\0l\0i\0c\0a\0t\0i\0o\0n\0/\0j\0s\0o\0n\0"u8,
        _ => "\0d\0a\0t\0a\0:\0a\0p\0p\0l\0i\0c\0a\0t\0i\0o\0n\0/\0j\0s\0o\0n"u8,
    };

    protected override bool? Begins(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, bool isAll, long offset)
    {
        if (before.EndsWith("sourceMappingURL="u8)) return false;
        (_headerLength, _decoder, _start) = (0, null, offset);
        return true;
    }

    protected override int Take(ReadOnlySpan<byte> text)
    {
        var i = 0;
        while (_decoder is null && i < text.Length)
        {
            var b = text[i];
            if (b == ',')
            {
                _decoder = new MapDecoder(isBase64: IsBase64(_header.AsSpan(0, _headerLength)));
            }
            else if (_headerLength == LongestHeader || b is <= (byte)' ' or (byte)'"' or (byte)'\'' or (byte)'`' or (byte)'<' or (byte)'>')
            {
                return i;
            }
            else
            {
                _header[_headerLength++] = b;
            }

            i++;
        }

        if (_decoder is null) return i;
        i += _decoder.Decode(text[i..], out var ends);
        if (!ends) return text.Length;
        EndMap();
        return i;
    }

    protected override void EndTaking() => EndMap();

    private static bool IsBase64(ReadOnlySpan<byte> header)
    {
        const int length = 7;
        return header.Length >= length && Ascii.EqualsIgnoreCase(header[^length..], ";base64"u8);
    }

    private void EndMap()
    {
        if (_decoder is not { } decoder) return;
        _decoder = null;
        decoder.Finish();
        facts.IsTooDeep |= decoder.Map.IsTooDeep;
        if (decoder.Map.IsSourceMap) facts.AddMap(decoder.Map.Facts, _start);
    }
}
