using System.Globalization;

namespace ReleaseGate.Governance;

/// <summary>Amounts and probabilities as people read them: with three significant digits, since what they come from are opinions.</summary>
public static class Money
{
    private const int Digits = 3;

    // A double holds no more for certain.
    private const int MostDigits = 15;
    private const double Least = 0.01;
    private const double Unseen = 0.0001;
    private const double NearlyAll = 0.9995;

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
    public static string Amount(double amount) => Amount(amount, Digits);

    /// <summary>Two amounts with as many digits as it takes to tell one from the other, three at least.</summary>
    internal static (string One, string Other) Apart(double one, double other, string currency)
    {
        var digits = Digits;
        while (one != other && digits < MostDigits && Amount(one, digits) == Amount(other, digits)) digits++;
        return ($"{currency} {Amount(one, digits)}", $"{currency} {Amount(other, digits)}");
    }

    private static string Amount(double amount, int digits)
    {
        if (!double.IsFinite(amount)) throw new ArgumentOutOfRangeException(nameof(amount), amount, "An amount is a finite number.");
        if (amount < 0) return $"-{Amount(-amount, digits)}";
        if (amount == 0) return "0";
        if (amount < Least) return "<0.01";
        if (amount >= Most) return amount.ToString($"0.{new string('0', digits - 1)}e0", CultureInfo.InvariantCulture);
        var (rounded, letter) = (Rounded(amount, digits), "");
        foreach (var next in (ReadOnlySpan<string>)["k", "M", "B", "T"])
        {
            if (rounded < 1000) break;
            (rounded, letter) = (rounded / 1000, next);
        }

        return rounded.ToString($"0.{new string('0', digits - (rounded < 10 ? 1 : rounded < 100 ? 2 : 3))}", CultureInfo.InvariantCulture) + letter;
    }

    /// <summary>A probability or another share, e.g. <c>5 %</c>, <c>0.43 %</c>, <c>17.9 %</c>. What is nearly never or nearly always is not called never or always.</summary>
    /// <param name="share">The share; 1 is all.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no number, or infinite.</exception>
    public static string Percent(double share)
    {
        if (!double.IsFinite(share)) throw new ArgumentOutOfRangeException(nameof(share), share, "A share is a finite number.");
        if (share < 0) return $"-{Percent(-share)}";
        if (share is > 0 and < Unseen) return "<0.01 %";
        if (share is >= NearlyAll and < 1) return ">99.9 %";
        return Rounded(share * 100, Digits).ToString("#,0.##", CultureInfo.InvariantCulture) + " %";
    }

    /// <summary>A share that somebody entered, with all its digits: a limit that is not shown can't be checked.</summary>
    /// <param name="share">The share; 1 is all.</param>
    internal static string Entered(double share)
    {
        // A decimal takes the 15 digits of a double that are certain, so that 0.07 is 7 %. What is smaller than any of its digits is written with its power of ten.
        var percent = share * 100;
        return (percent is 0 or >= 1e-10 ? ((decimal)percent).ToString("#,0.############################", CultureInfo.InvariantCulture) : percent.ToString("G15", CultureInfo.InvariantCulture)) + " %";
    }

    /// <summary>A share beside the limit that it is held against, with three digits; what these would hide, or show on the wrong side of the limit, is said in words.</summary>
    /// <param name="share">The share; 1 is all.</param>
    /// <param name="limit">The most that it may be.</param>
    internal static string Beside(double share, double limit)
    {
        if (share == limit) return Entered(limit);
        var rounded = Rounded(share, Digits);
        if ((share > limit ? rounded <= limit : rounded >= limit) || (share is > NearlyAll and < 1 && limit > NearlyAll)) return $"a little {(share > limit ? "more" : "less")} than {Entered(limit)}";
        return share is > 0 and < Unseen && limit < Unseen ? Entered(rounded) : Percent(share);
    }

    // Through decimal text: dividing by a power of ten would make 1.005 of what was written 1.00.
    private static double Rounded(double amount, int digits) =>
        amount == 0 ? 0 : double.Parse(amount.ToString($"E{digits - 1}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
