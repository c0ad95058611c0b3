using System.Globalization;

namespace ReleaseGate;

/// <summary>Sizes for people: powers of 1,000, as file managers and registries print them.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>E.g. <c>0 bytes</c>, <c>1 byte</c>, <c>999 bytes</c>, <c>1.3 MB</c>, <c>59.8 MB</c>.</summary>
    public static string Format(long bytes)
    {
        if (bytes == 1) return "1 byte";
        if (bytes < 1000) return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
        double value = bytes;
        var unit = 0;
        // 999,950 bytes are 1.0 MB, not 1000.0 KB.
        while (value >= 999.95 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }
}
