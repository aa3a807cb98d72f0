using System.Diagnostics;
using System.Runtime.CompilerServices;
using Plenum.Platform;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>What an access through a cell costs beside one through a raw pointer (docs/adr/0002).</summary>
internal static unsafe class CellBench
{
    private const int Accesses = 5_000_000;

    /// <summary>Prints the best of 15 alternating samples of each kind, in nanoseconds per acquire load plus release
    /// store.</summary>
    [Verb("platform-cell-bench")]
    public static int Bench(PeerArguments arguments)
    {
        _ = arguments;
        SegmentName name = SegmentName.Parse($"plt-{Environment.ProcessId}-cell-bench");
        using SharedSegment segment = SharedSegment.Create(name, 4096);
        segment.RemoveName();
        SharedUInt64 cell = segment.UInt64(64);
        Span<byte> bytes = segment.Span(0, 4096);
        List<double> raw = [], cells = [], spans = [];
        fixed (byte* start = bytes)
        {
            for (int sample = 0; sample < 18; sample++)
            {
                double one = Raw((ulong*)(start + 64)), two = Cell(cell), three = Checked(segment);
                if (sample >= 3)
                {
                    raw.Add(one);
                    cells.Add(two);
                    spans.Add(three);
                }
            }
        }

        Line($"raw pointer {raw.Min():F3} ns, cell {cells.Min():F3} ns, cell handed out each time "
            + $"{spans.Min():F3} ns");
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Raw(ulong* word)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Accesses; i++)
        {
            Volatile.Write(ref *word, Volatile.Read(ref *word) + 1);
        }

        return Nanoseconds(start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Cell(SharedUInt64 word)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Accesses; i++)
        {
            word.WriteRelease(word.ReadAcquire() + 1);
        }

        return Nanoseconds(start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Checked(SharedSegment segment)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Accesses; i++)
        {
            SharedUInt64 word = segment.UInt64(64);
            word.WriteRelease(word.ReadAcquire() + 1);
        }

        return Nanoseconds(start);
    }

    private static double Nanoseconds(long start) => Stopwatch.GetElapsedTime(start).TotalNanoseconds / Accesses;
}
