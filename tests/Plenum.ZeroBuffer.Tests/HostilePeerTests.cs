namespace Plenum.ZeroBuffer.Tests;

/// <summary>Fields and headers set to boundary and random values by the other side: an error or a plain outcome, never
/// a crash.</summary>
public sealed class HostilePeerTests
{
    private static readonly ulong[] s_boundaries =
    [
        0, 1, 7, 8, 15, 16, 17, 63, 64, 127, 128, 1008, 1009, 1023, 1024, 1025, int.MaxValue, 1ul << 31,
        uint.MaxValue, 1ul << 32,
        1ul << 62, long.MaxValue, 1ul << 63, ulong.MaxValue - 15, ulong.MaxValue,
    ];

    [Fact]
    public void Connect_AnyHeaderField_GivesAnErrorOrAWriter()
    {
        int refused = 0;
        using var pair = new Pair(64, 1024, connect: false);
        for (int offset = 0; offset < 0x60; offset += 8)
        {
            foreach (ulong value in Values(offset))
            {
                ulong original = pair.Field(offset);
                pair.Poke(offset, value);
                refused += TryUse(pair) ? 0 : 1;
                pair.Poke(offset, original);
                pair.Poke(0x50, 0);
                Reset(pair);
            }
        }

        Assert.True(refused > 100);
    }

    [Fact]
    public void Read_AnyFieldChangedUnderIt_NeverCrashes()
    {
        foreach (int offset in new[] { 0x00, 0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48 })
        {
            foreach (ulong value in Values(offset))
            {
                using var pair = new Pair(64, 1024);
                pair.WriteP(100, 1);
                pair.WriteP(100, 2);
                pair.ReadAndCheck(1, 100);
                pair.Poke(offset, value);

                // The reader's own copies decide: whatever the fields say, the second frame is the second frame.
                pair.ReadAndCheck(2, 100);
                Attempt(() => pair.Reader.TryRead(out _));
            }
        }
    }

    [Fact]
    public void Write_AnyFieldChangedUnderIt_NeverCrashes()
    {
        foreach (int offset in new[] { 0x00, 0x08, 0x10, 0x18, 0x20, 0x30, 0x38, 0x40, 0x48 })
        {
            foreach (ulong value in Values(offset))
            {
                using var pair = new Pair(64, 1024);
                pair.WriteP(100, 1);
                pair.Poke(offset, value);

                pair.WriteP(100, 2);

                Assert.Equal(232ul, pair.WritePosition);
                Assert.Equal(Pair.P(100, 2), pair.Raw.ReadOnlySpan(128 + 64 + 116 + 16, 100).ToArray());
            }
        }
    }

    [Fact]
    public void Write_FreeBytesOutOfRange_IsCorruption()
    {
        foreach (ulong value in new[] { 0ul, 100ul, 907ul, 1025ul, 1ul << 63, ulong.MaxValue })
        {
            using var pair = new Pair(64, 1024);
            pair.WriteP(100, 1);
            pair.Poke(0x28, value);

            SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(() => pair.WriteP(100, 2));

            Assert.Equal("payload_free_bytes", error.Field);
            Assert.Equal(WriterState.Error, pair.Writer.State);
            Assert.Throws<SegmentCorruptedException>(() => pair.WriteP(100, 3));
        }
    }

    [Fact]
    public void Read_RandomHeaders_GiveTheFrameOrAnError()
    {
        var random = new Random(4711);
        int errors = 0;
        for (int i = 0; i < Campaign.Count(1000, 20_000); i++)
        {
            using var pair = new Pair(0, 256);
            pair.WriteP(random.Next(1, 100), 1);
            pair.Poke(0x80, Pick(random, 256));
            pair.Poke(0x88, random.Next(3) == 0 ? Pick(random, 4) : 1);
            errors += Attempt(() =>
            {
                if (pair.Reader.TryRead(out Frame frame))
                {
                    Assert.InRange(frame.SizeBytes, 1, 240);
                    int sum = 0;
                    foreach (byte b in frame.Span)
                    {
                        sum += b;
                    }

                    Assert.True(sum >= 0);
                    frame.Dispose();
                }
            });
        }

        Assert.True(errors > 100);
    }

