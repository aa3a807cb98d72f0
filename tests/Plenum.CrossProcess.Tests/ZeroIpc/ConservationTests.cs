using System.Text.Json;
using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.ZeroIpc;

/// <summary>Several processes of ours put into and take from one structure: nothing is lost and nothing comes twice,
/// also while its counters pass 2^32.</summary>
public sealed class ConservationTests
{
    private static readonly int s_each = Campaign.Count(20_000, 3_000_000);

    [Theory]
    [InlineData("queue", 8, true)]
    [InlineData("queue", 1024, false)]
    [InlineData("stack", 8, true)]
    public void Container_TwoProducersTwoConsumers_Conserves(string structure, int capacity, bool ours)
    {
        using var session = new Session(ours);
        if (structure == "queue")
        {
            SharedQueue<int> queue = SharedQueue<int>.Create(session.Memory, "x", capacity);
            CountersNear2To32.Set(session.Memory, queue.Entry, (uint)capacity, 0xFFFF_F000);
        }
        else
        {
            _ = SharedStack<int>.Create(session.Memory, "x", capacity);
        }

        List<JsonElement> results = session.Run(
            session.Start($"{structure}-producer", "i32", s_each, 0),
            session.Start($"{structure}-producer", "i32", s_each, s_each),
            session.Start($"{structure}-consumer", "i32", s_each, 0),
            session.Start($"{structure}-consumer", "i32", s_each, 0));

        ulong n = 2 * (ulong)s_each;
        Assert.Equal(n * (n - 1) / 2, Total(results[2..], "sum"));
        Assert.Equal(unchecked(Total(results[..2], "squares")), Total(results[2..], "squares"));
    }

    [Fact]
    public void Ring_OneProducerOneConsumer_KeepsTheOrderAcross2To32()
    {
        using var session = new Session(ours: true);
        SharedRing<ulong> ring = SharedRing<ulong>.Create(session.Memory, "x", 7);
        ulong start = ((1UL << 32) - 4096) / 56 * 56;
        CountersNear2To32.Set64(session.Memory, ring.Entry.Offset, start);
        CountersNear2To32.Set64(session.Memory, ring.Entry.Offset + 8, start);

        List<JsonElement> results = session.Run(
            session.Start("ring-producer", "u64", s_each, 0), session.Start("ring-consumer", "u64", s_each, 0));

        Assert.True(results[1].GetProperty("ascending").GetBoolean());
        Assert.Equal(Total(results[..1], "squares"), Total(results[1..], "squares"));
        Assert.True(ring.TotalWritten * 8 > 1L << 32);
    }

    [Theory]
    [InlineData("map")]
    [InlineData("set")]
    public void Keys_FilledAndRemovedByTwo_EachCountsOnce(string structure)
    {
        using var session = new Session(ours: true);
        const int keys = 400;
        if (structure == "map")
        {
            _ = SharedMap<long, double>.Create(session.Memory, "x", 1024);
        }
        else
        {
            _ = SharedSet<long>.Create(session.Memory, "x", 1024);
        }

        // A process each for its own keys, and both for the same ones: of those one succeeds with each in a set.
        for (int round = 0; round < Campaign.Count(1, 50); round++)
        {
            _ = session.Run(
                session.Start($"{structure}-filler", "u64", keys, 0),
                session.Start($"{structure}-filler", "u64", keys, keys));
            _ = session.Run(
                session.Start($"{structure}-checker", "u64", 2 * keys, 0),
                session.Start($"{structure}-checker", "u64", 2 * keys, 0));
            List<JsonElement> removed = session.Run(
                expectOk: false,
                session.Start($"{structure}-remover", "u64", 2 * keys, 0),
                session.Start($"{structure}-remover", "u64", 2 * keys, 0));
            Assert.Equal(2UL * keys, Total(removed, "count"));
            Assert.Equal(2UL * keys * ((2UL * keys) - 1) / 2, Total(removed, "sum"));
        }
    }

