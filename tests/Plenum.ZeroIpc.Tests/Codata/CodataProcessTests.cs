using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Futures and channels with second processes, which are killed at times.</summary>
public sealed class CodataProcessTests
{
    [Fact]
    public async Task Future_SetElsewhere_WakesGetAwaitContinuationAndChain()
    {
        using var segment = new Segment(ours: true);
        var future = SharedFuture<long>.Create(segment.First, "f");
        using PeerProcess getter = Peer(segment, "zeroipc-future", "--name", "f", "--do", "get");
        using PeerProcess chainer = Peer(segment, "zeroipc-future", "--name", "f", "--do", "chain");
        getter.ExpectLine("waiting");
        chainer.ExpectLine("chained");
        Task<long> awaited = future.GetAsync().AsTask();
        Task continued = future.ContinueWith(f => Assert.Equal(-21, f.Get()));
        Task<int> selected = SharedSelect.WaitAsync([future.Completing()]).AsTask();
        Task<long> blocked = Task.Run(() => future.Get());
        Segment.Until(() => future.WaitingCount >= 5);

        using PeerProcess setter = Peer(segment, "zeroipc-future", "--name", "f", "--do", "set", "--value", "-21");

        Assert.Equal("set", setter.ReadLine());
        Assert.Equal("got -21", getter.ReadLine());
        Assert.Equal("got -42", chainer.ReadLine());
        Assert.Equal(-21, await awaited.WaitAsync(TimeSpan.FromSeconds(60)));
        await continued.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((0, -21), (await selected.WaitAsync(TimeSpan.FromSeconds(60)), await blocked));
        Assert.Equal(-42, SharedFuture<long>.Open(segment.First, "doubled").Get());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Future_SetterKilled_AnotherCompletesIt(bool ours)
    {
        using var segment = new Segment(ours: ours);
        var future = SharedFuture<long>.Create(segment.First, "f");
        using PeerProcess peer = Peer(segment, "zeroipc-future", "--name", "f", "--do", "begin");
        peer.ExpectLine("begun");
        Assert.False(future.TrySet(1));
        Task<long> waiting = future.GetAsync().AsTask();
        Segment.Until(() => future.WaitingCount == 1);

        peer.Kill();

        Segment.Until(() => future.State == FutureState.Pending);
        Assert.False(waiting.IsCompleted);
        Assert.True(future.TrySet(2));
        Assert.Equal(2, await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Future_SetterKilledAndNobodyWaits_TrySetTakesOver()
    {
        using var segment = new Segment();
        var future = SharedFuture<long>.Create(segment.First, "f");
        using (PeerProcess peer = Peer(segment, "zeroipc-future", "--name", "f", "--do", "begin"))
        {
            peer.ExpectLine("begun");
            peer.Kill();
        }

        Assert.True(future.TrySet(3));
        Assert.Equal(3, future.Get());
    }

    [Fact]
    public async Task Future_ChainingProcessKilled_AnotherChains()
    {
        using var segment = new Segment(ours: true);
        var future = SharedFuture<long>.Create(segment.First, "f");
        using PeerProcess peer = Peer(segment, "zeroipc-future", "--name", "f", "--do", "chain");
        peer.ExpectLine("chained");
        SharedFuture<long> doubled = future.Select("doubled", _ => -1L);
        peer.Kill();
        Segment.Until(() => doubled.State == FutureState.Pending || !doubled.Get(out _, TimeSpan.FromMilliseconds(60)));

        SharedFuture<long> again = future.Select("doubled", value => 3 * value);
        future.TrySet(5);

        Assert.Equal(15, await again.GetAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [MemberData(nameof(ChannelTests.Shapes), MemberType = typeof(ChannelTests))]
    public void Channel_FourProcesses_EveryValueArrivesOnce(int capacity, CodataLayout layout)
    {
        const int Each = 2_000;
        using var segment = new Segment(1 << 20, ours: true);
        var channel = SharedChannel<long>.Create(segment.First, "c", capacity, layout);
        var ledger = SharedArray<int>.Create(segment.First, "ledger", 2 * Each);
        using PeerProcess first = Peer(segment, "zeroipc-channel-receive", "--name", "c");
        using PeerProcess second = Peer(segment, "zeroipc-channel-receive", "--name", "c");
        using PeerProcess one = Peer(segment, "zeroipc-channel-send", "--name", "c", "--start", "0", "--count",
            $"{Each}");
        using PeerProcess two = Peer(segment, "zeroipc-channel-send", "--name", "c", "--start", $"{Each}", "--count",
            $"{Each}");

        Assert.Equal($"sent {Each}", one.ExpectLine("sent"));
        Assert.Equal($"sent {Each}", two.ExpectLine("sent"));
        channel.Close();
        string[] got = [.. first.ExpectLine("got").Split(' '), .. second.ExpectLine("got").Split(' ')];

        Assert.Equal(2 * Each, long.Parse(got[1], null) + long.Parse(got[4], null));
        for (int i = 0; i < 2 * Each; i++)
        {
            Assert.Equal(1, ledger[i]);
        }
    }

    [Theory]
    [MemberData(nameof(ChannelTests.Shapes), MemberType = typeof(ChannelTests))]
    public async Task Channel_PartiesKilledAtRandom_OthersGoOnAndNothingIsDoubled(int capacity, CodataLayout layout)
    {
        int kills = Campaign.Count(3, 60);
        const int Values = 200_000;
        using var segment = new Segment(2 << 20, ours: true);
        var channel = SharedChannel<long>.Create(segment.First, "c", capacity, layout);
        var ledger = SharedArray<int>.Create(segment.First, "ledger", Values);
        var random = new Random(capacity + (int)layout);
        long next = 0;
        Task<long> steady = Task.Run(() =>
        {
            long count = 0;
            foreach (long value in channel.ReadAll())
            {
                _ = ledger.Add((int)value, 1);
                count++;
            }

            return count;
        });
        for (int kill = 0; kill < kills; kill++)
        {
            using PeerProcess receiver = Peer(segment, "zeroipc-channel-receive", "--name", "c");
            using PeerProcess sender = Peer(segment, "zeroipc-channel-send", "--name", "c", "--start", $"{next}",
                "--count", "1000");
            receiver.ExpectLine("ready");
            sender.ExpectLine("ready");
            Thread.SpinWait(random.Next(2_000_000));
            (kill % 2 == 0 ? sender : receiver).Kill();
            if (kill % 2 == 1)
            {
                Assert.Equal("sent 1000", sender.ExpectLine("sent"));
            }

            receiver.Kill();
            next += 1000;

            // Whoever died, a send and a receive go through.
            Assert.Equal(ChannelStatus.Done, channel.Send(next++, TimeSpan.FromSeconds(60)));
        }

        channel.Close();
        long received = await steady.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(received > 0);
        for (int i = 0; i < next; i++)
        {
            Assert.True(ledger[i] <= 1, $"value {i} arrived {ledger[i]} times");
        }

        // Each kill of a receiver can take along what it held in its hands at that moment: one value.
        int missing = Enumerable.Range(0, (int)next).Count(i => (i / 1001) % 2 == 1 && ledger[i] == 0);
        Assert.InRange(missing, 0, kills);
    }

    [Fact]
    public void Select_AcrossProcesses_AnswersEveryValue()
    {
        const int Count = 2_000;
        using var segment = new Segment(ours: true);
        var a = SharedChannel<long>.Create(segment.First, "a", 4);
        var b = SharedChannel<long>.Create(segment.First, "b", 0);
        var back = SharedChannel<long>.Create(segment.First, "back", 0);
        using PeerProcess peer = Peer(
            segment, "zeroipc-select-echo", "--name", "a", "--second", "b", "--count", $"{Count}");
        for (int i = 0; i < Count; i++)
        {
            (i % 3 == 0 ? a : b).Send(i);
            Assert.Equal(i, back.Receive());
        }

        peer.ExpectLine("done");
        peer.ExpectExit();
    }

    [Theory]
    [InlineData(4, CodataLayout.Native, "python")]
    [InlineData(0, CodataLayout.Native, "python")]
    [InlineData(4, CodataLayout.Python, "python")]
    [InlineData(0, CodataLayout.Python, "python")]
    [InlineData(4, CodataLayout.Native, "cpp")]
    [InlineData(0, CodataLayout.Native, "cpp")]
    public void Channel_ForeignImplementation_BothDirections(int capacity, CodataLayout layout, string language)
    {
        Assert.SkipWhen(language == "cpp" && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        const int Count = 300;
        using var segment = new Segment(1 << 20);
        var outward = SharedChannel<int>.Create(segment.First, "out", capacity, layout);
        var inward = SharedChannel<int>.Create(segment.First, "in", capacity, layout);
        using PeerProcess consumer = Foreign(language, layout, segment, "channel-consumer", "out", $"--count={Count}");
        using PeerProcess producer = Foreign(
            language, layout, segment, "channel-producer", "in", $"--count={Count}", "--start=1");
        Task sending = Segment.Background(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                outward.Send(i);
            }
        });
        for (int i = 1; i <= Count; i++)
        {
            Assert.Equal(ChannelStatus.Done, inward.Receive(out int value, TimeSpan.FromSeconds(60)));
            Assert.Equal(i, value);
        }

        Segment.Join(sending);
        Assert.Contains($"\"sum\":{Count * (Count - 1) / 2}", Compact(consumer.ExpectLine("{\"event\"")),
            StringComparison.Ordinal);
        consumer.ExpectExit();
        producer.ExpectExit();
        outward.Close();
        using PeerProcess late = Foreign(language, layout, segment, "channel-send", "out", "--values=1");
        Assert.Contains("closed", late.ExpectLine("{\"event\""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("cpp")]
    public async Task Future_ForeignImplementation_BothDirections(string language)
    {
        Assert.SkipWhen(language == "cpp" && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
        using var segment = new Segment();
        var ours = SharedFuture<double>.Create(segment.First, "ours");
        var theirs = SharedFuture<double>.Create(segment.First, "theirs");
        var failing = SharedFuture<double>.Create(segment.First, "failing");
        using PeerProcess getter = Foreign(language, CodataLayout.Native, segment, "future-get", "ours", "--type=f64");
        Segment.Until(() => ours.WaitingCount == 1);
        Task<double> waiting = theirs.GetAsync().AsTask();
        using PeerProcess setter = Foreign(
            language, CodataLayout.Native, segment, "future-set", "theirs", "--type=f64", "--values=-2.5");
        using PeerProcess failer = Foreign(
            language, CodataLayout.Native, segment, "future-fail", "failing", "--type=f64", "--text=boom");

        Assert.True(ours.TrySet(6.5));

        Assert.Contains("6.5", getter.ExpectLine("{\"event\""), StringComparison.Ordinal);
        Assert.Equal(-2.5, await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        failer.ExpectExit();
        Assert.Equal("boom", Assert.Throws<FutureFailedException>(() => failing.Get()).ErrorText);
        setter.ExpectExit();
        Assert.False(theirs.TrySet(1));
    }

    private static string Compact(string json) => json.Replace(" ", string.Empty, StringComparison.Ordinal);

    private static PeerProcess Peer(Segment segment, string verb, params string[] arguments) =>
        PeerProcess.StartPeer([verb, "--segment", segment.Name, .. arguments, .. segment.Ours
            ? ["--ours"] : Array.Empty<string>()]);

    private static PeerProcess Foreign(
        string language, CodataLayout layout, Segment segment, string verb, string name, params string[] arguments)
    {
        string[] common = [verb, $"--segment=/{segment.Name}", $"--name={name}", .. arguments];
        return language == "cpp"
            ? PeerProcess.Start(CppPeers.ZeroIpc, common)
            : PeerProcess.StartPython(
                ["zeroipc", .. common, .. layout == CodataLayout.Python ? ["--layout=python"] : Array.Empty<string>()]);
    }
}
