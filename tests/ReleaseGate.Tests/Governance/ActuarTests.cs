using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ReleaseGate.Governance;

namespace ReleaseGate.Tests.Governance;

/// <summary>R's actuar, where it is installed (Debian: r-cran-actuar), solves the same portfolios on a grid of its own.</summary>
internal sealed class ActuarTests
{
    [TestCase(0.1, 1e5, 1e6, 500)]
    [TestCase(2, 1e4, 1e6, 2000)]
    [TestCase(20, 2e6, 4e7, 1e5)]
    public void Actuar_agrees(double frequency, double low, double high, double step)
    {
        var loss = AggregateLoss.Of([AggregateLossTests.Lognormal(frequency, low, high)]);
        var beyond = step * Math.Floor(loss.ValueAtRisk(0.95) / step);
        var top = 1.2 * loss.ValueAtRisk(0.99);
        var program = string.Create(CultureInfo.InvariantCulture, $$"""
            suppressMessages(library(actuar))
            mu <- (log({{low}}) + log({{high}})) / 2
            sigma <- log({{high}} / {{low}}) / 2 / qnorm(0.95)
            f <- discretize(plnorm(x, mu, sigma), from = 0, to = {{top}}, step = {{step}}, method = "unbiased", lev = levlnorm(x, mu, sigma))
            g <- aggregateDist("recursive", model.freq = "poisson", model.sev = f, lambda = {{frequency}}, x.scale = {{step}}, maxit = 100000, tol = 0.009)
            cat(sprintf("%.10g\n", c(quantile(g, c(0.92, 0.95, 0.99)), 1 - g({{beyond}}))))
            """);
        var found = Run(program);
        double[] p = [0.92, 0.95, 0.99];
        for (var i = 0; i < p.Length; i++)
        {
            var own = loss.ValueAtRisk(p[i]);
            Assert.That(found[i], Is.EqualTo(own).Within(2 * step + 1e-3 * own), $"{p[i]}");
        }

        Assert.That(loss.ProbabilityAbove(beyond), Is.EqualTo(found[3]).Within(5e-3 * found[3]));
    }

    private static double[] Run(string program)
    {
        var (code, output) = Rscript(program);
        // actuar is a check more on a machine that has it; the vectors of AggregateLossTests hold everywhere.
        Assume.That(code, Is.Zero, $"Rscript with actuar is not installed: {output}");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }

    private static (int Code, string Output) Rscript(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("Rscript", ["--vanilla", "-e", program]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, process.ExitCode == 0 ? output : error.Result);
        }
        catch (Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }
}
