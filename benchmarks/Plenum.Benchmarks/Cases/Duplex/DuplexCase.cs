using System.Numerics;
using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.Benchmarks.Cases.Duplex;

/// <summary>A request and its answer; the server inverts every byte, the caller compares every byte.</summary>
/// <remarks>The time is that of sending, the server's work and receiving; making and comparing the data is left
/// out.</remarks>
internal sealed class DuplexCase(bool inPlace, int sizeBytes) : PairCase(
    $"duplex/{(inPlace ? "in-place" : "copying")}-{sizeBytes}",
    $"{sizeBytes} B request and answer, every byte changed, {(inPlace ? "in place" : "over two rings")}")
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string name = side.NewName("dx");
        side.Start(Name, name, sizeBytes, inPlace ? 1 : 0);
        var source = new FrameSource(sizeBytes);
        return inPlace ? MeasureInPlace(side, name, source, time) : MeasureCopying(side, name, source, time);
    }

    internal override void Partner(PartnerSide side)
    {
        string name = side.Text(0);
        int size = (int)side.Number(1);
        using var stop = new ManualResetEventSlim();
        using IDisposable server = side.Number(2) == 1 ? ServeInPlace(name, size, stop) : Serve(name, size, stop);
        side.Ready();
        stop.Wait();
    }

    /// <summary>The server's work: every byte inverted.</summary>
    internal static void Invert(Span<byte> bytes)
    {
        int at = 0;
        for (; at <= bytes.Length - Vector<byte>.Count; at += Vector<byte>.Count)
        {
            (~new Vector<byte>(bytes[at..])).CopyTo(bytes[at..]);
        }

        for (; at < bytes.Length; at++)
        {
            bytes[at] = (byte)~bytes[at];
        }
    }

    private CaseOutcome MeasureCopying(SampleSide side, string name, FrameSource source, TimeSpan time)
    {
        byte[] request = new byte[sizeBytes];
        byte[] expected = new byte[sizeBytes];
        using var client = DuplexClient.Connect(
            name, s_patience, new DuplexClientOptions { Buffer = Buffer(sizeBytes), CallTimeout = s_patience });
        CaseOutcome outcome = Calls.Run(time, index =>
        {
            source.Fill(request, index);
            request.CopyTo(expected, 0);
            Invert(expected);
            long start = MonotonicClock.Nanoseconds;
            using DuplexAnswer answer = client.Call(request);
            long elapsed = MonotonicClock.Nanoseconds - start;
            return answer.Data.SequenceEqual(expected) ? elapsed : -1;
        });
        client.Call([0]).Dispose();
        side.Finish();
        return outcome with { BytesPerOperation = 2L * sizeBytes };
    }

    private CaseOutcome MeasureInPlace(SampleSide side, string name, FrameSource source, TimeSpan time)
    {
        byte[] expected = new byte[sizeBytes];
        using var client = InPlaceClient.Connect(
            name, s_patience,
            new InPlaceClientOptions { CallTimeout = s_patience, WaitStrategy = Spinning });
        CaseOutcome outcome = Calls.Run(time, index =>
        {
            source.Fill(expected, index);
            Invert(expected);
            long start = MonotonicClock.Nanoseconds;
            using InPlaceExchange frame = client.Reserve(sizeBytes);
            long elapsed = MonotonicClock.Nanoseconds - start;

            // Made where it is sent from.
            source.Fill(frame.Data[..sizeBytes], index);
            start = MonotonicClock.Nanoseconds;
            Span<byte> answer = frame.Call(sizeBytes);
            elapsed += MonotonicClock.Nanoseconds - start;
            return answer.SequenceEqual(expected) ? elapsed : -1;
        });
        using (InPlaceExchange last = client.Reserve(1))
        {
            last.Call(1);
        }

        side.Finish();
        return outcome with { BytesPerOperation = 2L * sizeBytes };
    }

    private static DuplexServer Serve(string name, int size, ManualResetEventSlim stop) => DuplexServer.Start(
        name,
        (request, response) =>
        {
            if (request.Data.Length == 1)
            {
                stop.Set();
            }

            Span<byte> answer = response.Reserve(request.Data.Length);
            request.Data.CopyTo(answer);
            Invert(answer);
        },
        new DuplexServerOptions { Buffer = Buffer(size) });

    private static InPlaceServer ServeInPlace(string name, int size, ManualResetEventSlim stop) => InPlaceServer.Start(
        name,
        (data, requestBytes) =>
        {
            if (requestBytes == 1)
            {
                stop.Set();
            }

            Invert(data[..requestBytes]);
            return requestBytes;
        },
        new InPlaceServerOptions
        {
            PayloadSizeBytes = Math.Max(1 << 16, 2L * (size + 128L)),
            Segment = new SegmentOptions { Prefault = true },
            WaitStrategy = Spinning,
        });

    private static WaitStrategy Spinning => WaitStrategy.Latency with { SpinNanoseconds = 5_000_000 };

    private static ZeroBufferOptions Buffer(int size) => new()
    {
        MetadataSizeBytes = 64,
        PayloadSizeBytes = Math.Max(1 << 18, 2L * (size + 64L)),
        Segment = new SegmentOptions { Prefault = true },
        WaitStrategy = Spinning,
        WriteTimeout = s_patience,
    };
}
