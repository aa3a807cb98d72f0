using System.Globalization;

namespace Plenum.Cli.Parsing;

/// <summary>Durations as people write them: <c>500ms</c>, <c>5s</c>, <c>2m</c>; a bare number is seconds.</summary>
internal static class DurationText
{
    private static readonly (string Suffix, double Seconds)[] s_units =
        [("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("s", 1), ("m", 60), ("h", 3600)];

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        string number = text.Trim();
        double factor = 1;
        foreach ((string suffix, double seconds) in s_units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                factor = seconds;
                break;
            }
        }

        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            || !double.IsFinite(value) || value * factor > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(value * factor * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>A duration for people.</summary>
    internal static string Format(TimeSpan time) => time.TotalMilliseconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} µs"),
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        < 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        < 86_400_000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.0} d"),
    };
}
