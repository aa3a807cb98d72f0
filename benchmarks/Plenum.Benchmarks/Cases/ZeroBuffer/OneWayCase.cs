using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>Frames one by one from the partner to here; every byte compared.</summary>
internal sealed class OneWayCase(int sizeBytes)
    : PairCase(
        $"{(IsUsual(sizeBytes) ? "zerobuffer/one-way" : "scale/one-way")}-{sizeBytes}",
        $"{sizeBytes} B frames one way, one by one")
{
    // Up to this size frames are copied into the ring, above it they are made in place.
    private const int LargestCopied = 4096;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zb");
        using var reader = ZeroBufferReader.Create(name, Buffers.Options(Buffers.RingBytes(sizeBytes)));
        side.Start(Name, name, sizeBytes, (long)time.TotalMilliseconds);
        var flow = new FrameFlow(reader, new FrameSource(sizeBytes));
        Counted counted = OneWay.Run(ref flow, time, FrameSource.ChunkOf(sizeBytes));
        PartnerReport report = side.Finish();
        return new CaseOutcome
        {
            Operations = counted.Messages,
            Seconds = counted.Seconds,
            Verified = counted.Right && report.Right,
            BytesPerOperation = sizeBytes,
            AllocatedBytes = counted.AllocatedBytes + report.AllocatedBytes,
        };
    }

    internal override void Partner(PartnerSide side)
    {
        int size = (int)side.Number(1);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(
            side.Text(0), Buffers.Patience, Buffers.Options(Buffers.RingBytes(size)));
        var source = new FrameSource(size);
        int chunk = FrameSource.ChunkOf(size);
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(2) * 1_000_000);
        for (long index = 0; MonotonicClock.Nanoseconds < end; index += chunk)
        {
            WriteChunk(writer, source, size, index, chunk);
        }

        side.Counted();
    }

    // The sizes of the targets; the others say how the cost grows with the size.
    private static bool IsUsual(int sizeBytes) => sizeBytes is 64 or 1024 or 65536 or 1 << 20;

    private static void WriteChunk(ZeroBufferWriter writer, FrameSource source, int size, long first, int count)
    {
        bool large = size > LargestCopied;
        for (long index = first; index < first + count; index++)
        {
            if (large)
            {
                using FrameReservation room = writer.Reserve(size);
                source.Fill(room.Span, index);
                room.Commit();
            }
            else
            {
                writer.Write(source.Frame(index));
            }
        }
    }
}
