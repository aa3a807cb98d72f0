using System.Globalization;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.InPlace;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>The two ends of a duplex or in-place channel, as processes.</summary>
internal static class DuplexVerbs
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    /// <summary>Serves --name with --mode echo|reverse|xor until a line of input; --fail-every K throws for each K-th
    /// request, --slow-ms N takes its time, --pool runs on the thread pool, --in-place edits (--own-segment).
    /// The --gate N-th request prints "at gate" and waits for the line "go"; any other line prints the counts.</summary>
    [Verb("duplex-serve")]
    public static int Serve(PeerArguments arguments)
    {
        StepStop.Install(arguments);
        var work = new DuplexWork(arguments);
        string name = arguments.Text("name");
        DuplexProcessing processing = arguments.Flag("pool")
            ? DuplexProcessing.ThreadPool
            : DuplexProcessing.SingleThread;
        long payload = arguments.Number("payload-size", 1 << 20);
        using IDisposable server = arguments.Flag("in-place")
            ? StartInPlace(name, work, processing, payload, arguments.Flag("own-segment"))
            : StartCopying(name, work, processing, payload);
        Line("ready");
        while (Next() is { } line && line != "close")
        {
            if (line == "go")
            {
                work.OpenGate();
            }
            else
            {
                Line(string.Create(CultureInfo.InvariantCulture, $"handled {work.Handled} errors {work.Errors}"));
            }
        }

        server.Dispose();
        Line(string.Create(CultureInfo.InvariantCulture, $"served {work.Handled} errors {work.Errors}"));
        Line("done");
        return 0;
    }

    /// <summary>Calls --name --requests times with --sizes bytes and verifies every answer against --mode; --steps takes
    /// one line of input for each call; --in-place edits; --metadata N.</summary>
    [Verb("duplex-call")]
    public static int Call(PeerArguments arguments)
    {
        StepStop.Install(arguments);
        using var caller = new DuplexCaller(arguments, s_wait);
        Line("ready");
        long requests = arguments.Number("requests", 1);
        for (long i = 0; i < requests; i++)
        {
            if (arguments.Flag("steps") && Next() is null or "close")
            {
                break;
            }

            caller.CallOnce(i);
            if (arguments.Flag("steps"))
            {
                Line("call " + caller.LastOutcome);
            }
        }

        if (arguments.Flag("stay"))
        {
            Line("stay");
            _ = Next();
        }

        caller.Dispose();
        Line(string.Create(
            CultureInfo.InvariantCulture, $"called {caller.Answered} failed {caller.Failed} wrong {caller.Wrong}"));
        Line("done");
        return caller.Wrong == 0 ? 0 : 1;
    }

    private static DuplexServer StartCopying(
        string name, DuplexWork work, DuplexProcessing processing, long payload)
    {
        var options = new DuplexServerOptions
        {
            Buffer = new ZeroBufferOptions { MetadataSizeBytes = 256, PayloadSizeBytes = payload },
            Processing = processing,
            StopTimeout = s_wait,
        };
        DuplexServer server = DuplexServer.Start(name, work.Handle, options);
        server.Error += (_, _) => work.CountError();
        return server;
    }

    private static InPlaceServer StartInPlace(
        string name, DuplexWork work, DuplexProcessing processing, long payload, bool ownSegment)
    {
        var options = new InPlaceServerOptions
        {
            MetadataSizeBytes = 256,
            PayloadSizeBytes = payload,
            PayloadLocation = ownSegment ? PayloadLocation.OwnSegment : PayloadLocation.SameSegment,
            QueueSize = 8,
            Processing = processing,
            StopTimeout = s_wait,
        };
        InPlaceServer server = InPlaceServer.Start(name, work.Edit, options);
        server.Error += (_, _) => work.CountError();
        return server;
    }
}
