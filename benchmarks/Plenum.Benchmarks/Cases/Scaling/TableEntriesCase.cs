using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.Scaling;

/// <summary>Finding the last name of a table, against the number of names before it.</summary>
internal sealed class TableEntriesCase(int entries)
    : PairCase($"scale/entries-{entries}", $"find the last of {entries} names in a segment's table")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("te");
        using SharedMemory memory = SharedMemory.Create(
            name, 4 << 20, new SharedMemoryOptions { MaxEntries = entries });
        try
        {
            for (int i = 0; i < entries; i++)
            {
                SharedArray<ulong>.Create(memory, NameOf(i), 1);
            }

            string last = NameOf(entries - 1);
            bool right = Find(memory, last);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long found = 0;
            long start = MonotonicClock.Nanoseconds;
            while (MonotonicClock.Nanoseconds - start < time.Ticks * 100)
            {
                right &= Find(memory, last);
                found += 64;
            }

            return new CaseOutcome
            {
                Operations = found,
                Seconds = (MonotonicClock.Nanoseconds - start) / 1e9,
                Verified = right,
                AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocated,
            };
        }
        finally
        {
            SharedMemory.Remove(name);
        }
    }

    private static bool Find(SharedMemory memory, string name)
    {
        bool right = true;
        for (int i = 0; i < 64; i++)
        {
            right &= memory.Table.TryFind(name, out SharedEntry entry) && entry.SizeBytes > 0;
        }

        return right;
    }

    private static string NameOf(int index) => $"temperature-{index}";
}
