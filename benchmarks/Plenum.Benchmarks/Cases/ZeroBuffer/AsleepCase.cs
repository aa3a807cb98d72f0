using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Benchmarks.Cases.ZeroBuffer;

/// <summary>A frame there and back with both sides asleep in between, beside a raw futex doing the same.</summary>
internal sealed class AsleepCase(bool awaited) : PairCase(
    awaited ? "zerobuffer/awaited" : "zerobuffer/asleep",
    awaited ? "64 B there and back, awaited, both sides asleep" : "64 B there and back, both sides asleep")
{
    private const int SizeBytes = 64;
    private static readonly ZeroBufferOptions s_options = Buffers.Options(256 * 1024, WaitStrategy.PowerSaving);

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        double reference = FutexRound.Median(side, time / 2);
        string name = side.NewName("zb");
        using var reader = ZeroBufferReader.Create(name + "-b", s_options);
        side.Start(Name, name);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name + "-a", Buffers.Patience, s_options);
        var round = new Round(writer, reader, new FrameSource(SizeBytes), new byte[SizeBytes], awaited);
        long everywhere = GC.GetTotalAllocatedBytes(precise: true);
        Timed timed = RoundTrips.Run(ref round, time);
        everywhere = GC.GetTotalAllocatedBytes(precise: true) - everywhere;
        writer.Dispose();
        PartnerReport report = side.Finish();
        double after = FutexRound.Median(side, time / 2);
        return new CaseOutcome
        {
            Operations = timed.Times.Count,
            Seconds = timed.Seconds,
            Verified = timed.Right && report.Right,
            Latency = timed.Times,
            AllocatedBytes = awaited ? 0 : timed.AllocatedBytes + report.AllocatedBytes,
            Reference = "raw futex round trip",
            ReferenceNanoseconds = (reference + after) / 2,
        };
    }

    internal override void Partner(PartnerSide side)
    {
        using var reader = ZeroBufferReader.Create(side.Text(0) + "-a", s_options);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(side.Text(0) + "-b", Buffers.Patience, s_options);
        side.Ready();
        if (awaited)
        {
            // An await may go on in any thread, so the whole process is counted.
            long everywhere = GC.GetTotalAllocatedBytes(precise: true);
            EchoAsync(reader, writer).GetAwaiter().GetResult();
            side.Operations = GC.GetTotalAllocatedBytes(precise: true) - everywhere;
            return;
        }

        while (reader.Read(out Frame frame, Buffers.Patience) == ReadOutcome.Frame)
        {
            using (frame)
            {
                writer.Write(frame.Span);
            }
        }

        side.Counted();
    }

    private static async Task EchoAsync(ZeroBufferReader reader, ZeroBufferWriter writer)
    {
        while (await reader.ReadAsync() is { } frame)
        {
            await writer.WriteAsync(frame.Memory);
            frame.Dispose();
        }
    }

    private readonly struct Round(
        ZeroBufferWriter writer, ZeroBufferReader reader, FrameSource source, byte[] answer, bool awaited) : IRound
    {
        public bool Go(long index)
        {
            source.Frame(index).CopyTo(answer);
            if (awaited)
            {
                return GoAsync(writer, reader, answer).GetAwaiter().GetResult();
            }

            writer.Write(answer);
            if (reader.Read(out Frame frame, Buffers.Patience) != ReadOutcome.Frame)
            {
                throw new TimeoutException("the partner did not answer");
            }

            using (frame)
            {
                return source.Matches(frame.Span, index);
            }
        }

        private static async Task<bool> GoAsync(ZeroBufferWriter writer, ZeroBufferReader reader, byte[] message)
        {
            await writer.WriteAsync(message);
            using OwnedFrame? frame = await reader.ReadAsync();
            return frame is not null && frame.Memory.Span.SequenceEqual(message);
        }
    }
}
