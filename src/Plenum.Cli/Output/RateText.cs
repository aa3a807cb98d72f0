using System.Globalization;
using Plenum.Cli.Parsing;

namespace Plenum.Cli.Output;

/// <summary>Rates, shares and counts in few columns, for people.</summary>
internal static class RateText
{
    /// <summary>A rate with at most four digits: <c>0</c>, <c>12.5</c>, <c>1.2k</c>, <c>3.4M</c>.</summary>
    internal static string Of(double? perSecond) => perSecond switch
    {
        null => "-",
        0 => "0",
        < 0.05 => "<0.1",
        < 100 and var rate => rate.ToString("0.#", CultureInfo.InvariantCulture),
        < 1000 and var rate => rate.ToString("0", CultureInfo.InvariantCulture),
        _ => Scaled(perSecond.Value),
    };

    internal static string OfBytes(double? perSecond) =>
        perSecond is not { } rate || !double.IsFinite(rate) ? "-" : SizeText.Format((long)rate) + "/s";

    internal static string OfShare(double? share) =>
        share is { } value ? (value * 100).ToString("0", CultureInfo.InvariantCulture) + "%" : "-";

    internal static string OfCount(long? count) =>
        count is not { } value ? "-" : value < 100_000 ? value.ToString(CultureInfo.InvariantCulture) : Scaled(value);

    private static string Scaled(double value)
    {
        string[] units = ["", "k", "M", "G", "T", "P", "E"];
        int unit = 0;
        while (Math.Abs(value) >= 1000 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(value < 100 ? "0.#" : "0", CultureInfo.InvariantCulture) + units[unit];
    }
}
