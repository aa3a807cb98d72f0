using System.Buffers;

namespace Plenum.Platform.Tests.Segments;

/// <summary>Copies of every size and alignment, the way they go, and what decides about it.</summary>
public sealed class AdaptiveCopyTests
{
    private const int Small = AdaptiveCopy.MinimumBytes;

    // More copies than the first phase and the first trial have, so that both ways are gone.
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(Small - 1, 3, 5)]
    [InlineData(Small, 0, 0)]
    [InlineData(Small + 1, 1, 0)]
    [InlineData(Small + 63, 0, 1)]
    [InlineData(Small + 127, 17, 63)]
    [InlineData(Small + 128, 16, 16)]
    public void Copy_AnySizeAndAlignment_CopiesThoseBytesAndNoOthers(int bytes, int sourceAt, int targetAt)
    {
        var copy = new AdaptiveCopy();
        byte[] source = new byte[sourceAt + bytes];
        byte[] target = new byte[targetAt + bytes + 1];
        for (int round = 0; round < 20; round++)
        {
            new Random(round).NextBytes(source);
            Array.Fill(target, (byte)0xA5);

            copy.Copy(source.AsSpan(sourceAt), target.AsSpan(targetAt));

            Assert.True(source.AsSpan(sourceAt).SequenceEqual(target.AsSpan(targetAt, bytes)));
            Assert.True(target.AsSpan(0, targetAt).IndexOfAnyExcept((byte)0xA5) < 0);
            Assert.Equal(0xA5, target[^1]);
        }
    }

    [Fact]
    public void Copy_Floats_AreCopiedWhole()
    {
        var copy = new AdaptiveCopy();
        float[] source = [.. Enumerable.Range(0, Small / 2).Select(i => (float)i)];
        float[] target = new float[(Small / 2) + 1];
        for (int round = 0; round < 20; round++)
        {
            target.AsSpan().Clear();
            copy.Copy<float>(source, target);
            Assert.True(source.AsSpan().SequenceEqual(target.AsSpan(0, Small / 2)));
        }
    }

    [Fact]
    public void Copy_OverlappingBlocks_IsThatOfASpan()
    {
        var copy = new AdaptiveCopy();
        for (int round = 0; round < 20; round++)
        {
            byte[] block = new byte[Small + 100];
            new Random(round).NextBytes(block);
            byte[] expected = (byte[])block.Clone();
            expected.AsSpan(0, Small).CopyTo(expected.AsSpan(100));

            copy.Copy(block.AsSpan(0, Small), block.AsSpan(100));

            Assert.Equal(expected, block);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Small)]
    public void Copy_DestinationTooShort_ThrowsAndWritesNothing(int bytes)
    {
        var copy = new AdaptiveCopy();
        byte[] target = new byte[bytes - 1];
        byte[] source = new byte[bytes];
        Array.Fill(source, (byte)1);
        for (int round = 0; round < 20; round++)
        {
            Assert.Throws<ArgumentException>(() => copy.Copy<byte>(source, target));
            Assert.True(target.AsSpan().IndexOfAnyExcept((byte)0) < 0);
        }
    }

    [Fact]
    public void Copy_SequenceOfLargeAndSmallParts_IsPutTogether()
    {
        var copy = new AdaptiveCopy();
        byte[] whole = new byte[(3 * Small) + 77];
        new Random(1).NextBytes(whole);
        var first = new Part(whole.AsMemory(0, Small + 7), 0);
        Part last = first.Then(whole.AsMemory(Small + 7, 13)).Then(whole.AsMemory(Small + 20));
        byte[] target = new byte[whole.Length];

        copy.Copy(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), target);

        Assert.Equal(whole, target);
    }

    [Theory]
    [InlineData(1.2, false)]
    [InlineData(1.4, true)]
    public void Decision_PastTheCaches_OnlyWhenItSavesEnough(double gain, bool expected)
    {
        var copy = new AdaptiveCopy(maySkipCaches: true);
        Run(copy, 16, ordinary: gain, streaming: 1);
        _ = copy.Next();
        Assert.Equal(expected, copy.SkipsCaches);
    }

    [Fact]
    public void Decision_OrdinaryCopiesGetFast_ComesBack()
    {
        var copy = new AdaptiveCopy(maySkipCaches: true);
        Run(copy, 1_000, ordinary: 4, streaming: 1);
        Assert.True(copy.SkipsCaches);
        Run(copy, 10_000, ordinary: 0.9, streaming: 1);
        Assert.False(copy.SkipsCaches);
    }

    // One copy that was interrupted decides nothing.
    [Fact]
    public void Decision_OneSlowCopyInEachPhase_ChangesNothing()
    {
        var copy = new AdaptiveCopy(maySkipCaches: true);
        for (int i = 0; i < 5_000; i++)
        {
            bool streams = copy.Next();
            copy.Learn(streams ? 1.2 : i % 4 == 0 ? 100 : 1);
        }

        Assert.False(copy.SkipsCaches);
    }

    [Fact]
    public void Trials_OfALastingDecision_GetRare()
    {
        var copy = new AdaptiveCopy(maySkipCaches: true);
        Run(copy, 20_000, ordinary: 1, streaming: 1);
        int trials = Run(copy, 100_000, ordinary: 1, streaming: 1);
        Assert.InRange(trials, 8 * 40, 8 * 60);
    }

    [Fact]
    public void Copy_WithoutTheInstructions_StaysOrdinary()
    {
        var copy = new AdaptiveCopy(maySkipCaches: false);
        byte[] source = new byte[Small];
        byte[] target = new byte[Small];
        for (int round = 0; round < 300; round++)
        {
            source[round] = 1;
            copy.Copy<byte>(source, target);
        }

        Assert.False(copy.SkipsCaches);
        Assert.Equal(source, target);
    }

    [Fact]
    public void Copy_AllocatesNothing()
    {
        var copy = new AdaptiveCopy();
        byte[] source = new byte[Small];
        byte[] target = new byte[Small];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 300; round++)
        {
            copy.Copy<byte>(source, target);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static int Run(AdaptiveCopy copy, int copies, double ordinary, double streaming)
    {
        int streamed = 0;
        for (int i = 0; i < copies; i++)
        {
            bool streams = copy.Next();
            streamed += streams ? 1 : 0;
            copy.Learn(streams ? streaming : ordinary);
        }

        return streamed;
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        internal Part(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        internal Part Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Part(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
