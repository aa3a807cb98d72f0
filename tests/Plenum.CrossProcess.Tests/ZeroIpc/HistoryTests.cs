using System.Globalization;
using Plenum.ZeroIpc;
using Plenum.ZeroIpc.Tests;

namespace Plenum.CrossProcess.Tests.ZeroIpc;

/// <summary>Short concurrent histories recorded by real processes, each explained by some order of its
/// operations.</summary>
public sealed class HistoryTests
{
    private const int Processes = 3;
    private const int Each = 6;

    [Theory]
    [InlineData("queue", "", true)]
    [InlineData("queue", "", false)]
    [InlineData("stack", "", true)]
    [InlineData("map", "-1 -1 -1", true)]
    [InlineData("set", "000", true)]
    [InlineData("pool", "00", true)]
    public void Histories_OfThreeProcesses_AreThoseOfTheStructure(string kind, string initial, bool near)
    {
        PeerProcess[] peers =
            [.. Enumerable.Range(0, Processes).Select(_ => PeerProcess.StartPeer("zeroipc-history"))];
        try
        {
            Array.ForEach(peers, peer => peer.ExpectLine("ready"));
            for (int round = 0; round < Campaign.Count(40, 20_000); round++)
            {
                Operation[] history = Record(peers, kind, round, near);
                Assert.True(
                    Linearizability.Exists(history, initial, Model(kind)),
                    $"round {round}:\n" + string.Join('\n', history.OrderBy(op => op.Start).Select(op =>
                    op.ToString())));
            }

            Array.ForEach(peers, peer => peer.CloseInput());
            Array.ForEach(peers, peer => peer.ExpectExit());
        }
        finally
        {
            Array.ForEach(peers, peer => peer.Dispose());
        }
    }

    private static Operation[] Record(PeerProcess[] peers, string kind, int round, bool near)
    {
        using var segment = new TempSegment("history");
        using (SharedMemory memory = SharedMemory.Create(segment.Name, 16_384))
        {
            _ = SharedArray<long>.Create(memory, "clock", 2);
            Create(memory, kind, near);
            for (int i = 0; i < Processes; i++)
            {
                peers[i].WriteLine($"{kind} {segment.Name} {(round * Processes) + i} {Processes} {Each}");
            }

            Operation[] history = [.. peers.SelectMany(peer => Parse(peer.ReadLine()))];
            _ = SharedMemory.Remove(segment.Name);
            return history;
        }
    }

    private static void Create(SharedMemory memory, string kind, bool near)
    {
        switch (kind)
        {
            case "queue":
                SharedQueue<int> queue = SharedQueue<int>.Create(memory, "x", 4);
                if (near)
                {
                    CountersNear2To32.Set(memory, queue.Entry, 4, uint.MaxValue - 3);
                }

                break;
            case "stack":
                _ = SharedStack<int>.Create(memory, "x", 4);
                break;
            case "map":
                _ = SharedMap<int, int>.Create(memory, "x", 4);
                break;
            case "set":
                _ = SharedSet<int>.Create(memory, "x", 4);
                break;
            default:
                SharedPool<int> pool = SharedPool<int>.Create(memory, "x", 2);
                CountersNear2To32.SetGeneration(memory, pool.Entry, uint.MaxValue - 3);
                break;
        }
    }

    private static Func<string, Operation, string?> Model(string kind) => kind switch
    {
        "queue" => HistoryModels.Queue,
        "stack" => HistoryModels.Stack,
        "map" => HistoryModels.Map,
        "set" => HistoryModels.Set,
        _ => HistoryModels.Pool,
    };

    private static IEnumerable<Operation> Parse(string line)
    {
        foreach (string text in line.Split(';'))
        {
            string[] fields = text.Split(',');
            yield return new Operation(
                Number(fields[0]), Number(fields[1]), fields[2], Number(fields[3]), Number(fields[4]));
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
