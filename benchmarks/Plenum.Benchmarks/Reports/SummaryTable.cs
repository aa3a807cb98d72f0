using System.Globalization;
using System.Text;
using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Reports;

/// <summary>The short table of the README: one line for each key figure, beside the best-known ways to do the
/// same.</summary>
internal static class SummaryTable
{
    private const string Head = "| | measured | in R | state |\n|---|---|---|---|\n";

    private static readonly (string Case, string What, Figure Figure)[] s_lines =
    [
        ("zerobuffer/ping-pong-64", "ZeroBuffer: 64 bytes there and back", Figure.Time),
        ("zerobuffer/one-way-1024", "ZeroBuffer: frames of 1 KiB, one way", Figure.Rate),
        ("zerobuffer/in-place-6M-4", "ZeroBuffer: frames of 6.2 MB written and read in place", Figure.Reference),
        ("zerobuffer/asleep", "ZeroBuffer: there and back, both asleep in between", Figure.Reference),
        ("zerobuffer/awaited", "ZeroBuffer: the same with `await`", Figure.Reference),
        ("duplex/copying-64", "Duplex: request and answer of 64 bytes", Figure.Time),
        ("zeroipc/queue-ping-pong", "ZeroIPC: a value through two queues and back", Figure.Time),
        ("zeroipc/queue-batch-64", "ZeroIPC: a queue in batches of 64", Figure.Rate),
        ("zeroipc/mutex-hand-over", "ZeroIPC: a turn of a contended mutex", Figure.Time),
        ("codata/broadcast", "ZeroIPC: a broadcast to a reader that gates it", Figure.Rate),
        ("void/write-512", "VOID: write 512 floats", Figure.Reference),
        ("void/attached-512", "VOID: snapshot of 512 floats", Figure.Reference),
        ("field/unix-socket", "for comparison: Unix socket of .NET, 64 bytes there and back", Figure.Time),
        ("field/zmq", "for comparison: ZeroMQ ipc, 64 bytes there and back", Figure.Time),
        ("field/boost", "for comparison: Boost message_queue, 64 bytes there and back", Figure.Time),
    ];

    private enum Figure
    {
        Time,
        Rate,
        Reference,
    }

    /// <summary>The table; a line without samples is left out.</summary>
    internal static string Of(IEnumerable<SampleRecord> samples)
    {
        IReadOnlyList<CaseSummary> all = CaseSummary.Of(samples);
        var text = new StringBuilder(Head);
        foreach ((string name, string what, Figure figure) in s_lines)
        {
            // NEAR, where the processors share a cache, is what the targets are stated for.
            CaseSummary? one = all.Where(summary => summary.Case == name)
                .OrderBy(summary => summary.State == "NEAR" ? 0 : summary.State == "FAR" ? 1 : 2).FirstOrDefault();
            if (one is not null)
            {
                text.Append("| ").Append(what).Append(" | ").Append(Measured(one, figure)).Append(" | ")
                    .Append(figure == Figure.Time ? one.Ratio.ToString("0.0", CultureInfo.InvariantCulture) : "")
                    .Append(" | ")
                    .Append(one.State).Append(" |\n");
            }
        }

        return text.ToString();
    }

    private static string Measured(CaseSummary one, Figure figure) => figure switch
    {
        Figure.Rate => string.Create(CultureInfo.InvariantCulture, $"{1000 / one.Nanoseconds:0.#} M/s"),
        Figure.Reference when one.RatioToReference > 0 => string.Create(
            CultureInfo.InvariantCulture, $"{Time(one.Nanoseconds)}, {one.RatioToReference:0.00} x {one.Reference}"),
        _ => Time(one.Nanoseconds),
    };

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1e4 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:#,0} ns"),
        < 1e7 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000:#,0} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:#,0} ms"),
    };
}
