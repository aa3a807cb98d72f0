using System.Diagnostics;
using System.Globalization;
using Plenum.Platform;

namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>
/// Operations of one process beside their C++ twins: both sides run the same loop for about 25 ms in turn, on the same
/// processor, and the median of the ratios of neighbouring runs is what counts, because the machine's speed changes
/// within seconds.
/// </summary>
internal static class PairedOperations
{
    private const double Target = 1.05;
    private const double SliceNanoseconds = 25e6;

    /// <summary>zeroipc-ops [--pairs N] [--only TEXT] [--json]: prints a table; needs g++.</summary>
    internal static int Run(string[] args)
    {
        int pairs = int.Parse(Option(args, "--pairs") ?? "15", CultureInfo.InvariantCulture);
        string only = Option(args, "--only") ?? string.Empty;
        int processor = ProcessorAffinity.Available()[0];
        using BaselineProcess baseline = BaselineProcess.Start(processor);
        using var loops = new OperationLoops();
        WarmUp(loops);
        _ = ProcessorAffinity.TryPin(processor);
        var results = new List<Row>();
        foreach ((string name, Func<long, ulong> loop) in loops.All)
        {
            if (name.Contains(only, StringComparison.Ordinal))
            {
                results.Add(Measure(name, loop, baseline, pairs));
            }
        }

        Print(results, Array.IndexOf(args, "--json") >= 0);
        return results.TrueForAll(static row => row.RightAnswer) ? 0 : 1;
    }

    // Until everything runs optimised code. Before pinning: the thread that compiles would inherit the processor.
    private static void WarmUp(OperationLoops loops)
    {
        for (int i = 0; i < 5; i++)
        {
            foreach (Func<long, ulong> loop in loops.All.Values)
            {
                for (int k = 0; k < 40; k++)
                {
                    _ = loop(640);
                }

                _ = loop(50_000);
            }

            Thread.Sleep(250);
        }
    }

    private static Row Measure(string name, Func<long, ulong> loop, BaselineProcess baseline, int pairs)
    {
        (double first, _) = baseline.Measure(name, 200_000);
        long rounds = (long)(SliceNanoseconds / Math.Max(first, 0.5)) / 32 * 32;
        _ = loop(rounds);
        var ours = new List<double>();
        var theirs = new List<double>();
        var ratios = new List<double>();
        bool right = true;
        for (int i = 0; i < pairs; i++)
        {
            (double b, ulong expected) = baseline.Measure(name, rounds);
            long start = Stopwatch.GetTimestamp();
            ulong found = loop(rounds);
            double a = Stopwatch.GetElapsedTime(start).TotalNanoseconds / rounds;
            right &= found == expected;
            ours.Add(a);
            theirs.Add(b);
            ratios.Add(a / b);
        }

        return new Row(name, Median(ours), Median(theirs), Median(ratios), ratios.Min(), ratios.Max(), right);
    }

    private static void Print(List<Row> rows, bool json)
    {
        if (json)
        {
            foreach (Row row in rows)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{{\"name\":\"{row.Name}\",\"nsPerOperation\":{row.Ours:0.###},\"baselineNs\":{row.Theirs:0.###},"
                    + $"\"ratio\":{row.Ratio:0.###},\"right\":{(row.RightAnswer ? "true" : "false")}}}"));
            }

            return;
        }

        Console.WriteLine("| operation | C# ns | C++ ns | ratio (median of pairs) | least to most | |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (Row row in rows)
        {
            string verdict = !row.RightAnswer ? "WRONG ANSWER" : row.Ratio <= Target ? "" : "above 1.05";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.Ours:0.00} | {row.Theirs:0.00} | {row.Ratio:0.00} | "
                + $"{row.Least:0.00} to {row.Most:0.00} | {verdict} |"));
        }
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string? Option(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private sealed record Row(
        string Name, double Ours, double Theirs, double Ratio, double Least, double Most, bool RightAnswer);
}
