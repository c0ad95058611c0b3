namespace ReleaseGate.Governance.Leaks;

/// <summary>
/// The CRC-32 of bytes made of parts, from those of the parts and their lengths: appending n bytes multiplies the register by x to the power of 8n modulo the polynomial.
/// Source: M. Adler, "crc32_combine" of zlib 1.2.12.
/// </summary>
internal static class ChecksumOfParts
{
    private const uint Polynomial = 0xEDB88320;

    /// <summary>The checksum of two parts in a row.</summary>
    /// <param name="first">That of the first.</param>
    /// <param name="second">That of the second.</param>
    /// <param name="length">Bytes of the second.</param>
    public static uint Combine(uint first, uint second, long length) => Shift(first, length) ^ second;

    /// <summary>The checksum of the rest of bytes, where that of the whole and of what comes before are known.</summary>
    /// <param name="whole">That of both.</param>
    /// <param name="before">That of what comes before.</param>
    /// <param name="length">Bytes of the rest.</param>
    public static uint Rest(uint whole, uint before, long length) => whole ^ Shift(before, length);

    private static uint Shift(uint crc, long length)
    {
        // Bit 31 is x to the power of 0, bit 30 that of 1.
        var power = 1u << 31;
        var square = 1u << 30;
        for (var bits = length * 8; bits != 0; bits >>= 1)
        {
            if ((bits & 1) != 0) power = Multiply(square, power);
            square = Multiply(square, square);
        }

        return Multiply(power, crc);
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = 1u << 31; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0) product ^= b;
            b = (b & 1) != 0 ? b >> 1 ^ Polynomial : b >> 1;
        }

        return product;
    }
}
