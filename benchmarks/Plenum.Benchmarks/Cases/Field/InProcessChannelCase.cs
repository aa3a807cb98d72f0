using System.Threading.Channels;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;

namespace Plenum.Benchmarks.Cases.Field;

/// <summary>System.Threading.Channels between two threads of one process: what a queue costs without
/// processes.</summary>
internal sealed class InProcessChannelCase()
    : PairCase("field/in-process-channel", "Channel<long> between two threads of one process, there and back")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        side.Start(Name);
        Channel<long> ping = Bounded();
        Channel<long> pong = Bounded();
        var echo = new Thread(() =>
        {
            // A new thread inherits the one processor of the thread that started it.
            _ = side.Processors.Count > 1 && ProcessorAffinity.TryPin(side.Processors[1]);
            while (Take(ping.Reader, out long value))
            {
                pong.Writer.TryWrite(value);
            }
        })
        { IsBackground = true };
        echo.Start();
        var round = new Round(ping.Writer, pong.Reader);
        (Histogram times, double seconds, bool right) = RoundTrips.Run(ref round, time);
        ping.Writer.Complete();
        echo.Join();
        side.Finish();
        return new CaseOutcome { Operations = times.Count, Seconds = seconds, Verified = right, Latency = times };
    }

    private static Channel<long> Bounded() => Channel.CreateBounded<long>(
        new BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });

    private static bool Take(ChannelReader<long> reader, out long value)
    {
        while (!reader.TryRead(out value))
        {
            if (reader.Completion.IsCompleted)
            {
                return false;
            }
        }

        return true;
    }

    private readonly struct Round(ChannelWriter<long> writer, ChannelReader<long> reader) : IRound
    {
        public bool Go(long index) => writer.TryWrite(index) && Take(reader, out long answer) && answer == index;
    }
}
