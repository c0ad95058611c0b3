using System.Globalization;
using ReleaseGate.Governance;

namespace ReleaseGate.Tests.Governance;

public sealed class MoneyTests
{
    [TestCase(0, "EUR 0")]
    [TestCase(0.004, "EUR <0.01")]
    [TestCase(0.01, "EUR 0.01")]
    [TestCase(0.123, "EUR 0.12")]
    [TestCase(1, "EUR 1.00")]
    [TestCase(9.994, "EUR 9.99")]
    [TestCase(9.996, "EUR 10.0")]
    [TestCase(42, "EUR 42.0")]
    [TestCase(99.96, "EUR 100")]
    [TestCase(999.4, "EUR 999")]
    [TestCase(999.6, "EUR 1.00k")]
    [TestCase(5600, "EUR 5.60k")]
    [TestCase(40_400.128269457266, "EUR 40.4k")]
    [TestCase(999_499, "EUR 999k")]
    [TestCase(999_501, "EUR 1.00M")]
    [TestCase(1_234_567, "EUR 1.23M")]
    [TestCase(5e8, "EUR 500M")]
    [TestCase(2.719e9, "EUR 2.72B")]
    [TestCase(9.99e14, "EUR 999T")]
    [TestCase(9.996e14, "EUR 1.00e15")]
    [TestCase(1.234e18, "EUR 1.23e18")]
    [TestCase(-1_234_567, "EUR -1.23M")]
    public void An_amount_has_three_digits_and_its_currency(double amount, string expected) => Assert.That(Money.Text(amount, "EUR"), Is.EqualTo(expected));

    [TestCase(0, "0 %")]
    [TestCase(0.00009, "<0.01 %")]
    [TestCase(0.0001, "0.01 %")]
    [TestCase(0.0043, "0.43 %")]
    [TestCase(0.02, "2 %")]
    [TestCase(0.05, "5 %")]
    [TestCase(0.1787, "17.9 %")]
    [TestCase(0.852143789, "85.2 %")]
    [TestCase(0.9994, "99.9 %")]
    [TestCase(0.9996, ">99.9 %")]
    [TestCase(1, "100 %")]
    [TestCase(-0.51, "-51 %")]
    [TestCase(12.345, "1,230 %")]
    public void A_share_is_a_percentage(double share, string expected) => Assert.That(Money.Percent(share), Is.EqualTo(expected));

    [TestCase(0, "0 %")]
    [TestCase(0.05, "5 %")]
    [TestCase(0.07, "7 %")]
    [TestCase(0.0000123456, "0.00123456 %")]
    [TestCase(0.123456789, "12.3456789 %")]
    [TestCase(0.99999, "99.999 %")]
    [TestCase(1, "100 %")]
    [TestCase(1e-30, "1E-28 %")]
    public void What_was_entered_is_shown_with_all_its_digits(double share, string expected) => Assert.That(Money.Entered(share), Is.EqualTo(expected));

    [TestCase(0.0172, 0.02, "1.72 %")]
    [TestCase(0.00002, 0.00001, "0.002 %")]
    [TestCase(0.0000200049, 0.00001, "0.002 %")]
    [TestCase(0.00002, 0.01, "<0.01 %")]
    [TestCase(0.0100001, 0.01, "a little more than 1 %")]
    [TestCase(0.0199999, 0.02, "a little less than 2 %")]
    [TestCase(0.999999, 0.99999, "a little more than 99.999 %")]
    [TestCase(0.01, 0.01, "1 %")]
    [TestCase(0, 0.01, "0 %")]
    public void A_share_never_looks_as_if_it_were_on_the_other_side_of_its_limit(double share, double limit, string expected) => Assert.That(Money.Beside(share, limit), Is.EqualTo(expected));

    [TestCase(1e6, 2e6, "EUR 1.00M", "EUR 2.00M")]
    [TestCase(1e6, 1_001_000, "EUR 1.000M", "EUR 1.001M")]
    [TestCase(50_000_000, 50_000_001, "EUR 50.000000M", "EUR 50.000001M")]
    [TestCase(999_999, 1e6, "EUR 999.999k", "EUR 1.00000M")]
    [TestCase(1e6, 1e6, "EUR 1.00M", "EUR 1.00M")]
    [TestCase(1e17, 1.001e17, "EUR 1.000e17", "EUR 1.001e17")]
    public void Two_amounts_have_the_digits_that_tell_them_apart(double one, double other, string first, string second) =>
        Assert.That(Money.Apart(one, other, "EUR"), Is.EqualTo((first, second)));

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    public void What_is_no_amount_is_refused(double amount)
    {
        Assert.That(() => Money.Text(amount, "EUR"), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Money.Percent(amount), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void No_locale_changes_it()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            // Machines without culture data know none by name.
            var own = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            own.NumberFormat.NumberDecimalSeparator = ",";
            own.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = own;
            Assert.That((Money.Text(-1_234_567, "EUR"), Money.Percent(0.1787)), Is.EqualTo(("EUR -1.23M", "17.9 %")));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
