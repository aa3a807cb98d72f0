using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>A frame there and back over two buffers, both sides awake; every byte compared.</summary>
internal sealed class PingPongCase(int sizeBytes)
    : PairCase($"zerobuffer/ping-pong-{sizeBytes}", $"{sizeBytes} B there and back, both sides awake")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("zb");
        ZeroBufferOptions options = Buffers.Options(Buffers.RingBytes(sizeBytes));
        using var reader = ZeroBufferReader.Create(name + "-b", options);
        side.Start(Name, name, sizeBytes);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(name + "-a", Buffers.Patience, options))
        {
            var round = new Round(writer, reader, new FrameSource(sizeBytes));
            Timed timed = RoundTrips.Run(ref round, time);
            writer.Dispose();
            PartnerReport report = side.Finish();
            return new CaseOutcome
            {
                Operations = timed.Times.Count,
                Seconds = timed.Seconds,
                Verified = timed.Right && report.Right,
                Latency = timed.Times,
                AllocatedBytes = timed.AllocatedBytes + report.AllocatedBytes,
            };
        }
    }

    internal override void Partner(PartnerSide side)
    {
        ZeroBufferOptions options = Buffers.Options(Buffers.RingBytes((int)side.Number(1)));
        using var reader = ZeroBufferReader.Create(side.Text(0) + "-a", options);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(side.Text(0) + "-b", Buffers.Patience, options);
        side.Ready();
        while (Echo(reader, writer))
        {
        }

        side.Counted();
    }

    private static bool Echo(ZeroBufferReader reader, ZeroBufferWriter writer)
    {
        if (reader.Read(out Frame frame, Buffers.Patience) != ReadOutcome.Frame)
        {
            return false;
        }

        using (frame)
        {
            writer.Write(frame.Span);
        }

        return true;
    }

    private readonly struct Round(ZeroBufferWriter writer, ZeroBufferReader reader, FrameSource source) : IRound
    {
        public bool Go(long index)
        {
            writer.Write(source.Frame(index));
            if (reader.Read(out Frame frame, Buffers.Patience) != ReadOutcome.Frame)
            {
                throw new TimeoutException("the partner did not answer");
            }

            using (frame)
            {
                return source.Matches(frame.Span, index);
            }
        }
    }
}
