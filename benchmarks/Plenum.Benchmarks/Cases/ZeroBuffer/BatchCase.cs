using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>Frames in batches of 64 from the partner to here; every byte compared.</summary>
internal sealed class BatchCase(int sizeBytes)
    : PairCase($"zerobuffer/batch-{sizeBytes}", $"{sizeBytes} B frames one way, batches of {BatchFrames}")
{
    private const int BatchFrames = 64;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zb");
        using var reader = ZeroBufferReader.Create(name, Buffers.Options(Buffers.RingBytes(sizeBytes)));
        side.Start(Name, name, sizeBytes, (long)time.TotalMilliseconds);
        var flow = new Flow(reader, new FrameSource(sizeBytes));
        Counted counted = OneWay.Run(ref flow, time, 8);
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
        side.Ready();
        long end = MonotonicClock.Nanoseconds + (side.Number(2) * 1_000_000);
        long index = 0;
        while (MonotonicClock.Nanoseconds < end)
        {
            index = WriteBatches(writer, source, index);
        }

        side.Counted();
    }

    private static long WriteBatches(ZeroBufferWriter writer, FrameSource source, long index)
    {
        for (int batches = 0; batches < 8; batches++)
        {
            // The first waits for space when the ring is full; a batch itself never blocks.
            writer.Write(source.Frame(index++));
            using FrameBatchWriter batch = writer.StartBatch();
            while (batch.Count < BatchFrames && batch.TryAdd(source.Frame(index)))
            {
                index++;
            }

            batch.Publish();
        }

        return index;
    }

    private struct Flow(ZeroBufferReader reader, FrameSource source) : IFlow
    {
        private long _index;

        public int Receive()
        {
            ReadOutcome outcome = reader.ReadBatch(out FrameBatch batch, BatchFrames, Buffers.Patience);
            if (outcome != ReadOutcome.Frame)
            {
                return outcome == ReadOutcome.WriterClosed ? 0 : -1;
            }

            using (batch)
            {
                int count = batch.Count;
                for (int i = 0; i < count; i++)
                {
                    if (!source.Matches(batch[i], _index++))
                    {
                        return -1;
                    }
                }

                return count;
            }
        }
    }
}
