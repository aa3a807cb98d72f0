using System.Globalization;

namespace Plenum.Cli.Output.Drawing;

/// <summary>An axis that begins and ends at round numbers, with a mark at each step between them.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end; more than <paramref name="Low"/>.</param>
/// <param name="Step">Distance of the marks; 0 when only the ends are marked.</param>
internal readonly record struct PlotAxis(double Low, double High, double Step)
{
    private const int LabelWidth = 9;
    private const int MaxMarks = 100;

    /// <summary>The axis that holds a range of values in at most about <paramref name="steps"/> steps.</summary>
    /// <param name="low">The smallest value.</param>
    /// <param name="high">The largest; the same for a constant, which then lies in the middle.</param>
    /// <param name="steps">Steps wanted, at least 1.</param>
    internal static PlotAxis Around(double low, double high, int steps)
    {
        if (high <= low)
        {
            double room = high == 0 ? 1 : Math.Abs(high) * 0.1;
            (low, high) = (low - room, high + room);
        }

        double step = Round((high - low) / steps);
        double first = Math.Floor((low / step) + 1e-9) * step;
        double last = Math.Ceiling((high / step) - 1e-9) * step;
        return double.IsFinite(first) && double.IsFinite(last) && first < last && (last - first) / step < MaxMarks
            ? new PlotAxis(first, last, step)
            : new PlotAxis(low, high, 0);
    }

    /// <summary>The marked values, from below.</summary>
    internal IEnumerable<double> Marks()
    {
        int count = Step > 0 ? (int)Math.Round((High - Low) / Step) : 1;
        for (int i = 0; i <= count; i++)
        {
            yield return i == count ? High : Low + (i * Step);
        }
    }

    /// <summary>A marked value as text, with as many places as the step needs.</summary>
    internal string Label(double value)
    {
        double near = Math.Abs(value) < Step * 1e-6 ? 0 : value;
        int places = Step > 0 ? Math.Clamp(-(int)Math.Floor(Math.Log10(Step) + 1e-9), 0, 6) : 3;
        string text = near.ToString("F" + places.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        bool isLost = near != 0 && Math.Abs(near) < Math.Pow(10, -places) / 2;
        return isLost || text.Length > LabelWidth ? near.ToString("0.##e0", CultureInfo.InvariantCulture) : text;
    }

    // 1, 2 or 5 times a power of ten.
    private static double Round(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double share = step / power;
        return (share <= 1.000001 ? 1 : share <= 2.000001 ? 2 : share <= 5.000001 ? 5 : 10) * power;
    }
}
