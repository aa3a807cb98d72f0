using Plenum.Cli.Output;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Reads frames until the end and looks at each.</summary>
internal sealed class ReadRun(ZeroBufferReader reader, ReadRunOptions options)
{
    private readonly FramePattern _pattern = new(options.Pattern);
    private ulong _lastSequence;

    internal string Name => reader.Name;

    internal RunReport Report { get; } = new(reader.Name, "framesRead", "bytesRead");

    internal long VerifyErrors { get; private set; }

    internal long SequenceErrors { get; private set; }

    internal FrameChecksum? Checksum => options.Checksum;

    internal string? MetadataBase64 => reader.Metadata.ToArray() is { } bytes ? Convert.ToBase64String(bytes) : null;

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code.</returns>
    internal int Run(CancellationToken cancellation)
    {
        try
        {
            return Loop(cancellation);
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

    private int Loop(CancellationToken cancellation)
    {
        while (options.Frames == 0 || Report.Frames < options.Frames)
        {
            ReadOutcome outcome = options.Batch > 1 ? ReadSome(cancellation) : ReadOne(cancellation);
            if (outcome != ReadOutcome.Frame)
            {
                return End(outcome);
            }
        }

        return VerifyErrors + SequenceErrors == 0 ? ExitCode.Success : ExitCode.Problem;
    }

    private ReadOutcome ReadOne(CancellationToken cancellation)
    {
        ReadOutcome outcome = reader.Read(out Frame frame, options.Timeout, cancellation);
        if (outcome == ReadOutcome.Frame)
        {
            using (frame)
            {
                Look(frame.Span, frame.Sequence);
            }
        }

        return outcome;
    }

    private ReadOutcome ReadSome(CancellationToken cancellation)
    {
        long left = options.Frames == 0 ? options.Batch : options.Frames - Report.Frames;
        ReadOutcome outcome = reader.ReadBatch(
            out FrameBatch batch, (int)Math.Min(options.Batch, left), options.Timeout, cancellation);
        if (outcome == ReadOutcome.Frame)
        {
            using (batch)
            {
                for (int i = 0; i < batch.Count; i++)
                {
                    Look(batch[i], batch.SequenceOf(i));
                }
            }
        }

        return outcome;
    }

    private int End(ReadOutcome outcome) => outcome switch
    {
        ReadOutcome.TimedOut => ExitCode.TimedOut,
        ReadOutcome.WriterDied => ExitCode.PeerDied,
        _ when VerifyErrors + SequenceErrors > 0 || Report.Frames < options.Frames => ExitCode.Problem,
        _ => ExitCode.Success,
    };

    private void Look(ReadOnlySpan<byte> data, ulong sequence)
    {
        Report.Start();
        bool right =
            (options.SizeBytes == 0 || data.Length == options.SizeBytes) && _pattern.Matches(data, Report.Frames);
        VerifyErrors += right ? 0 : 1;

        // A new writer starts again at 1.
        SequenceErrors += sequence == _lastSequence + 1 || sequence == 1 ? 0 : 1;
        _lastSequence = sequence;
        options.Checksum?.Add(data);
        options.Output?.Write(data);
        Report.Count(data.Length);
    }
}
