using System.Globalization;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using static Plenum.TestPeer.PeerOutput;

namespace Plenum.TestPeer;

/// <summary>ZeroBuffer: the language of the foreign peers (tests/peers/python/README.md), spoken by this
/// library.</summary>
internal static class ZeroBufferVerbs
{
    /// <summary>Creates --name and reads --frames (0: until the writer is gone), or takes --steps.</summary>
    [Verb("zerobuffer-read")]
    public static int Read(PeerArguments arguments)
    {
        StepStop.Install(arguments);
        using var bench = new ZeroBufferBench(arguments);
        bench.Create(arguments.Text("name"), arguments.Number("metadata-size", 1024), arguments.Number("payload-size",
            10240));
        Line("ready");
        int code = 0;
        if (arguments.Flag("steps"))
        {
            bench.Serve();
        }
        else
        {
            code = ReadFrames(bench.RequireReader(), arguments);
        }

        bench.Dispose();
        Line("done");
        return code;
    }

    /// <summary>Connects to --name and writes --frames of --sizes, or takes --steps.</summary>
    [Verb("zerobuffer-write")]
    public static int Write(PeerArguments arguments)
    {
        StepStop.Install(arguments);
        using var bench = new ZeroBufferBench(arguments);
        bench.Connect(arguments.Text("name"), arguments.Number("wait-ms", 5000));
        Line("ready");
        ZeroBufferWriter writer = bench.RequireWriter();
        long metadata = arguments.Number("metadata-bytes", -1);
        if (metadata >= 0)
        {
            writer.Metadata.Write(FramePattern.Make((int)metadata, 0));
        }

        int code = 0;
        if (arguments.Flag("steps"))
        {
            bench.Serve();
        }
        else
        {
            code = WriteFrames(writer, arguments);
        }

        bench.Dispose();
        Line("done");
        return code;
    }

    /// <summary>Takes steps, starting with nothing.</summary>
    [Verb("zerobuffer-steps")]
    public static int Steps(PeerArguments arguments)
    {
        StepStop.Install(arguments);
        using var bench = new ZeroBufferBench(arguments);
        Line("ready");
        bench.Serve();
        bench.Dispose();
        Line("done");
        return 0;
    }

    private static int ReadFrames(ZeroBufferReader reader, PeerArguments arguments)
    {
        long wanted = arguments.Number("frames", 0);
        var timeout = TimeSpan.FromMilliseconds(arguments.Number("timeout-ms", 5000));
        string pattern = arguments.Text("pattern", "none");
        bool checksum = !arguments.Flag("no-checksum");
        long frames = 0;
        long bytes = 0;
        long errors = 0;
        ulong total = 0;
        string end = "count";
        while (wanted == 0 || frames < wanted)
        {
            ReadOutcome outcome = reader.Read(out Frame frame, timeout);
            if (outcome != ReadOutcome.Frame)
            {
                end = ZeroBufferBench.WordOf(outcome);
                break;
            }

            using (frame)
            {
                errors += ZeroBufferBench.Verify(frame.Span, pattern, (ulong)frames, frame.Sequence) ? 0 : 1;
                total = checksum ? FramePattern.Checksum(frame.Span, total) : 0;
                bytes += frame.SizeBytes;
                frames++;
            }
        }

        byte[]? metadata = reader.Metadata.ToArray();
        PeerEvent.Say(
            "summary",
            ("framesRead", frames),
            ("bytesRead", bytes),
            ("verifyErrors", errors),
            ("end", end),
            ("checksum", checksum ? FramePattern.Text(FramePattern.Checksum([], total)) : null),
            ("metadata", metadata is null ? null : Convert.ToHexStringLower(metadata)));
        bool complete = end == "count" || (wanted == 0 && end == "writer-closed");
        return complete && errors == 0 ? 0 : 1;
    }

    private static int WriteFrames(ZeroBufferWriter writer, PeerArguments arguments)
    {
        int[] sizes = [.. arguments.Text("sizes", "1024").Split(',').Select(size =>
            int.Parse(size, CultureInfo.InvariantCulture))];
        long count = arguments.Number("frames", sizes.Length);
        string pattern = arguments.Text("pattern", "sequential");
        bool checksum = !arguments.Flag("no-checksum");
        long bytes = 0;
        ulong total = 0;
        long frames = 0;
        string end = "count";
        byte[] data = new byte[sizes.Max()];
        while (frames < count)
        {
            Span<byte> frame = data.AsSpan(0, sizes[frames % sizes.Length]);
            ZeroBufferBench.Fill(frame, pattern, (ulong)frames, (ulong)frames + 1);
            try
            {
                writer.Write(frame);
            }
            catch (Exception e) when (e is SharedMemoryException or TimeoutException)
            {
                ZeroBufferBench.SayError(e);
                end = ZeroBufferBench.CodeOf(e);
                break;
            }

            total = checksum ? FramePattern.Checksum(frame, total) : 0;
            bytes += frame.Length;
            frames++;
        }

        PeerEvent.Say(
            "summary",
            ("framesWritten", frames),
            ("bytesWritten", bytes),
            ("end", end),
            ("checksum", checksum ? FramePattern.Text(FramePattern.Checksum([], total)) : null));
        if (arguments.Flag("stay"))
        {
            while (Next() is { } line && line != "close")
            {
                Line("stay");
            }
        }

        return end == "count" ? 0 : 1;
    }
}
