namespace ReleaseGate.Governance;

/// <summary>Where losses come from, independently of each other and of all other sources.</summary>
/// <param name="Frequency">How many are to be expected in a year.</param>
/// <param name="LimitedExpectedValue">What one costs, given as E[min(loss, limit)] for any limit from 0 to infinity; at infinity that is the mean.</param>
public sealed record LossSource(double Frequency, Func<double, double> LimitedExpectedValue);
