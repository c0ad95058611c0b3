using System.Globalization;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting.Html;

/// <summary>
/// The loss-exceedance curve of an assessment with the tolerance beside it. Both axes are logarithmic: losses span millions, and what tolerances speak of is rare.
/// </summary>
internal sealed class LossCurve(Markup html, ExposureAssessment exposure)
{
    private const double Rarest = 0.001;
    private const double MostDecades = 7;
    private const double Letter = 6.6;

    // Of what is told within the drawing, which is set in a heavier face.
    private const double HeavyLetter = 7.2;
    private const double Row = 17;
    private const int MostRows = 12;
    private const int FewRows = 4;

    // Where something stands already, and where lines run.
    private readonly List<Box> _taken = [];
    private readonly List<Box> _lines = [];
    private double _left;
    private double _right;
    private double _top;
    private double _bottom;
    private double _least;
    private double _most;
    private double _floor;
    private double _ceiling;

    /// <summary>Whether there is anything to draw: a year may have a loss.</summary>
    public static bool IsFor(ExposureAssessment exposure)
    {
        foreach (var point in exposure.Curve)
            if (point is { Loss: > 0, Probability: > 0 }) return true;
        return false;
    }

    /// <summary>Draws it.</summary>
    /// <param name="name">Its class: which of two widths is shown is for the style sheet.</param>
    /// <param name="width">Units of width; letters stay as large.</param>
    /// <param name="height">Units of height.</param>
    /// <param name="label">What it shows, for those who don't see it.</param>
    public void Write(string name, double width, double height, string label)
    {
        (_left, _right, _top, _bottom) = (62, width - 16, 14, height - 50);
        Measure();
        _taken.Clear();
        _lines.Clear();
        foreach (var result in exposure.Tolerance) _taken.Add(Box.Around(X(result.Point.Loss), Y(result.Point.MaximumProbability), 7));

        html.Write($"<svg class=\"curve {name}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">");
        WriteYears();
        WriteLosses(width);
        html.Write($"<path class=\"axis\" d=\"M{_left} {_top}V{_bottom}H{_right}\"/>");
        WriteTolerance();
        WriteCurve();
        WriteValueAtRisk();
        WritePoints();
        html.Write($"</svg>\n");
    }

    private void Measure()
    {
        // From where nearly every loss is larger to where hardly a year loses more, and everything that a tolerance speaks of.
        (_least, _most) = (double.MaxValue, 0);
        var highest = exposure.LossProbability;
        _floor = Rarest;
        foreach (var point in exposure.Curve)
        {
            if (point.Loss <= 0) continue;
            if (point.Probability >= 0.98 * exposure.LossProbability || _least == double.MaxValue) _least = point.Loss;
            if (point.Probability >= Rarest || _most == 0) _most = point.Loss;
            highest = Math.Max(highest, point.Probability);
        }

        _most = Math.Max(_most, Math.Max(_least * 10, exposure.Var99));
        _least = Math.Max(_least, _most / Math.Pow(10, MostDecades));
        foreach (var result in exposure.Tolerance)
        {
            // However far away it is: what a tolerance speaks of has its place.
            _most = Math.Max(_most, result.Point.Loss * 1.2);
            if (result.Point.Loss > 0) _least = Math.Min(_least, result.Point.Loss / 1.2);
            highest = Math.Max(highest, result.Point.MaximumProbability);
            // Where a point is kept, only what may be is drawn.
            foreach (var probability in (double[])[result.Point.MaximumProbability, result.IsExceeded ? result.Probability : 0])
                if (probability > 0) _floor = Math.Min(_floor, probability);
        }

        _floor = Math.Max(1e-6, Math.Pow(10, Math.Floor(Math.Log10(_floor) + 1e-9)));
        _ceiling = Math.Pow(10, Math.Ceiling(Math.Log10(Math.Clamp(highest, 10 * _floor, 1)) - 1e-9));
    }

    private double X(double loss) => _left + ((_right - _left) * Math.Log(Math.Clamp(loss, _least, _most) / _least) / Math.Log(_most / _least));

    private double Y(double probability) => _bottom - ((_bottom - _top) * Math.Log(Math.Clamp(probability, _floor, _ceiling) / _floor) / Math.Log(_ceiling / _floor));

    private void WriteYears()
    {
        for (var probability = _ceiling; probability > _floor * 0.99; probability /= 10)
        {
            var y = Y(probability);
            html.Write($"<path class=\"grid\" d=\"M{_left} {y}H{_right}\"/><text class=\"end\" x=\"{_left - 8}\" y=\"{y + 4}\">{(probability * 100).ToString("0.####", CultureInfo.InvariantCulture)} %</text>");
        }
    }

    // 1, 2 and 5 of each power of ten where there is room, else fewer.
    private void WriteLosses(double width)
    {
        var decades = Math.Log10(_most / _least);
        ReadOnlySpan<double> steps = (_right - _left) / decades > 240 ? [1, 2, 5] : (_right - _left) / decades > 130 ? [1, 3] : [1];
        var next = double.MinValue;
        for (var power = Math.Pow(10, Math.Floor(Math.Log10(_least))); power <= _most; power *= 10)
        {
            foreach (var step in steps)
            {
                var loss = power * step;
                if (loss < _least * 0.999 || loss > _most * 1.001) continue;
                var x = X(loss);
                html.Write($"<path class=\"grid\" d=\"M{x} {_top}V{_bottom}\"/>");
                var text = Short(loss);
                var half = text.Length * Letter / 2;
                if (x - half < next || x + half > width) continue;
                next = x + half + 8;
                html.Write($"<text class=\"mid\" x=\"{x}\" y=\"{_bottom + 18}\">{text}</text>");
            }
        }

        html.Write($"<text class=\"mid name\" x=\"{(_left + _right) / 2}\" y=\"{_bottom + 40}\">loss in a year, {exposure.Model.Currency}</text>");
    }

    // Between two points the earlier one holds.
    private void WriteTolerance()
    {
        if (exposure.Tolerance.Count == 0) return;
        var first = exposure.Tolerance[0].Point;
        html.Write($"<path class=\"limit\" d=\"M{X(first.Loss)} {Y(first.MaximumProbability)}");
        var (x, y) = (X(first.Loss), Y(first.MaximumProbability));
        foreach (var result in exposure.Tolerance)
        {
            var (to, down) = (X(result.Point.Loss), Y(result.Point.MaximumProbability));
            html.Write($"H{to}V{down}");
            _lines.Add(Box.Of(x, y, to, y));
            _lines.Add(Box.Of(to, y, to, down));
            (x, y) = (to, down);
        }

        html.Write($"H{_right}\"/>");
        _lines.Add(Box.Of(x, y, _right, y));
    }

    private void WriteCurve()
    {
        html.Write($"<path class=\"lec\" d=\"");
        var begun = false;
        LossPoint? before = null;
        foreach (var point in exposure.Curve)
        {
            if (point.Loss <= 0) continue;
            // Of what is less than any loss the probability is that of a loss.
            if (!begun && point.Loss > _least)
            {
                html.Write($"M{_left} {Y(exposure.LossProbability)}");
                begun = true;
            }

            var (end, isEnd) = (point, point.Loss >= _most || point.Probability <= _floor);
            if (isEnd && before is { } last) end = Cut(last, point);
            html.Write($"{new Markup.Own(begun ? "L" : "M")}{X(end.Loss)} {Y(end.Probability)}");
            _lines.Add(Box.Of(X(before?.Loss ?? _least), Y(before?.Probability ?? exposure.LossProbability), X(end.Loss), Y(end.Probability)));
            begun = true;
            before = point;
            if (isEnd) break;
        }

        html.Write($"\"/>");
    }

    // Where the stroke from one point to the next leaves the drawing, to the right or below.
    private LossPoint Cut(LossPoint from, LossPoint to)
    {
        var (rise, run) = (Math.Log(Math.Max(to.Probability, _floor / 100) / from.Probability), Math.Log(to.Loss / from.Loss));
        var share = Math.Min(1, Math.Log(_most / from.Loss) / run);
        if (rise < 0) share = Math.Min(share, Math.Log(_floor / from.Probability) / rise);
        share = Math.Max(0, share);
        return new LossPoint(from.Loss * Math.Exp(run * share), from.Probability * Math.Exp(rise * share));
    }

    private void WriteValueAtRisk()
    {
        if (exposure.Var95 < _least || exposure.Var95 > _most || exposure.LossProbability <= 0.05) return;
        var (x, y) = (X(exposure.Var95), Y(0.05));
        html.Write($"<path class=\"drop\" d=\"M{_left} {y}H{x}V{_bottom}\"/><circle class=\"at\" cx=\"{x}\" cy=\"{y}\" r=\"4\"/>");
        _taken.Add(Box.Around(x, y, 6));
        // Below the curve, where no tolerance is drawn unless it is exceeded.
        Tell("at", $"5 %: {Money.Text(exposure.Var95, exposure.Model.Currency)}", x, y, isLeft: true);
    }

    private void WritePoints()
    {
        foreach (var result in exposure.Tolerance)
        {
            var (x, y) = (X(result.Point.Loss), Y(result.Point.MaximumProbability));
            if (!result.IsExceeded)
            {
                html.Write($"<circle class=\"kept\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>");
                continue;
            }

            var over = Y(result.Probability);
            html.Write($"<path class=\"gap\" d=\"M{x} {y}V{over}\"/><path class=\"over\" d=\"M{x - 5.5} {y - 5.5}l11 11m0 -11l-11 11\"/>");
            Tell("over", $"over: {Money.Beside(result.Probability, result.Point.MaximumProbability)}, may be {Money.Entered(result.Point.MaximumProbability)}", x, y, isLeft: false);
        }
    }

    // Beside its point: at the first place where nothing stands yet, a row further each time, and if there is one near off the lines. Where there is none at all the tables tell it.
    private void Tell(string name, string text, double x, double y, bool isLeft)
    {
        var width = text.Length * HeavyLetter;
        var (left, right) = (x - 8 - width, x + 8);
        for (var attempt = 0; attempt < FewRows + MostRows; attempt++)
        {
            var (row, isOffLines) = attempt < FewRows ? (attempt, true) : (attempt - FewRows, false);
            foreach (var line in (double[])[y + 20 + (row * Row), y - 12 - (row * Row)])
            {
                foreach (var from in (double[])[isLeft ? left : right, isLeft ? right : left, Math.Clamp(x - (width / 2), _left + 4, Math.Max(_left + 4, _right - width))])
                {
                    var place = Box.Of(from, line - 12, from + width, line + 4);
                    if (from < _left + 4 || place.Right > _right + 8 || place.Top < _top || line + 5 > _bottom || place.Meets(_taken) || (isOffLines && place.Meets(_lines))) continue;
                    _taken.Add(place);
                    if (row > 0) html.Write($"<path class=\"drop\" d=\"M{x} {y}L{Math.Clamp(x, from, from + width)} {(line > y ? line - 11 : line + 4)}\"/>");
                    html.Write($"<text class=\"tell {name}\" x=\"{from}\" y=\"{line}\">{text}</text>");
                    return;
                }
            }
        }
    }

    private static string Short(double loss)
    {
        var text = Money.Amount(loss);
        var letter = char.IsAsciiLetter(text[^1]) ? text[^1..] : "";
        var digits = text[..^letter.Length];
        return (digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits) + letter;
    }

    private readonly record struct Box(double Left, double Top, double Right, double Bottom)
    {
        public static Box Of(double x, double y, double toX, double toY) => new(Math.Min(x, toX), Math.Min(y, toY), Math.Max(x, toX), Math.Max(y, toY));

        public static Box Around(double x, double y, double by) => new(x - by, y - by, x + by, y + by);

        public bool Meets(List<Box> others)
        {
            foreach (var other in others)
                if (Right > other.Left && Left < other.Right + 0.01 && Bottom > other.Top && Top < other.Bottom + 0.01) return true;
            return false;
        }
    }
}
