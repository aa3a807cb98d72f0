using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>Two processes that want the same mutex all the time: the time of one turn, and who got it how
/// often.</summary>
internal sealed class MutexHandOverCase()
    : PairCase("zeroipc/mutex-hand-over", "contended mutex between two processes, time of one turn")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zi");
        using SharedMemory memory = Segments.Create(name);
        SharedMutex mutex = SharedMutex.Create(memory, "mutex");
        SharedArray<ulong> counts = SharedArray<ulong>.Create(memory, "counts", 4);
        try
        {
            side.Start(Name, name);
            long start = MonotonicClock.Nanoseconds;
            ulong mine = 0;
            while (MonotonicClock.Nanoseconds - start < time.Ticks * 100)
            {
                mine += Turns(mutex, counts);
            }

            double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
            counts.WriteRelease(1, 1);
            PartnerReport report = side.Finish();
            ulong total = counts.ReadAcquire(0);
            double share = total == 0 ? 0 : (double)mine / total;
            return new CaseOutcome
            {
                Operations = (long)total,
                Seconds = seconds,

                // Nothing lost. Who had how many turns is told, not judged: a processor that other work takes away for
                // a while is no wrong answer.
                Verified = total == mine + (ulong)report.Operations,
                Note = FormattableString.Invariant(
                    $"{100 * Math.Min(share, 1 - share):0} % of the turns for one, the rest for the other"),
            };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using SharedMemory memory = Segments.Open(side.Text(0));
        SharedMutex mutex = SharedMutex.Open(memory, "mutex");
        SharedArray<ulong> counts = SharedArray<ulong>.Open(memory, "counts");
        side.Ready();
        while (counts.ReadAcquire(1) == 0)
        {
            side.Operations += (long)Turns(mutex, counts);
        }
    }

    private static ulong Turns(SharedMutex mutex, SharedArray<ulong> counts)
    {
        for (int i = 0; i < 100; i++)
        {
            using (mutex.Lock())
            {
                // Not atomic on purpose: a turn that overlaps another loses a count.
                counts[0] += 1;
            }
        }

        return 100;
    }
}