    [Fact]
    public void Pool_ThreeProcesses_EachNodeHasOneHolderAcross2To32()
    {
        using var session = new Session(ours: true);
        SharedPool<ulong> pool = SharedPool<ulong>.Create(session.Memory, "x", 2);
        CountersNear2To32.SetGeneration(session.Memory, pool.Entry, 0xFFFF_FF00);

        _ = session.Run([.. Enumerable.Range(0, 3).Select(
            i => session.Start("pool-churn", "u64", s_each / 4, i * s_each))]);

        Assert.Equal(0, pool.AllocatedCount);
        Assert.Equal([0, 1], pool.FreeNodes().Order());
    }

    [Fact]
    public void SemaphoreSignalAndBarrier_ManyProcesses_LoseNothing()
    {
        using var session = new Session(ours: true);
        _ = SharedArray<ulong>.Create(session.Memory, "counter", 4);
        _ = SharedSemaphore.Create(session.Memory, "x", 1, 1);
        int each = s_each / 4;
        _ = session.Run([.. Enumerable.Range(0, 3).Select(_ => session.Start("semaphore-loop", "u64", each, 0))]);
        Assert.Equal((ulong)(3 * each), SharedArray<ulong>.Open(session.Memory, "counter")[0]);

        using var meeting = new Session(ours: true);
        _ = SharedArray<ulong>.Create(meeting.Memory, "counter", 4);
        _ = SharedBarrier.Create(meeting.Memory, "x", 3);
        SharedEntry barrier = meeting.Memory.Table.Find("x");
        CountersNear2To32.Set64(meeting.Memory, barrier.Offset, (ulong)(uint.MaxValue - 10) << 32);
        _ = meeting.Run([.. Enumerable.Range(0, 3).Select(i => meeting.Start("barrier-loop", "u64", 200, 0, i))]);
    }

    private static ulong Total(IEnumerable<JsonElement> results, string field) => results.Aggregate(
        0UL, (sum, result) => unchecked(sum + result.GetProperty(field).GetUInt64()));

    private sealed class Session : IDisposable
    {
        private readonly TempSegment _segment = new("conserve");
        private readonly List<PeerProcess> _started = [];
        private readonly bool _ours;

        internal Session(bool ours)
        {
            _ours = ours;
            Memory = SharedMemory.Create(_segment.Name, 262_144);
            Memory.HasForeignPeers = !ours;
        }

        internal SharedMemory Memory { get; }

        internal PeerProcess Start(string loop, string type, int count, int start, int index = 0)
        {
            PeerProcess peer = PeerProcess.StartPeer(
                "zeroipc-loop", "--segment", _segment.Name, "--name", "x", "--counter", "counter", "--loop", loop,
                "--type", type, "--count", $"{count}", "--start", $"{start}", "--index", $"{index}",
                "--ours", _ours ? "true" : "false");
            _started.Add(peer);
            return peer;
        }

        internal List<JsonElement> Run(params PeerProcess[] peers) => Run(expectOk: true, peers);

        internal List<JsonElement> Run(bool expectOk, params PeerProcess[] peers)
        {
            Array.ForEach(peers, peer => peer.ExpectLine("ready"));
            Array.ForEach(peers, peer => peer.WriteLine("go"));
            var results = new List<JsonElement>();
            foreach (PeerProcess peer in peers)
            {
                JsonElement result = JsonElement.Parse(peer.ExpectLine("{"));
                Assert.True(!expectOk || result.GetProperty("ok").GetBoolean(), result.ToString());
                _ = peer.WaitForExit();
                results.Add(result);
            }

            return results;
        }

        public void Dispose()
        {
            _started.ForEach(peer => peer.Dispose());
            Memory.Dispose();
            _ = SharedMemory.Remove(_segment.Name);
            _segment.Dispose();
        }
    }
}
