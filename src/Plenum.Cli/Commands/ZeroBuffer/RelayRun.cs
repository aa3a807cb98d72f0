using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Cli.Output;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Copies frames from one ring straight into another.</summary>
internal sealed class RelayRun(ZeroBufferReader reader, ZeroBufferWriter writer, RelayRunOptions options)
{
    internal RunReport Report { get; } = new($"{reader.Name} to {writer.Name}", "framesRelayed", "bytesRelayed");

    internal static string WhyEnded(int code) => code switch
    {
        ExitCode.TimedOut => "no frame in time",
        ExitCode.PeerDied => "the writer died",
        _ => "the writer closed early",
    };

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code.</returns>
    internal int Run(CommandContext context)
    {
        try
        {
            while (options.Frames == 0 || Report.Frames < options.Frames)
            {
                ReadOutcome outcome = reader.Read(out Frame frame, options.Timeout, context.Cancellation);
                if (outcome != ReadOutcome.Frame)
                {
                    return End(outcome);
                }

                using (frame)
                {
                    Report.Start();
                    PassMetadata();
                    Pass(frame, context.Cancellation);
                }

                if (options.LogInterval > 0 && Report.Frames % options.LogInterval == 0)
                {
                    context.Error.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"relayed {Report.Frames} frames"));
                }
            }

            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Cancelled;
        }
        finally
        {
            Report.Stop();
        }
    }

    private int End(ReadOutcome outcome) => outcome switch
    {
        ReadOutcome.TimedOut => ExitCode.TimedOut,
        ReadOutcome.WriterDied => ExitCode.PeerDied,
        _ => Report.Frames < options.Frames ? ExitCode.Problem : ExitCode.Success,
    };

    // A writer sends its metadata before its first frame.
    private void PassMetadata()
    {
        if (Report.Frames == 0 && !writer.Metadata.IsWritten && reader.Metadata.ToArray() is { } metadata
            && metadata.Length <= writer.Metadata.CapacityBytes)
        {
            writer.Metadata.Write(metadata);
        }
    }

    private void Pass(in Frame frame, CancellationToken cancellation)
    {
        ReadOnlySpan<byte> source = frame.Span;
        if (!writer.TryReserve(source.Length, out FrameReservation room, options.Timeout, cancellation))
        {
            throw CommandException.TimedOut(
                $"relaying to '{writer.Name}': no space for {source.Length} bytes in time; is its reader stopped?");
        }

        using (room)
        {
            Span<byte> target = room.Span;
            source.CopyTo(target);
            switch (options.Transform)
            {
                case "xor":
                    Xor(target, options.XorKey);
                    break;
                case "reverse":
                    target.Reverse();
                    break;
                default:
                    break;
            }

            room.Commit();
        }

        Report.Count(source.Length);
    }

    private static void Xor(Span<byte> bytes, byte key)
    {
        var keys = new System.Numerics.Vector<byte>(key);
        int at = 0;
        for (; at <= bytes.Length - System.Numerics.Vector<byte>.Count; at += System.Numerics.Vector<byte>.Count)
        {
            (new System.Numerics.Vector<byte>(bytes[at..]) ^ keys).CopyTo(bytes[at..]);
        }

        for (; at < bytes.Length; at++)
        {
            bytes[at] ^= key;
        }
    }
}
