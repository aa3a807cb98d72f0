using System.Text.Json;
using Plenum.Platform;

namespace Plenum.Benchmarks.Harness;

/// <summary>Runs in the measuring process: warms a case up, then takes samples with the ruler before and after
/// each.</summary>
internal static class Sampler
{
    private static readonly TimeSpan s_tierUp = TimeSpan.FromMilliseconds(250);

    /// <summary>Takes samples and writes each as a JSON line.</summary>
    internal static int Run(string name, int samples, TimeSpan time, TextWriter output)
    {
        PairCase chosen = CaseCatalog.Find(name);
        IReadOnlyList<int> processors = ProcessorAffinity.Available();

        // The partner first: a process started by a pinned thread inherits its one processor and then never spins.
        using var side = new SampleSide(processors);
        bool pinned = processors.Count >= 2 && ProcessorAffinity.TryPin(processors[0]);
        for (int round = 0; round < chosen.WarmUps; round++)
        {
            // The run time compiles hot methods again after a tenth of a second without new ones: give it the pause.
            chosen.Measure(side, TimeSpan.FromMilliseconds(150));
            Ruler.Read(side);
            new ManualResetEventSlim().Wait(s_tierUp);
        }

        double before = Ruler.Read(side);
        for (int sample = 0; sample < samples; sample++)
        {
            CaseOutcome outcome = chosen.Measure(side, time);
            double after = Ruler.Read(side);
            output.WriteLine(JsonSerializer.Serialize(Record(chosen, outcome, before, after, pinned), ResultJson.Line));
            output.Flush();
            before = after;
        }

        return 0;
    }

    private static SampleRecord Record(
        PairCase chosen, CaseOutcome outcome, double before, double after, bool pinned) => new()
        {
            Case = chosen.Name,
            State = pinned ? Ruler.Judge(before, after).ToString().ToUpperInvariant() : "OVERSUBSCRIBED",
            RulerBeforeNs = Math.Round(before, 1),
            RulerAfterNs = Math.Round(after, 1),
            Operations = outcome.Operations,
            Seconds = Math.Round(outcome.Seconds, 6),
            NsPerOperation = Math.Round(outcome.Nanoseconds, 3),
            P99Ns = Math.Round(outcome.Latency?.Percentile(0.99) ?? 0, 1),
            P999Ns = Math.Round(outcome.Latency?.Percentile(0.999) ?? 0, 1),
            P9999Ns = Math.Round(outcome.Latency?.Percentile(0.9999) ?? 0, 1),
            MaxNs = outcome.Latency?.Max ?? 0,
            BytesPerSecond = outcome.Seconds > 0
                ? Math.Round(outcome.Operations * outcome.BytesPerOperation / outcome.Seconds) : 0,
            AllocatedBytesPerOperation = outcome.Operations > 0
                ? Math.Round((double)outcome.AllocatedBytes / outcome.Operations, 3) : 0,
            Reference = outcome.Reference,
            ReferenceNs = Math.Round(outcome.ReferenceNanoseconds, 3),
            WaiterCpuPercent = Math.Round(outcome.WaiterCpuPercent, 2),
            Note = outcome.Note,
            Verified = outcome.Verified,
        };
}
