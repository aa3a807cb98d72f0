using System.Globalization;
using Plenum.Cli.Hosting;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Writes frames in place until the end of the run or of the input.</summary>
internal sealed class WriteRun(ZeroBufferWriter writer, WriteRunOptions options)
{
    private readonly FramePattern _pattern = new(options.Pattern);
    private byte[] _chunk = [];

    internal RunReport Report { get; } = new(writer.Name, "framesWritten", "bytesWritten");

    internal FrameChecksum? Checksum => options.Checksum;

    internal void Run(CommandContext context)
    {
        Report.Start();
        long start = MonotonicClock.Nanoseconds;
        try
        {
            while (Report.Frames < options.Frames)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                bool more = options.Input is not null ? WriteInput(context.Cancellation)
                    : options.Batch > 1 ? WriteBatch(context.Cancellation)
                    : WritePattern(context.Cancellation);
                if (!more)
                {
                    break;
                }

                if (options.Pause > TimeSpan.Zero && Report.Frames % options.Batch == 0
                    && Report.Frames < options.Frames)
                {
                    Pause(context, start);
                }
            }
        }
        finally
        {
            Report.Stop();
        }
    }

    private bool WritePattern(CancellationToken cancellation)
    {
        Reserve(options.SizeBytes, out FrameReservation frame, cancellation);
        using (frame)
        {
            _pattern.Fill(frame.Span, Report.Frames);
            Commit(frame, options.SizeBytes);
        }

        return true;
    }

    // What fits of a batch is published together; only a full buffer makes it wait, for one frame.
    private bool WriteBatch(CancellationToken cancellation)
    {
        int left = (int)Math.Min(options.Batch, options.Frames - Report.Frames);
        using (FrameBatchWriter batch = writer.StartBatch())
        {
            int added = 0;
            for (; added < left && batch.TryReserve(options.SizeBytes, out Span<byte> room); added++)
            {
                _pattern.Fill(room, Report.Frames);
                options.Checksum?.Add(room);
                Report.Count(options.SizeBytes);
            }

            if (added > 0)
            {
                batch.Publish();
                return true;
            }
        }

        return WritePattern(cancellation);
    }

    // Read before room is reserved: an input that is slow must not hold the ring, and the last frame may be short.
    private bool WriteInput(CancellationToken cancellation)
    {
        if (_chunk.Length == 0)
        {
            _chunk = new byte[options.SizeBytes];
        }

        int length = ReadChunk(options.Input!, cancellation);
        if (length == 0)
        {
            return false;
        }

        Reserve(length, out FrameReservation frame, cancellation);
        using (frame)
        {
            _chunk.AsSpan(0, length).CopyTo(frame.Span);
            Commit(frame, length);
        }

        return length == _chunk.Length;
    }

    // A pipe may stay silent for ever: it is read on another thread, which Ctrl-C leaves behind.
    private int ReadChunk(Stream input, CancellationToken cancellation) => input.CanSeek
        ? input.ReadAtLeast(_chunk, _chunk.Length, throwOnEndOfStream: false)
        : Task.Run(() => input.ReadAtLeast(_chunk, _chunk.Length, throwOnEndOfStream: false), CancellationToken.None)
            .WaitAsync(cancellation).GetAwaiter().GetResult();

    private void Reserve(int size, out FrameReservation frame, CancellationToken cancellation)
    {
        if (!writer.TryReserve(size, out frame, options.Timeout, cancellation))
        {
            throw CommandException.TimedOut(string.Create(CultureInfo.InvariantCulture,
                $"writing '{writer.Name}': no space for {size} bytes within "
                + $"{options.Timeout.TotalMilliseconds:0} ms, after "
                + $"{Report.Frames} frames; is its reader stopped?"));
        }
    }

    private void Commit(in FrameReservation frame, int size)
    {
        options.Checksum?.Add(frame.Span);
        frame.Commit();
        Report.Count(size);
    }

    private void Pause(CommandContext context, long start)
    {
        TimeSpan pause = options.Pause;
        if (options.IsPaced)
        {
            long due = start + (long)(Report.Frames / options.Batch * (options.Pause.TotalSeconds * 1e9));
            pause = TimeSpan.FromTicks((due - MonotonicClock.Nanoseconds) / 100);
        }

        if (!context.Delay(pause))
        {
            throw new OperationCanceledException(context.Cancellation);
        }
    }
}
