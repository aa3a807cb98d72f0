using System.Globalization;
using System.Text;
using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Reports;

/// <summary>Results as a Markdown table.</summary>
internal static class ResultTable
{
    internal const string Head =
        "| case | state | ns an operation (lowest to highest) | in R | p99 | M/s | GB/s | beside its reference | B "
        + "allocated | n |\n"
        + "|---|---|---|---|---|---|---|---|---|---|\n";

    /// <summary>A line for each case and state.</summary>
    internal static string Lines(IEnumerable<SampleRecord> samples)
    {
        var text = new StringBuilder();
        SampleRecord[] all = [.. samples];
        foreach (CaseSummary summary in CaseSummary.Of(all))
        {
            text.Append(Line(summary)).Append('\n');
        }

        if (text.Length == 0 && all.Length > 0)
        {
            text.Append("| ").Append(all[0].Case).Append(" | none of ").Append(all.Length)
                .Append(" samples well bracketed |\n");
        }

        return text.ToString();
    }

    private static string Line(CaseSummary one)
    {
        string spread = $"{Number(one.Nanoseconds)} ({Number(one.Lowest)} to {Number(one.Highest)})";
        string rate = one.Nanoseconds > 0
            ? (1000 / one.Nanoseconds).ToString("0.###", CultureInfo.InvariantCulture) : "";
        string bytes = one.BytesPerSecond > 0
            ? (one.BytesPerSecond / 1e9).ToString("0.00", CultureInfo.InvariantCulture) : "";
        string reference = one.RatioToReference > 0
            ? $"{one.RatioToReference.ToString("0.00", CultureInfo.InvariantCulture)} x {one.Reference}" : "";
        string cpu = one.WaiterCpu >= 0
            ? $" (waiter's CPU {one.WaiterCpu.ToString("0.00", CultureInfo.InvariantCulture)} %)" : "";
        reference = one.Note.Length > 0 ? (reference.Length > 0 ? reference + "; " : "") + one.Note : reference;
        string wrong = one.Verified ? "" : " **WRONG ANSWER**";
        string ratio = one.Ratio.ToString("0.00", CultureInfo.InvariantCulture);
        string allocated = one.Allocated.ToString("0.###", CultureInfo.InvariantCulture);
        string name = one.Case + cpu + wrong;
        string[] cells = [name, one.State, spread, ratio, Number(one.P99), rate, bytes, reference, allocated];
        return $"| {string.Join(" | ", cells)} | {one.Samples.ToString(CultureInfo.InvariantCulture)} |";
    }

    private static string Number(double nanoseconds) => nanoseconds switch
    {
        <= 0 => "",
        < 100 => nanoseconds.ToString("0.0", CultureInfo.InvariantCulture),
        _ => nanoseconds.ToString("#,0", CultureInfo.InvariantCulture),
    };
}
