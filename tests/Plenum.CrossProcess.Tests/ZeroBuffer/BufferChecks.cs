using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>What every test of a survivor asserts: nothing is locked, nothing is lost, no name is left.</summary>
internal static class BufferChecks
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>No file of this name is left, not even a lock.</summary>
    public static void NoNames(string name) => Assert.Empty(TempSegment.StillThere(name));

    /// <summary>Nobody else may create a buffer of the name now.</summary>
    public static void IsRefused(string name) => Assert.Throws<SegmentBusyException>(() =>
        ZeroBufferReader.Create(name, new() { CreateTimeout = TimeSpan.FromMilliseconds(50) }));

    /// <summary>Reads until the writer is gone; every frame must carry the pattern of its sequence and follow the one
    /// before.</summary>
    public static int DrainUntil(ZeroBufferReader reader, ReadOutcome expectedEnd, ulong first = 1)
    {
        int frames = 0;
        while (true)
        {
            ReadOutcome outcome = reader.Read(out Frame frame, Patience);
            if (outcome != ReadOutcome.Frame)
            {
                Assert.Equal(expectedEnd, outcome);
                return frames;
            }

            using (frame)
            {
                Assert.Equal(first + (ulong)frames, frame.Sequence);
                Assert.True(FramePattern.Matches(frame.Span, frame.Sequence), $"the bytes of frame {frame.Sequence}");
            }

            frames++;
        }
    }

    /// <summary>Writes a frame that carries the pattern of its sequence.</summary>
    public static void WriteFrame(ZeroBufferWriter writer, int sizeBytes)
    {
        using FrameReservation frame = writer.TryReserve(sizeBytes, out FrameReservation room, Patience)
            ? room
            : throw new TimeoutException("The buffer stayed full.");
        FramePattern.Fill(frame.Span, frame.Sequence);
        frame.Commit();
    }

    /// <summary>The next frame, which must be there or come.</summary>
    public static void ReadFrame(ZeroBufferReader reader, ulong sequence, int sizeBytes)
    {
        Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, Patience));
        using (frame)
        {
            Assert.Equal(sequence, frame.Sequence);
            Assert.Equal(sizeBytes, frame.SizeBytes);
            Assert.True(FramePattern.Matches(frame.Span, sequence), $"the bytes of frame {sequence}");
        }
    }

    /// <summary>Everything was read and given back: the free bytes say so, and no token of data is left.</summary>
    public static void Drained(string name)
    {
        var image = ZeroBufferImage.Of(name);
        Assert.Equal(image.PayloadSize, image.Free);
        Assert.Equal(0, image.DataTokens);
    }

    /// <summary>A whole new life under this name: reader, writer in this process, wraps, close; nothing is
    /// left.</summary>
    public static void TakeOver(string name, PayloadLocation location = PayloadLocation.SameSegment)
    {
        var options = new ZeroBufferOptions
        {
            PayloadSizeBytes = 512,
            PayloadLocation = location,
            SweepStaleBuffers = false,
        };
        using (var reader = ZeroBufferReader.Create(name, options))
        {
            using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(name, Patience))
            {
                for (ulong sequence = 1; sequence <= 8; sequence++)
                {
                    WriteFrame(writer, 100);
                    ReadFrame(reader, sequence, 100);
                }
            }

            Assert.Equal(0, DrainUntil(reader, ReadOutcome.WriterClosed));
            Drained(name);
        }

        NoNames(name);
    }
}
