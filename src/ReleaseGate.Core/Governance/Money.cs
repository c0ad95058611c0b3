using System.Globalization;

namespace ReleaseGate.Governance;

/// <summary>Amounts and probabilities as people read them: with three significant digits, since what they come from are opinions.</summary>
public static class Money
{
    private const int Digits = 3;
    private const double Least = 0.01;

    // From here on no letter is common.
    private const double Most = 999.5e12;

    /// <summary>An amount, e.g. <c>EUR 1.23M</c>, <c>EUR 5.60k</c>, <c>EUR 42.0</c>: k is a thousand, M a million, B 10^9, T 10^12. Every locale gets the same.</summary>
    /// <param name="amount">The amount, in units of the currency.</param>
    /// <param name="currency">The currency, ISO 4217.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no number, or infinite.</exception>
    public static string Text(double amount, string currency) => $"{currency} {Amount(amount)}";

    /// <summary>The same without its currency, for columns and axes that name it once.</summary>
    /// <param name="amount">The amount.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no number, or infinite.</exception>
    public static string Amount(double amount)
    {
        if (!double.IsFinite(amount)) throw new ArgumentOutOfRangeException(nameof(amount), amount, "An amount is a finite number.");
        if (amount < 0) return $"-{Amount(-amount)}";
        if (amount == 0) return "0";
        if (amount < Least) return "<0.01";
        if (amount >= Most) return amount.ToString("0.00e0", CultureInfo.InvariantCulture);
        var (rounded, letter) = (Rounded(amount), "");
        foreach (var next in (ReadOnlySpan<string>)["k", "M", "B", "T"])
        {
            if (rounded < 1000) break;
            (rounded, letter) = (rounded / 1000, next);
        }

        return rounded.ToString(rounded < 10 ? "0.00" : rounded < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + letter;
    }

    /// <summary>A probability or another share, e.g. <c>5 %</c>, <c>0.43 %</c>, <c>17.9 %</c>. What is nearly never or nearly always is not called never or always.</summary>
    /// <param name="share">The share; 1 is all.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no number, or infinite.</exception>
    public static string Percent(double share)
    {
        if (!double.IsFinite(share)) throw new ArgumentOutOfRangeException(nameof(share), share, "A share is a finite number.");
        if (share < 0) return $"-{Percent(-share)}";
        if (share is > 0 and < 0.0001) return "<0.01 %";
        if (share is >= 0.9995 and < 1) return ">99.9 %";
        return Rounded(share * 100).ToString("#,0.##", CultureInfo.InvariantCulture) + " %";
    }

    // Through decimal text: dividing by a power of ten would make 1.005 of what was written 1.00.
    private static double Rounded(double amount) =>
        amount == 0 ? 0 : double.Parse(amount.ToString($"E{Digits - 1}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
