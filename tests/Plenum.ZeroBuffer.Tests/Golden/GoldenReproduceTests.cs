namespace Plenum.ZeroBuffer.Tests.Golden;

/// <summary>
/// The states of the foreign images, produced by this reader and writer through the same steps and compared byte for
/// byte under the documented mask (the two pids). The semaphores' values of the README are asserted at each step.
/// </summary>
public sealed class GoldenReproduceTests
{
    [Fact]
    public void Golden_01To08_AreReproduced()
    {
        using var pair = new Pair(1024, 10240, connect: false);

        AssertState(pair, 0, 0, "cpp-01-created.bin", "cs-01-created.bin", "py-01-created.bin");
        Assert.Equal((ulong)Environment.ProcessId, pair.Field(0x58));

        pair.Connect();
        AssertState(pair, 0, 0, "cpp-02-writer-connected.bin", "cs-02-writer-connected.bin");
        Assert.Equal((ulong)Environment.ProcessId, pair.Field(0x50));

        pair.Writer.Metadata.Write(Pair.P(100, 0));
        AssertState(pair, 0, 0, "cpp-03-metadata100.bin", "cs-03-metadata100.bin");

        pair.WriteP(1024, 1);
        pair.WriteP(1, 2);
        pair.WriteP(100, 3);
        AssertState(
            pair,
            3,
            0,
            "cpp-04-three-frames-unread.bin",
            "cs-04-three-frames-unread.bin",
            "py-04-three-frames-unread.bin");

        Assert.True(pair.Reader.TryRead(out Frame held));
        AssertState(pair, 2, 0, "cpp-05-first-frame-held.bin", "cs-05-first-frame-held.bin");

        held.Dispose();
        AssertState(pair, 2, 1, "cpp-06-first-frame-released.bin", "cs-06-first-frame-released.bin");

        pair.ReadAndCheck(2, 1);
        pair.ReadAndCheck(3, 100);
        AssertState(pair, 0, 3, "cpp-07-all-read.bin", "cs-07-all-read.bin");

        pair.Writer.Dispose();
        AssertState(pair, 0, 3, "cpp-08-writer-closed.bin", "cs-08-writer-closed.bin");
        Assert.Equal(0ul, pair.Field(0x50));
    }

    [Fact]
    public void Golden_09To11_AreReproduced()
    {
        using var pair = new Pair(1024, 10240);
        pair.WriteP(4000, 1);
        pair.ReadAndCheck(1, 4000);
        pair.WriteP(4000, 2);
        pair.ReadAndCheck(2, 4000);

        pair.WriteP(4000, 3);
        AssertState(pair, 1, 2, "cpp-09-wrap-marker.bin", "cs-09-wrap-marker.bin", "py-09-wrap-marker.bin");

        Assert.True(pair.Reader.TryRead(out Frame held));
        AssertState(pair, 0, 2, "cpp-10-wrapped-frame-held.bin", "cs-10-wrapped-frame-held.bin");

        held.Dispose();
        AssertState(pair, 0, 3, "cpp-11-wrapped-frame-released.bin", "cs-11-wrapped-frame-released.bin");
    }

    [Fact]
    public void Golden_12To14_AreReproduced()
    {
        using var pair = new Pair(0, 10240);

        // The C++ writer leaves the position at the end of the ring (byte 0x31), C# and this one store 0.
        pair.WriteP(10224, 1);
        AssertState(pair, 1, 0, "cs-12-exact-fit.bin");

        pair.ReadAndCheck(1, 10224);
        AssertState(pair, 0, 1, "cs-13-exact-fit-read.bin");

        pair.WriteP(10, 2);
        AssertState(pair, 1, 1, "cpp-14-exact-fit-next.bin", "cs-14-exact-fit-next.bin");
    }

    [Fact]
    public void Golden_15To17_AreReproducedWithShortTailsAllowed()
    {
        using var pair = new Pair(0, 128, allowShortTail: true);
        pair.WriteP(48, 1);
        pair.ReadAndCheck(1, 48);
        pair.WriteP(41, 2);
        pair.ReadAndCheck(2, 41);
        AssertState(pair, 0, 2, "cpp-15-tail7-before.bin");

        pair.WriteP(20, 3);
        AssertState(pair, 1, 2, "cpp-16-tail7-after-implicit-wrap.bin");

        // The C++ reader counts a marker that is not there (read_count 4); this one counts three frames.
        pair.ReadAndCheck(3, 20);
        Assert.Equal(3ul, pair.ReadCount);
        pair.Poke(0x48, 4);
        AssertState(pair, 0, 3, "cpp-17-tail7-after-read-attempt.bin");
    }

    [Fact]
    public void Golden_18To19_AreReproduced()
    {
        using var pair = new Pair(0, 10240);
        pair.WriteP(10224, 1);
        pair.ReadAndCheck(1, 10224);
        pair.WriteP(4000, 2);
        pair.ReadAndCheck(2, 4000);
        pair.WriteP(4000, 3);
        pair.ReadAndCheck(3, 4000);
        AssertState(pair, 0, 3, "cpp-18-second-lap-before-wrap.bin");

        pair.WriteP(4000, 4);
        AssertState(pair, 1, 3, "cpp-19-second-lap-wrap-marker.bin");
    }

    private static void AssertState(Pair pair, int semW, int semR, params string[] images)
    {
        byte[] actual = GoldenImage.Masked(pair.Bytes(), (0x50, 16));
        foreach (string image in images)
        {
            byte[] expected = GoldenImage.Masked(GoldenImage.Read("zerobuffer", image), (0x50, 16));
            string? difference = GoldenImage.FirstDifference(expected, actual);
            Assert.True(difference is null, $"{image}: {difference}");
        }

        Assert.Equal(semW, pair.SemW.Count);
        Assert.Equal(semR, pair.SemR.Count);
    }
}
