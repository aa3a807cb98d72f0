using System.IO.Pipes;
using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Cases.Field;

/// <summary>.NET named pipe, 64 bytes there and back, blocking.</summary>
internal sealed class NamedPipeCase() : PairCase("field/named-pipe", ".NET named pipe, 64 B there and back, blocking")
{
    private const int SizeBytes = 64;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("pipe");
        using var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1);
        side.Send(Name, name);
        pipe.WaitForConnection();
        side.AwaitReady();
        var round = new Round(pipe, new byte[SizeBytes], new byte[SizeBytes]);
        (Histogram times, double seconds, bool right) = RoundTrips.Run(ref round, time);
        pipe.Disconnect();
        side.Finish();
        return new CaseOutcome { Operations = times.Count, Seconds = seconds, Verified = right, Latency = times };
    }

    internal override void Partner(PartnerSide side)
    {
        using var pipe = new NamedPipeClientStream(".", side.Text(0), PipeDirection.InOut);
        pipe.Connect();
        byte[] message = new byte[SizeBytes];
        side.Ready();
        while (pipe.ReadAtLeast(message, SizeBytes, throwOnEndOfStream: false) == SizeBytes)
        {
            pipe.Write(message);
        }
    }

    private readonly struct Round(Stream pipe, byte[] message, byte[] answer) : IRound
    {
        public bool Go(long index)
        {
            message.AsSpan().Fill((byte)index);
            pipe.Write(message);
            pipe.ReadExactly(answer);
            return answer.AsSpan().SequenceEqual(message);
        }
    }
}
