using System.Diagnostics;
using System.Runtime.InteropServices;
using Plenum.ZeroIpc;

namespace Plenum.Samples.ZeroIpcPatterns;

/// <summary>A client that asks and a server that answers, matched by a number.</summary>
internal static class RequestResponsePattern
{
    private const int Count = 100;

    internal static void Run(SharedMemory memory)
    {
        SharedStream<Message> requests = SharedStream<Message>.Create(memory, "requests", 16);
        SharedStream<Message> responses = SharedStream<Message>.Create(memory, "responses", 16);
        using Process server = Program.Start("request-response", memory);
        int right = 0;
        for (long number = 0; number < Count; number++)
        {
            _ = requests.Emit(new Message(number, number + 0.5));
            _ = responses.Next(out Message answer, Timeout.InfiniteTimeSpan);
            right += answer.Number == number && answer.Value == (number + 0.5) * (number + 0.5) ? 1 : 0;
        }

        requests.Close();
        server.WaitForExit();
        Console.WriteLine($"client: {right} of {Count} squares right");
    }

    internal static void Serve(SharedMemory memory, int index)
    {
        SharedStream<Message> responses = SharedStream<Message>.Open(memory, "responses");
        foreach (Message request in SharedStream<Message>.Open(memory, "requests").AsEnumerable())
        {
            _ = responses.Emit(request with { Value = request.Value * request.Value });
        }

        Console.WriteLine("server: no more requests");
    }

    [StructLayout(LayoutKind.Sequential)]
    private record struct Message(long Number, double Value);
}
