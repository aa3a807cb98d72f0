using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>Frames one by one from the partner to here; every byte compared.</summary>
internal sealed class OneWayCase(int sizeBytes)
    : PairCase($"zerobuffer/one-way-{sizeBytes}", $"{sizeBytes} B frames one way, one by one")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zb");
        using var reader = ZeroBufferReader.Create(name, Buffers.Options(Buffers.RingBytes(sizeBytes)));
        side.Start(Name, name, sizeBytes, (long)time.TotalMilliseconds);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        var flow = new FrameFlow(reader, new FrameSource(sizeBytes));
        (long frames, double seconds, bool right) = OneWay.Run(ref flow, time, FrameSource.ChunkOf(sizeBytes));
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        PartnerReport report = side.Finish();
        return new CaseOutcome
        {
            Operations = frames,
            Seconds = seconds,
            Verified = right && report.Right,
            BytesPerOperation = sizeBytes,
            AllocatedBytes = allocated + report.AllocatedBytes,
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
            WriteChunk(writer, source, index, chunk);
        }
    }

    private static void WriteChunk(ZeroBufferWriter writer, FrameSource source, long first, int count)
    {
        for (long index = first; index < first + count; index++)
        {
            writer.Write(source.Frame(index));
        }
    }
}
