using Plenum.Cli.Commands.ZeroBuffer;
using Plenum.Platform;

namespace Plenum.Cli.Measurement;

/// <summary>The limit of any stream of frames through shared memory: the peer fills slots in place, this process
/// compares them in place, and a word per slot says whose it is. No ring, no wait but spinning, nothing else.</summary>
/// <remarks>Fills and compares with the same code as the measured streams, with as many slots as their ring holds
/// frames.</remarks>
internal static class SlotRuler
{
    internal const string Verb = "slots";

    private const int LineBytes = 64;
    private const int Backoff = 100;
    private const long EndOffset = 0;
    private const long FirstSlot = 4096;
    private const long PatienceNanoseconds = 10_000_000_000;

    /// <summary>Bytes per second through <paramref name="slots"/> slots.</summary>
    internal static double Measure(MeasuringSession session, int sizeBytes, int slots, TimeSpan time)
    {
        var name = SegmentName.Parse($"plenum-slots-{Environment.ProcessId}");
        using SharedSegment segment = SharedSegment.Create(
            name, FirstSlot + (slots * Stride(sizeBytes)), _ => { }, new SegmentOptions { Prefault = true });
        try
        {
            session.Peer.Send($"{Verb} {name.Value} {sizeBytes} {slots} {(long)time.TotalMilliseconds}");
            session.Peer.Expect("ready");
            double rate = Drain(segment, sizeBytes, slots, time);
            session.Peer.Expect("done");
            return rate;
        }
        finally
        {
            segment.RemoveName();
        }
    }

    /// <summary>The peer's half: fills slots for a time.</summary>
    internal static void Fill(PeerLine line, Action ready)
    {
        int size = (int)line.Number(2);
        int slots = (int)line.Number(3);
        using SharedSegment segment = SharedSegment.Open(
            SegmentName.Parse(line.Text(1)), SegmentAccess.ReadWrite, FirstSlot);
        var pattern = new FramePattern(FramePattern.Sequential);
        int between = LookEvery(size);
        ready();
        long end = MonotonicClock.Nanoseconds + (line.Number(4) * 1_000_000);
        long index = 0;
        for (; index % between != 0 || MonotonicClock.Nanoseconds < end; index++)
        {
            FillOne(segment, pattern, size, slots, index);
        }

        // PUBLISH [slot-end] The number of frames, one more so that 0 means "not yet".
        segment.UInt64(EndOffset).WriteRelease((ulong)index + 1);
    }

    // Frames between two looks at the clock, which costs as much as a small frame.
    internal static int LookEvery(int sizeBytes) => Math.Clamp(64 * 1024 / sizeBytes, 1, 256);

    private static double Drain(SharedSegment segment, int sizeBytes, int slots, TimeSpan time)
    {
        var pattern = new FramePattern(FramePattern.Sequential);
        SharedUInt64 end = segment.UInt64(EndOffset);
        int between = LookEvery(sizeBytes);
        long warm = MonotonicClock.Nanoseconds + (time.Ticks * 100 / 5);
        long start = 0;
        long startIndex = 0;
        long index = 0;
        bool right = true;
        while (TryCompareOne(segment, pattern, end, (sizeBytes, slots, index), ref right))
        {
            index++;
            if (start == 0 && index % between == 0 && MonotonicClock.Nanoseconds is var now && now >= warm)
            {
                (start, startIndex) = (now, index);
            }
        }

        double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
        return right && start != 0 && seconds > 0 ? (index - startIndex) * (double)sizeBytes / seconds : 0;
    }

    private static void FillOne(SharedSegment segment, FramePattern pattern, int sizeBytes, int slots, long index)
    {
        long offset = FirstSlot + (index % slots * Stride(sizeBytes));
        ulong empty = (ulong)(index / slots) * 2;
        SharedUInt64 turn = segment.UInt64(offset);
        long limit = 0;

        // OBSERVE [slot] the reader is done with the bytes of the lap before.
        while (turn.ReadAcquire() != empty)
        {
            LookAway(ref limit);
        }

        pattern.Fill(segment.Span(offset + LineBytes, sizeBytes), index);

        // PUBLISH [slot] the bytes are complete. Weaker: on arm64 the reader compares old bytes.
        turn.WriteRelease(empty + 1);
    }

    private static bool TryCompareOne(
        SharedSegment segment, FramePattern pattern, SharedUInt64 end, (int Size, int Slots, long Index) at,
        ref bool right)
    {
        long offset = FirstSlot + (at.Index % at.Slots * Stride(at.Size));
        ulong full = ((ulong)(at.Index / at.Slots) * 2) + 1;
        SharedUInt64 turn = segment.UInt64(offset);
        long limit = 0;

        // OBSERVE [slot] the bytes are complete.
        while (turn.ReadAcquire() != full)
        {
            // OBSERVE [slot-end] the writer stored it after its last slot.
            if (end.ReadAcquire() == (ulong)at.Index + 1)
            {
                return false;
            }

            LookAway(ref limit);
        }

        right &= pattern.Matches(segment.ReadOnlySpan(offset + LineBytes, at.Size), at.Index);

        // PUBLISH [slot] the bytes may be overwritten. Weaker: on arm64 the comparison sees the next lap's bytes.
        turn.WriteRelease(full + 1);
        return true;
    }

    private static void LookAway(ref long limit)
    {
        for (int i = 0; i < Backoff; i++)
        {
            SpinWaiter.Pause();
        }

        long now = MonotonicClock.Nanoseconds;
        limit = limit == 0 ? now + PatienceNanoseconds : limit;
        if (now > limit)
        {
            throw new TimeoutException("the other process of the copy ruler stopped");
        }
    }

    private static long Stride(int sizeBytes) => LineBytes + (((long)sizeBytes + LineBytes - 1) & ~(LineBytes - 1L));
}
