using Plenum.Cli.Measurement;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Measures requests and answers between two processes: this one calls, the peer serves.</summary>
internal sealed class DuplexMeasurement(MeasuringSession session)
{
    internal const string ServeVerb = "duplex-serve";
    internal const string Copying = "copying";
    internal const string InPlace = "in-place";
    internal const string UnixSocket = "unix-socket";

    private const int MaxRounds = 100_000;
    private const int SmallWarmup = 4000;
    private const int LargeWarmup = 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly string _name = $"plenum-duplex-{Environment.ProcessId}";

    /// <summary>Round trips of one request at a time, for at most a time.</summary>
    /// <param name="kind">copying, in-place or unix-socket.</param>
    /// <param name="mode">echo, or xor for a handler that changes every byte.</param>
    /// <param name="sizeBytes">Size of requests and answers.</param>
    /// <param name="time">How long.</param>
    internal PingPongResult RoundTrip(string kind, string mode, int sizeBytes, TimeSpan time)
    {
        session.Peer.Send($"{ServeVerb} {kind} {_name} {mode} {sizeBytes}");
        session.Peer.Expect("ready");
        using IDuplexCaller caller = kind switch
        {
            Copying => new CopyingCaller(_name, Buffer(sizeBytes), s_patience),
            InPlace => new InPlaceCaller(_name, sizeBytes, s_patience),
            _ => new SocketCaller(SocketPath(_name), sizeBytes),
        };
        PingPongResult result = Run(caller, mode, sizeBytes, time);
        caller.Stop(StopBytes(sizeBytes));
        session.Peer.Expect("done");
        return result;
    }

    /// <summary>The peer's half: serves until the request came that has another size than all others.</summary>
    internal static void Serve(PeerLine line, Action ready)
    {
        string name = line.Text(2);
        int size = (int)line.Number(4);
        var transform = new ServeTransform(line.Text(3), 0xFF);
        if (line.Text(1) == UnixSocket)
        {
            SocketCaller.Serve(SocketPath(name), size, transform, ready);
            return;
        }

        using var stop = new ManualResetEventSlim();
        using IDisposable server = line.Text(1) == InPlace
            ? StartInPlace(name, size, transform, stop)
            : StartCopying(name, size, transform, stop);
        ready();
        stop.Wait();
    }

    private static int StopBytes(int sizeBytes) => sizeBytes == 1 ? 2 : 1;

    private PingPongResult Run(IDuplexCaller caller, string mode, int sizeBytes, TimeSpan time)
    {
        var pattern = new FramePattern(FramePattern.Sequential);
        var transform = new ServeTransform(mode, 0xFF);
        byte[] request = new byte[sizeBytes];
        byte[] expected = new byte[sizeBytes];
        var samples = new LatencySamples(MaxRounds);
        int warmup = sizeBytes > 1 << 20 ? LargeWarmup : SmallWarmup;
        bool right = true;
        long end = long.MaxValue;
        for (int round = 0; round < warmup + MaxRounds; round++)
        {
            if (round == warmup)
            {
                // The time counts from here: on a busy machine the warm-up alone may take as long.
                end = MonotonicClock.Nanoseconds + (time.Ticks * 100);
            }
            else if (round > warmup && (round & 15) == 0 && MonotonicClock.Nanoseconds >= end)
            {
                break;
            }

            session.Cancellation.ThrowIfCancellationRequested();
            pattern.Fill(request, round);
            request.CopyTo(expected, 0);
            transform.Apply(expected);
            long elapsed = caller.Call(request, expected, out bool same);
            right &= same;
            if (round >= warmup)
            {
                samples.Add(elapsed);
            }
        }

        return new PingPongResult(
            sizeBytes,
            samples.Count,
            samples.Percentile(0.5),
            samples.Percentile(0.99),
            samples.Percentile(0.999),
            right);
    }

    private static DuplexServer StartCopying(
        string name, int size, ServeTransform transform, ManualResetEventSlim stop) => DuplexServer.Start(
        name,
        (request, response) =>
        {
            if (request.Data.Length == StopBytes(size))
            {
                stop.Set();
            }

            Span<byte> answer = response.Reserve(request.Data.Length);
            request.Data.CopyTo(answer);
            transform.Apply(answer);
        },
        new DuplexServerOptions { Buffer = Buffer(size) });

    private static InPlaceServer StartInPlace(
        string name, int size, ServeTransform transform, ManualResetEventSlim stop) => InPlaceServer.Start(
        name,
        (data, requestBytes) =>
        {
            if (requestBytes == StopBytes(size))
            {
                stop.Set();
            }

            transform.Apply(data[..requestBytes]);
            return requestBytes;
        },
        new InPlaceServerOptions
        {
            PayloadSizeBytes = Math.Max(1 << 16, 2L * (size + 128L)),
            Segment = new SegmentOptions { Prefault = true },
            WaitStrategy = WaitStrategy.Latency,
        });

    private static ZeroBufferOptions Buffer(int sizeBytes) => new()
    {
        MetadataSizeBytes = 64,
        PayloadSizeBytes = Math.Max(1 << 18, 4L * (sizeBytes + 64L)),
        Segment = new SegmentOptions { Prefault = true },
        WaitStrategy = WaitStrategy.Latency,
        WriteTimeout = s_patience,
    };

    private static string SocketPath(string name) => Path.Combine(Path.GetTempPath(), name + ".sock");
}
