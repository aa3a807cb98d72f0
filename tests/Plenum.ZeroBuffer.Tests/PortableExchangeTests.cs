namespace Plenum.ZeroBuffer.Tests;

/// <summary>What every system must be able to do, through public calls only: what macOS and Windows run.</summary>
public sealed class PortableExchangeTests
{
    [Fact]
    public void Exchange_LockStepBacklogAndClose_EveryFrameOnceAndWhole()
    {
        using var name = new TempSegment("p");
        var options = new ZeroBufferOptions { MetadataSizeBytes = 64, PayloadSizeBytes = 16 * 1024 };
        using var reader = ZeroBufferReader.Create(name.Name, options);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name, options))
        {
            for (int i = 1; i <= 300; i++)
            {
                writer.Write(Pair.P(100, i));
                Read(reader, i);
            }

            for (int i = 301; i <= 400; i++)
            {
                writer.Write(Pair.P(100, i));
            }
        }

        for (int i = 301; i <= 400; i++)
        {
            Read(reader, i);
        }

        Assert.Equal(ReadOutcome.WriterClosed, reader.Read(out Frame _, Pair.Patience));
    }

    private static void Read(ZeroBufferReader reader, int number)
    {
        Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, Pair.Patience));
        Assert.Equal((ulong)number, frame.Sequence);
        Assert.True(frame.Span.SequenceEqual(Pair.P(100, number)));
        frame.Dispose();
    }
}
