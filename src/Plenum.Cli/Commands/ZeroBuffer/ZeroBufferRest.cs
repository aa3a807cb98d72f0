using System.Globalization;
using Plenum.Cli.Measurement;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Measures the processor time of two connected processes that have nothing to do.</summary>
internal static class ZeroBufferRest
{
    internal const string Verb = "zerobuffer-rest";

    private const int FrameBytes = 4096;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Blocks both ends for a time, this one in a read, the peer in a write; then leaves both idle for the same
    /// time.</summary>
    internal static RestResult Measure(MeasuringSession session, TimeSpan time)
    {
        string empty = $"plenum-measure-{Environment.ProcessId}-empty";
        string full = $"plenum-measure-{Environment.ProcessId}-full";
        using var reader = ZeroBufferReader.Create(empty, Options());
        using var filled = ZeroBufferReader.Create(full, Options());
        session.Peer.Send($"{Verb} {empty} {full} {(long)time.TotalMilliseconds}");
        session.Peer.Expect("ready");
        double blocked = Percent(() =>
        {
            if (reader.Read(out Frame _, time, session.Cancellation) != ReadOutcome.TimedOut)
            {
                throw new InvalidOperationException("a frame came out of an empty buffer");
            }
        });
        session.Peer.Expect("ready");
        double idle = Percent(() => session.Cancellation.WaitHandle.WaitOne(time));
        string[] answer = session.Peer.Expect("done").Split(' ');
        return new RestResult(blocked, Parse(answer[0]), idle, Parse(answer[1]));
    }

    /// <summary>The peer's half: connected to an empty buffer, blocked in a write to a full one; then idle.</summary>
    internal static string Block(PeerLine line, Action ready)
    {
        var time = TimeSpan.FromMilliseconds(line.Number(3));
        using ZeroBufferWriter idle = ZeroBufferWriter.Connect(line.Text(1), s_patience, Options());
        using ZeroBufferWriter blocked = ZeroBufferWriter.Connect(line.Text(2), s_patience, Options());
        byte[] frame = new byte[FrameBytes];
        while (blocked.TryWrite(frame))
        {
            // Until the ring is full.
        }

        ready();
        double blockedPercent = Percent(() =>
        {
            if (blocked.TryWrite(frame, time))
            {
                throw new InvalidOperationException("a full buffer had room");
            }
        });
        ready();
        double idlePercent = Percent(() => new ManualResetEventSlim().Wait(time));
        return string.Create(CultureInfo.InvariantCulture, $"{blockedPercent:0.0000} {idlePercent:0.0000}");
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Percent(Action wait)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = MonotonicClock.Nanoseconds;
        wait();
        return (Environment.CpuUsage.TotalTime - used).TotalNanoseconds * 100 / (MonotonicClock.Nanoseconds - start);
    }

    private static ZeroBufferOptions Options() => new() { MetadataSizeBytes = 64, PayloadSizeBytes = 64 * 1024 };
}
