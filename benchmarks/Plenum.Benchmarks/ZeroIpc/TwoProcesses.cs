using System.Diagnostics;
using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.ZeroIpc;

/// <summary>Structures between two pinned processes, each sample between two readings of the ruler.</summary>
internal static class TwoProcesses
{
    internal const string PeerVerb = "zeroipc-two-peer";

    /// <summary>zeroipc-two [--samples N] [--only TEXT] [--ours]: prints a table.</summary>
    internal static int Run(string[] args)
    {
        int samples = int.Parse(Option(args, "--samples") ?? "7", CultureInfo.InvariantCulture);
        string only = Option(args, "--only") ?? string.Empty;
        IReadOnlyList<int> processors = ProcessorAffinity.Available();
        if (processors.Count < 2)
        {
            Console.Error.WriteLine("oversubscribed: one processor for two busy processes; nothing is measured");
            return 1;
        }

        string name = $"plenum-bench-{Environment.ProcessId}-two";
        using SharedMemory memory = SharedMemory.Create(name, 1 << 20);
        using var raw = SharedSegment.Create(SegmentName.Parse(name + "-raw"), SpinRuler.SegmentBytes, _ => { });
        try
        {
            var scenarios = new Scenarios(memory);
            using Process peer = StartPeer(memory.Name, raw.Name.Value, processors[1]);
            _ = ProcessorAffinity.TryPin(processors[0]);
            if (Array.IndexOf(args, "--ours") >= 0)
            {
                memory.HasForeignPeers = false;
                _ = Tell(peer, "ours true", () => 0);
            }

            Console.WriteLine("| measurement | median | p50 of ratios to R | R ns | samples by state |");
            Console.WriteLine("|---|---|---|---|---|");
            foreach ((string verb, Scenario scenario) in scenarios.All)
            {
                if (verb.Contains(only, StringComparison.Ordinal))
                {
                    Measure(peer, raw, verb, scenario, samples);
                }
            }

            peer.StandardInput.Close();
            peer.WaitForExit();
        }
        finally
        {
            raw.RemoveName();
            _ = SharedMemory.Remove(name);
        }

        return 0;
    }

    private static void Measure(Process peer, SharedSegment raw, string verb, Scenario scenario, int samples)
    {
        if (verb == "idle")
        {
            (_, double microseconds) = Tell(peer, $"{verb} 1", () => scenario.Lead(1));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {scenario.Title} | {microseconds / 1000:0.00} ms ({microseconds / 20_000:0.00} %) | | | |"));
            return;
        }

        _ = Tell(peer, $"{verb} {scenario.Rounds / 5}", () => scenario.Lead(scenario.Rounds / 5));
        var taken = new List<(double Value, double Before, double After)>();
        double before = Ruler(peer, raw);
        for (int i = 0; i < samples; i++)
        {
            (double value, _) = Tell(peer, $"{verb} {scenario.Rounds}", () => scenario.Lead(scenario.Rounds));
            double after = Ruler(peer, raw);
            taken.Add((value, before, after));
            before = after;
        }

        // The state with most samples is reported; a sample whose two readings differ in state counts for none.
        var groups = taken.GroupBy(sample => State(sample.Before, sample.After))
            .OrderBy(group => group.Key == "MIXED").ThenByDescending(group => group.Count()).ToList();
        var best = groups[0].ToList();
        double median = Median(best.Select(sample => sample.Value));
        double ruler = Median(best.Select(sample => (sample.Before + sample.After) / 2));
        double ratio = Median(best.Select(sample => sample.Value * 2 / (sample.Before + sample.After)));
        string result = scenario.IsRate
            ? string.Create(CultureInfo.InvariantCulture, $"{1000 / median:0.0} M/s ({median:0.00} ns)")
            : string.Create(CultureInfo.InvariantCulture, $"{median:0.0} ns");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {scenario.Title} | {result} | {ratio:0.00} R | {ruler:0} | "
            + $"{string.Join(", ", groups.Select(group => $"{group.Key} {group.Count()}"))} |"));
    }

    private static double Ruler(Process peer, SharedSegment raw) =>
        Tell(peer, "ruler", () => SpinRuler.Lead(raw, 100_000)).Value;

    private static (double Value, double Microseconds) Tell(Process peer, string line, Func<double> lead)
    {
        peer.StandardInput.WriteLine(line);
        peer.StandardInput.Flush();
        _ = peer.StandardOutput.ReadLine();
        double value = lead();
        string[] words = (peer.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("The second process ended.")).Split(' ');
        return (value, double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static Process StartPeer(string segment, string raw, int processor)
    {
        string host = Environment.ProcessPath!;
        var info = new ProcessStartInfo(host) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(host) == "dotnet")
        {
            info.ArgumentList.Add(typeof(TwoProcesses).Assembly.Location);
        }

        foreach (string argument in
            new[] { PeerVerb, segment, raw, processor.ToString(CultureInfo.InvariantCulture) })
        {
            info.ArgumentList.Add(argument);
        }

        Process peer = Process.Start(info)!;
        _ = peer.StandardOutput.ReadLine();
        return peer;
    }

    private static string State(double before, double after) => (before, after) switch
    {
        ( < 95, < 95) => "SIBLING",
        ( >= 95 and <= 220, >= 95 and <= 220) => "NEAR",
        ( > 330, > 330) => "FAR",
        _ => "MIXED",
    };

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string? Option(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