    [Fact]
    public void Read_RandomRingWhileRunning_EndsInFramesOrErrors()
    {
        var random = new Random(815);
        for (int i = 0; i < Campaign.Count(300, 10_000); i++)
        {
            using var pair = new Pair(64, 256);
            random.NextBytes(pair.Raw.Span(0x80 + 64, 256));
            pair.Poke(0x30, (ulong)random.Next(0, 257));
            pair.SemW.TryPost(random.Next(1, 5));
            for (int k = 0; k < 5; k++)
            {
                Attempt(() =>
                {
                    if (pair.Reader.TryRead(out Frame frame))
                    {
                        frame.Dispose();
                    }
                });
            }
        }
    }

    [Fact]
    public void Read_SurplusTokens_AreNotFrames()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.SemW.TryPost(3);

        pair.ReadAndCheck(1, 100);
        Assert.False(pair.Reader.TryRead(out _));

        pair.WriteP(50, 2);
        pair.ReadAndCheck(2, 50);
        Assert.Equal(10240ul, pair.Free);
    }

    [Fact]
    public void Read_MarkerAtTheStart_IsCorruption()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);
        pair.Poke(0x480, 0);
        pair.Poke(0x488, 0);

        Assert.Throws<SegmentCorruptedException>(() => pair.Reader.TryRead(out _));
    }

    [Fact]
    public void Read_TwoMarkersInARow_AreCorruption()
    {
        using var pair = new Pair(0, 256);
        pair.WriteP(100, 1);
        pair.ReadAndCheck(1, 100);
        pair.WriteP(84, 2);
        pair.ReadAndCheck(2, 84);
        pair.WriteP(100, 3);
        pair.Poke(0x80, 0);
        pair.Poke(0x88, 0);

        Assert.Throws<SegmentCorruptedException>(() => pair.Reader.TryRead(out _));
    }

    [Fact]
    public void Metadata_LengthsThatLie_AreCorruption()
    {
        foreach ((ulong written, ulong length) in new[]
        {
            (108ul, 101ul), (108ul, ulong.MaxValue), (1025ul, 1017ul),
            (ulong.MaxValue, 100ul), (7ul, 0ul), (1ul, 100ul),
        })
        {
            using var pair = new Pair();
            pair.Writer.Metadata.Write(Pair.P(100, 0));
            pair.Poke(0x18, written);
            pair.Poke(0x80, length);

            Assert.Throws<SegmentCorruptedException>(() => pair.Reader.Metadata.ToArray());
        }
    }

    private static IEnumerable<ulong> Values(int offset)
    {
        var random = new Random(offset);
        return s_boundaries.Concat(Enumerable.Range(0, 8).Select(_ => (ulong)random.NextInt64()));
    }

    private static ulong Pick(Random random, int near) => random.Next(4) switch
    {
        0 => (ulong)random.Next(0, near + 20),
        1 => s_boundaries[random.Next(s_boundaries.Length)],
        2 => (ulong)random.NextInt64(),
        _ => ulong.MaxValue - (ulong)random.Next(0, 64),
    };

    private static bool TryUse(Pair pair)
    {
        try
        {
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(pair.Name);
            Attempt(() => writer.TryWrite(new byte[100]));
            Attempt(() => writer.Metadata.Write(new byte[10]));
            return true;
        }
        catch (SharedMemoryException)
        {
            return false;
        }
    }

    private static void Reset(Pair pair)
    {
        while (pair.SemW.TryWait())
        {
            // Takes what the attempt posted.
        }

        pair.Poke(0x10, 64);
        pair.Poke(0x18, 0);
        pair.Poke(0x28, 1024);
        pair.Poke(0x30, 0);
        pair.Poke(0x38, 0);
        pair.Poke(0x40, 0);
        pair.Poke(0x48, 0);
    }

    private static int Attempt(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (SharedMemoryException)
        {
            return 1;
        }
        catch (InvalidOperationException)
        {
            return 1;
        }
        catch (ArgumentException)
        {
            return 1;
        }
    }
}
