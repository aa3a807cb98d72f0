using FsCheck;
using FsCheck.Fluent;

namespace Plenum.ZeroBuffer.Tests;

/// <summary>Random sequences of operations through small rings, checked against a queue.</summary>
public sealed class RingPropertyTests
{
    private static readonly Arbitrary<int[]> s_steps = Gen.ArrayOf(Gen.Choose(0, 999)).ToArbitrary();

    private static readonly Config s_config =
        Config.QuickThrowOnFailure.WithMaxTest(Campaign.Count(150, 5000)).WithEndSize(120);

    [Fact]
    public void Ring_RandomFramesThroughSmallRings_KeepsContentOrderAndBytes() =>
        Check.One(s_config, Prop.ForAll(s_steps, steps => Run(steps, 256, false)));

    [Fact]
    public void Ring_WithShortTails_KeepsContentOrderAndBytes() =>
        Check.One(s_config, Prop.ForAll(s_steps, steps => Run(steps, 128, true)));

    [Fact]
    public void Geometry_EveryPlacement_StaysInsideAndLeavesNoShortTail()
    {
        foreach (int size in new[] { 64, 128, 192, 320 })
        {
            for (int position = 0; position < size; position++)
            {
                for (int data = 1; data <= size; data++)
                {
                    Assert.True(Place(size, position, data), $"{data} at {position} of {size}");
                }
            }
        }
    }

    [Fact]
    public void Geometry_AlwaysWritableFrame_IsWritableFromEveryPosition()
    {
        foreach (int size in new[] { 64, 128, 192, 256, 1024 })
        {
            var ring = new Internal.RingGeometry(size, allowShortTail: false);
            long always = ZeroBufferSizing.AlwaysWritableFrame(size);
            for (long position = 0; position < size; position++)
            {
                for (long data = 1; data <= always; data++)
                {
                    Assert.True(ring.TryPlace(position, data, out _), $"{data} at {position} of {size}");
                }
            }

            Assert.Contains(
                Enumerable.Range(0, size), position => !ring.TryPlace(position, always + 1, out _));
        }
    }

    [Fact]
    public void Geometry_FittingSize_IsTheNearestThatFits()
    {
        foreach (int size in new[] { 64, 128, 256 })
        {
            var ring = new Internal.RingGeometry(size, allowShortTail: false);
            for (long position = 0; position < size; position++)
            {
                for (long data = 1; data <= size; data++)
                {
                    if (!ring.TryPlace(position, data, out _))
                    {
                        AssertNearest(ring, position, data);
                    }
                }
            }
        }
    }

    private static void AssertNearest(Internal.RingGeometry ring, long position, long data)
    {
        long below = data - 1;
        while (below > 0 && !ring.TryPlace(position, below, out _))
        {
            below--;
        }

        Assert.Equal(below, ring.LargestBelow(position, data));
        long above = ring.SmallestAbove(position, data);
        if (above != 0)
        {
            Assert.True(above > data);
            Assert.True(ring.TryPlace(position, above, out _));
        }
    }

    private static bool Place(int size, int position, int data)
    {
        var ring = new Internal.RingGeometry(size, allowShortTail: false);
        if (!ring.TryPlace(position, data, out Internal.RingPlacement placement))
        {
            return true;
        }

        long end = placement.Offset + placement.TotalBytes;
        bool inside = end <= size && placement.TotalBytes == data + 16 && (long)placement.Charge <= size;
        bool tail = size - end is 0 or >= 16;
        bool wraps = placement.SkippedBytes == 0
            ? placement.Offset == position
            : placement.Offset == 0 && end <= position && placement.SkippedBytes == size - position;
        return inside && tail && wraps;
    }

    // A step below 600 writes a frame of step % 120 + 1 bytes, below 850 reads one and keeps it, else releases one of
    // the kept.
    private static bool Run(int[] steps, int payload, bool shortTails)
    {
        using var pair = new Pair(0, payload, allowShortTail: shortTails);
        var expected = new Queue<byte[]>();
        var kept = new List<(OwnedFrame Frame, byte[] Data)>();
        int sequence = 0;
        foreach (int step in steps)
        {
            if (step < 600)
            {
                Write(pair, expected, (step % 120) + 1, step, ref sequence);
            }
            else if (step < 850)
            {
                Keep(pair, expected, kept);
            }
            else if (kept.Count > 0)
            {
                int index = step % kept.Count;
                Assert.True(kept[index].Frame.Memory.Span.SequenceEqual(kept[index].Data));
                kept[index].Frame.Dispose();
                kept.RemoveAt(index);
            }

            Assert.True(pair.Free <= (ulong)payload);
        }

        while (expected.Count > 0)
        {
            Keep(pair, expected, kept);
        }

        foreach ((OwnedFrame frame, byte[] data) in kept)
        {
            Assert.True(frame.Memory.Span.SequenceEqual(data));
            frame.Dispose();
        }

        return pair.Free == (ulong)payload && pair.SemW.Count == 0 && pair.SemR.Count <= sequence;
    }

    private static void Write(Pair pair, Queue<byte[]> expected, int size, int seed, ref int sequence)
    {
        byte[] data = Pair.P(size, seed);
        try
        {
            if (pair.Writer.TryWrite(data))
            {
                expected.Enqueue(data);
                sequence++;
            }
        }
        catch (FrameSizeException e)
        {
            Assert.True(size > ZeroBufferSizing.AlwaysWritableFrame(pair.Reader.PayloadSizeBytes), e.Message);
        }
    }

    private static void Keep(Pair pair, Queue<byte[]> expected, List<(OwnedFrame Frame, byte[] Data)> kept)
    {
        bool read = pair.Reader.TryRead(out Frame frame);
        Assert.Equal(expected.Count > 0, read);
        if (read)
        {
            byte[] data = expected.Dequeue();
            Assert.True(frame.Span.SequenceEqual(data));
            kept.Add((frame.ToOwned(), data));
        }
    }
}
