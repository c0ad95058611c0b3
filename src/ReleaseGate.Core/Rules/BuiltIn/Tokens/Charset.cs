namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>A set of ASCII bytes: one bit each, so a test is a shift and a constant set costs nothing to make.</summary>
internal readonly record struct Charset(ulong Low, ulong High)
{
    private const ulong DigitBits = 0x03FF_0000_0000_0000;
    private const ulong UpperBits = 0x0000_0000_07FF_FFFE;
    private const ulong LowerBits = 0x07FF_FFFE_0000_0000;

    /// <summary><c>0-9</c></summary>
    public static Charset Digits => new(DigitBits, 0);

    /// <summary><c>A-Z</c></summary>
    public static Charset Upper => new(0, UpperBits);

    /// <summary><c>a-z</c></summary>
    public static Charset Lower => new(0, LowerBits);

    /// <summary><c>A-Z a-z</c></summary>
    public static Charset Letters => new(0, UpperBits | LowerBits);

    /// <summary><c>0-9 A-Z a-z</c>: base62.</summary>
    public static Charset Alphanumeric => new(DigitBits, UpperBits | LowerBits);

    /// <summary><c>0-9 a-z</c>: base36.</summary>
    public static Charset LowerAlphanumeric => new(DigitBits, LowerBits);

    /// <summary><c>0-9 A-Z</c></summary>
    public static Charset UpperAlphanumeric => new(DigitBits, UpperBits);

    /// <summary><c>0-9 a-f A-F</c></summary>
    public static Charset Hex => new(DigitBits, 0x0000_007E_0000_007E);

    /// <summary><c>0-9 a-f</c></summary>
    public static Charset LowerHex => new(DigitBits, 0x0000_007E_0000_0000);

    /// <summary><c>0-9 A-F</c></summary>
    public static Charset UpperHex => new(DigitBits, 0x0000_0000_0000_007E);

    /// <summary><c>A-Z 2-7</c>: base32 of RFC 4648.</summary>
    public static Charset Base32 => new(0x00FC_0000_0000_0000, UpperBits);

    /// <summary><c>a-z 2-7</c></summary>
    public static Charset LowerBase32 => new(0x00FC_0000_0000_0000, LowerBits);

    /// <summary><c>0-9 A-Z a-z _</c></summary>
    public static Charset Word => Alphanumeric | Of('_');

    /// <summary><c>0-9 A-Z a-z - _</c>: base64url of RFC 4648.</summary>
    public static Charset Base64Url => Alphanumeric | Of('-') | Of('_');

    /// <summary><c>0-9 A-Z a-z + /</c>: base64 of RFC 4648, without the padding.</summary>
    public static Charset Base64 => Alphanumeric | Of('+') | Of('/');

    /// <summary>A set of one ASCII character.</summary>
    public static Charset Of(char c) => c < 64 ? new(1UL << c, 0) : new(0, 1UL << (c - 64));

    public static Charset operator |(Charset a, Charset b) => new(a.Low | b.Low, a.High | b.High);

    /// <summary>Whether a byte is in the set; none above 127 is.</summary>
    public bool Contains(byte value) => value < 128 && ((value < 64 ? Low : High) >> (value & 63) & 1) != 0;
}
