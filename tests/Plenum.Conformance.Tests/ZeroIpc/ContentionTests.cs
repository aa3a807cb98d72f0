using System.Text.Json;
using Plenum.ZeroIpc;

namespace Plenum.Conformance.Tests.ZeroIpc;

/// <summary>
/// Processes of ours and of an independent implementation work on the same structure at once, each in every role:
/// nothing is lost, nothing comes twice, no lock lets two in. The foreign process creates the structures of half of the
/// runs.
/// </summary>
public sealed class ContentionTests
{
    private const string Counter = "counter";

    public static TheoryData<PeerKind, string, string, string, bool> Moves()
    {
        var data = new TheoryData<PeerKind, string, string, string, bool>();
        foreach (PeerKind kind in new[] { PeerKind.Python, PeerKind.Cpp })
        {
            data.Add(kind, "queue", "u64", "8", false);
            data.Add(kind, "queue", "bytes:24", "64", true);
            data.Add(kind, "queue", "f64", "2", kind == PeerKind.Cpp);
            data.Add(kind, "stack", "i32", "16", kind == PeerKind.Python);
            data.Add(kind, "stack", "u64", "4", kind == PeerKind.Cpp);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void Container_BothProduceAndConsume_NothingIsLost(
        PeerKind kind, string structure, string type, string capacity, bool theirs)
    {
        using var session = new ContentionSession(kind, theirs);
        session.Create(structure, "--type", type, "--capacity", capacity);
        int count = session.Count;
        List<JsonElement> results = session.Run(
            session.Ours($"{structure}-producer", type, "--count", $"{count}"),
            session.Theirs($"{structure}-producer", type, "--count", $"{count}", "--start", $"{count}"),
            session.Ours($"{structure}-consumer", type, "--count", $"{count}"),
            session.Theirs($"{structure}-consumer", type, "--count", $"{count}"));

        AssertSameTotals(results[..2], results[2..]);
    }

    [Theory]
    [InlineData(PeerKind.Python, true)]
    [InlineData(PeerKind.Python, false)]
    [InlineData(PeerKind.Cpp, true)]
    [InlineData(PeerKind.Cpp, false)]
    public void Ring_EachSideProducesInTurn_OrderIsKept(PeerKind kind, bool weProduce)
    {
        using var session = new ContentionSession(kind, theirs: weProduce);
        session.Create("ring", "--type", "u64", "--capacity", "5");
        string[] count = ["--count", $"{session.Count}"];
        List<JsonElement> results = weProduce
            ? session.Run(session.Ours("ring-producer", "u64", count), session.Theirs("ring-consumer", "u64", count))
            : session.Run(session.Theirs("ring-producer", "u64", count), session.Ours("ring-consumer", "u64", count));

        AssertSameTotals(results[..1], results[1..]);
        Assert.True(results[1].GetProperty("ascending").GetBoolean());
    }

    [Theory]
    [InlineData(PeerKind.Python, "map", true)]
    [InlineData(PeerKind.Python, "set", false)]
    [InlineData(PeerKind.Cpp, "map", false)]
    [InlineData(PeerKind.Cpp, "set", true)]
    public void Keys_BothFillAndRemove_EachSeesAll(PeerKind kind, string structure, bool theirs)
    {
        using var session = new ContentionSession(kind, theirs);
        string[] types = structure == "map" ? ["--key-type", "i64", "--value-type", "f64"] : ["--type", "i64"];
        session.Create(structure, ["--capacity", "700", .. types]);
        Peer(PeerKind.Ours, "filler", 0, 300);
        Both("filler", 300, 600, 450);
        Peer(PeerKind.Ours, "checker", 0, 600);
        Peer(kind, "checker", 0, 600);
        Both("remover", 0, 600, 300);
        Assert.False(session.Run(expectOk: false, Loop(PeerKind.Ours, "checker", 0,
            1))[0].GetProperty("ok").GetBoolean());

        void Peer(PeerKind who, string role, int from, int until) =>
            session.Run(Loop(who, role, from, until));

        void Both(string role, int from, int until, int middle) =>
            session.Run(Loop(PeerKind.Ours, role, from, middle), Loop(kind, role, middle, until));

        PeerProcess Loop(PeerKind who, string role, int from, int until) => session.Start(
            who, $"{structure}-{role}", "u64", [.. types, "--start", $"{from}", "--count", $"{until - from}"]);
    }

    [Theory]
    [InlineData("mutex", "loop")]
    [InlineData("semaphore", "loop", "--count", "1", "--max", "1")]
    [InlineData("monitor", "loop")]
    [InlineData("rwlock", "writer")]
    [InlineData("pool", "churn", "--capacity", "3", "--type", "bytes:16")]
    [InlineData("once", "loop")]
    [InlineData("barrier", "loop", "--participants", "2")]
    public void Exclusion_BothAtOnce_IsKept(string structure, string role, params string[] shape)
    {
        foreach (PeerKind kind in new[] { PeerKind.Python, PeerKind.Cpp })
        {
            using var session = new ContentionSession(kind, theirs: kind == PeerKind.Cpp);
            session.Create(structure, shape);
            string type = structure == "pool" ? "bytes:16" : "u64";
            int count = structure == "barrier" ? 50 : session.Count;
            _ = session.Run(
                session.Ours($"{structure}-{role}", type, "--count", $"{count}", "--index", "0"),
                session.Theirs($"{structure}-{role}", type, "--count", $"{count}", "--index", "1", "--start",
                "100000"));
        }
    }

    [Theory]
    [InlineData(PeerKind.Python)]
    [InlineData(PeerKind.Cpp)]
    public void ReaderWriterLock_ReadersAndWritersOfBoth_SeeWholeStates(PeerKind kind)
    {
        using var session = new ContentionSession(kind, theirs: true);
        session.Create("rwlock");
        string[] count = ["--count", $"{session.Count / 2}"];
        _ = session.Run(
            session.Ours("rwlock-writer", "u64", count),
            session.Theirs("rwlock-writer", "u64", count),
            session.Ours("rwlock-reader", "u64", count),
            session.Theirs("rwlock-reader", "u64", count));
    }

    [Theory]
    [InlineData(PeerKind.Python, "monitor", "producer", "consumer")]
    [InlineData(PeerKind.Python, "event", "signaler", "waiter")]
    [InlineData(PeerKind.Cpp, "monitor", "producer", "consumer")]
    [InlineData(PeerKind.Cpp, "event", "signaler", "waiter")]
    public void HandOver_BothGiveAndTake_EachIsServed(PeerKind kind, string structure, string giver, string taker)
    {
        using var session = new ContentionSession(kind, theirs: kind == PeerKind.Python);
        session.Create(structure);
        string[] count = ["--count", $"{session.Count / 2}"];
        _ = session.Run(
            session.Ours($"{structure}-{giver}", "u64", count),
            session.Theirs($"{structure}-{giver}", "u64", count),
            session.Ours($"{structure}-{taker}", "u64", count),
            session.Theirs($"{structure}-{taker}", "u64", count));
    }

    [Theory]
    [InlineData(PeerKind.Python, true)]
    [InlineData(PeerKind.Python, false)]
    [InlineData(PeerKind.Cpp, true)]
    [InlineData(PeerKind.Cpp, false)]
    public void Signal_OneWritesTheOtherReads_ValuesAreWhole(PeerKind kind, bool weWrite)
    {
        using var session = new ContentionSession(kind, theirs: weWrite);
        int count = session.Count;
        session.Create("signal", "--type", "bytes:40", "--values", new string('0', 80));
        string[] writer = ["--count", $"{count}"];
        string[] reader = ["--version", $"{count}", "--count", "1"];
        _ = weWrite
            ? session.Run(
                session.Ours("signal-writer", "bytes:40", writer), session.Theirs("signal-reader", "bytes:40", reader))
            : session.Run(
                session.Theirs("signal-writer", "bytes:40", writer), session.Ours("signal-reader", "bytes:40", reader));
    }

    private static void AssertSameTotals(List<JsonElement> put, List<JsonElement> taken)
    {
        foreach (string field in new[] { "count", "sum", "squares" })
        {
            Assert.Equal(Total(put, field), Total(taken, field));
        }

        static ulong Total(List<JsonElement> results, string field) => results.Aggregate(
            0UL, (sum, result) => unchecked(sum + result.GetProperty(field).GetUInt64()));
    }

    /// <summary>A segment and the processes that work in it.</summary>
    private sealed class ContentionSession : IDisposable
    {
        private readonly TempSegment _segment = new("contention");
        private readonly SharedMemory? _memory;
        private readonly PeerProcess? _owner;
        private readonly PeerKind _kind;
        private readonly List<PeerProcess> _started = [];
        private string _entry = string.Empty;

        internal ContentionSession(PeerKind kind, bool theirs)
        {
            Assert.SkipWhen(kind == PeerKind.Cpp && CppPeers.Missing is not null, CppPeers.Missing ?? string.Empty);
            _kind = kind;
            if (theirs)
            {
                _owner = StartForeign(
                    "steps", "--segment", "/" + _segment.Name, "--create", "262144", "--entries", "64");
                _ = _owner.ExpectLine("ready");
                Ask($"array-create --name {Counter} --type u64 --capacity 4");
            }
            else
            {
                _memory = SharedMemory.Create(_segment.Name, 262_144);
                _ = SharedArray<ulong>.Create(_memory, Counter, 4);
            }
        }

        internal int Count => _kind == PeerKind.Cpp ? Campaign.Count(1_000, 200_000) : Campaign.Count(150, 5_000);

        internal void Create(string structure, params string[] shape)
        {
            _entry = structure;
            if (_owner is not null)
            {
                Ask($"{structure}-create --name {_entry} {string.Join(' ', shape)}".TrimEnd());
            }
            else
            {
                ContentionStructures.Create(_memory!, structure, shape);
            }
        }

        internal PeerProcess Ours(string loop, string type, params string[] flags) =>
            Start(PeerKind.Ours, loop, type, flags);

        internal PeerProcess Theirs(string loop, string type, params string[] flags) => Start(_kind, loop, type, flags);

        internal PeerProcess Start(PeerKind kind, string loop, string type, string[] flags)
        {
            string[] common = ["--segment", "/" + _segment.Name, "--name", _entry, "--counter", Counter, .. flags];
            string[] types = flags.Contains("--type") ? [] : ["--type", type];
            PeerProcess peer = kind == PeerKind.Ours
                ? PeerProcess.StartPeer(["zeroipc-loop", "--loop", loop, "--type", type, .. common])
                : StartForeign([loop, .. common, .. types, "--go"]);
            _started.Add(peer);
            return peer;
        }

        /// <summary>Lets all start together; their results.</summary>
        internal List<JsonElement> Run(params PeerProcess[] peers) => Run(expectOk: true, peers);

        internal List<JsonElement> Run(bool expectOk, params PeerProcess[] peers)
        {
            foreach (PeerProcess peer in peers)
            {
                _ = peer.ExpectLine("ready");
            }

            foreach (PeerProcess peer in peers)
            {
                peer.WriteLine("go");
            }

            var results = new List<JsonElement>();
            foreach (PeerProcess peer in peers)
            {
                results.Add(JsonElement.Parse(peer.ExpectLine("{")));
                peer.ExpectExit(expectOk ? 0 : 1);
            }

            return results;
        }

        public void Dispose()
        {
            if (_owner is not null)
            {
                _owner.WriteLine("close");
                _ = _owner.WaitForExit();
                _owner.Dispose();
            }

            _started.ForEach(peer => peer.Dispose());
            _memory?.Dispose();
            _ = SharedMemory.Remove(_segment.Name);
            _segment.Dispose();
        }

        private void Ask(string line)
        {
            _owner!.WriteLine(line);
            JsonElement answer = JsonElement.Parse(_owner.ExpectLine("{"));
            Assert.True(answer.GetProperty("event").GetString() == "result", $"{line}: {answer}");
        }

        private PeerProcess StartForeign(params string[] arguments) => _kind == PeerKind.Cpp
            ? PeerProcess.Start(CppPeers.ZeroIpc, arguments)
            : PeerProcess.StartPython(["zeroipc", .. arguments]);
    }
}
