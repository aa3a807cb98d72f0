using Plenum.ZeroIpc;

namespace Plenum.TestPeer;

/// <summary>Verbs that use a segment's table and data structures from a second process.</summary>
internal static class ZeroIpcTableVerbs
{
    [Verb("zeroipc-register")]
    public static int Register(PeerArguments arguments)
    {
        using SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        PeerOutput.Line("ready");
        _ = PeerOutput.Next();
        long count = arguments.Number("count");
        for (long i = 0; i < count; i++)
        {
            _ = memory.Table.Register($"{arguments.Text("prefix")}-{i}", 1 + (i % 13));
        }

        PeerOutput.Line("done");
        return 0;
    }

    [Verb("zeroipc-queue-echo")]
    public static int QueueEcho(PeerArguments arguments)
    {
        using SharedMemory memory = SharedMemory.Open(arguments.Text("segment"));
        var from = SharedQueue<long>.Open(memory, arguments.Text("from"));
        var to = SharedQueue<long>.Open(memory, arguments.Text("to"));
        PeerOutput.Line("ready");
        long count = arguments.Number("count");
        for (long i = 0; i < count; i++)
        {
            if (!from.Dequeue(out long value, TimeSpan.FromSeconds(60)) || !to.Enqueue(value, TimeSpan.FromSeconds(60)))
            {
                PeerOutput.Line($"timed out at {i}");
                return 1;
            }
        }

        PeerOutput.Line("done");
        return 0;
    }
}
