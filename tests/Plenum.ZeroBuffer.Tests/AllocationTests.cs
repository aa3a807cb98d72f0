using System.Buffers;

namespace Plenum.ZeroBuffer.Tests;

/// <summary>The synchronous paths allocate nothing once they have run.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void HotPaths_AllocateNothing()
    {
        using var pair = new Pair(0, 8192);
        byte[] data = Pair.P(100, 1);
        var sequence = new ReadOnlySequence<byte>(data);
        Exchange(pair, data, sequence, 200);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(pair, data, sequence, 5000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Exchange(Pair pair, byte[] data, in ReadOnlySequence<byte> sequence, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            pair.Writer.Write(data);
            pair.Writer.TryWrite(data, data);
            pair.Writer.TryWrite(sequence);
            using (FrameReservation reservation = pair.Writer.Reserve(50))
            {
                reservation.Commit();
            }

            using (FrameBatchWriter batch = pair.Writer.StartBatch())
            {
                batch.TryAdd(data);
                batch.TryAdd(data);
                batch.Publish();
            }

            for (int k = 0; k < 4; k++)
            {
                pair.Reader.Read(out Frame frame, Pair.Patience);
                frame.Dispose();
            }

            pair.Reader.ReadBatch(out FrameBatch frames, 8, Pair.Patience);
            frames.Dispose();
            pair.Reader.TryRead(out _);
        }
    }
}
