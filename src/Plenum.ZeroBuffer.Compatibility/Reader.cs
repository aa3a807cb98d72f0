using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace ZeroBuffer;

/// <summary>The reading end of a buffer: creates it, owns it, removes it when disposed.</summary>
/// <remarks>One thread at a time; frames may be disposed on any thread. The work is done by
/// <see cref="ZeroBufferReader"/>.</remarks>
public sealed class Reader : IDisposable
{
    private const int PollMilliseconds = 100;
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(5);

    private readonly ZeroBufferReader _reader;
    private readonly ILogger<Reader> _logger;

    /// <summary>Creates a buffer.</summary>
    /// <param name="name">The name.</param>
    /// <param name="config">The sizes.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="ReaderAlreadyConnectedException">Another reader owns a buffer of that name.</exception>
    /// <exception cref="ZeroBufferException">The system refused, or the name belongs to something else.</exception>
    public Reader(string name, BufferConfig config)
        : this(name, config, NullLogger<Reader>.Instance)
    {
    }

    /// <summary>Creates a buffer.</summary>
    /// <param name="name">The name.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="logger">Receives creation and removal; nothing is logged per frame.</param>
    /// <inheritdoc cref="Reader(string, BufferConfig)" path="/exception"/>
    public Reader(string name, BufferConfig config, ILogger<Reader> logger)
        : this(name, config, logger, reservePages: true)
    {
    }

    /// <summary>Creates a buffer, as the package's quick start does it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="payloadSize">Size of the payload ring in bytes.</param>
    /// <param name="metadataSize">Size of the metadata block in bytes.</param>
    /// <inheritdoc cref="Reader(string, BufferConfig)" path="/exception"/>
    public Reader(string name, int payloadSize, int metadataSize)
        : this(name, new BufferConfig(metadataSize, payloadSize))
    {
    }

    internal Reader(string name, BufferConfig config, ILogger<Reader> logger, bool reservePages)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(logger);
        _logger = logger;
        Name = name;
        var options = new ZeroBufferOptions
        {
            MetadataSizeBytes = config.MetadataSize,
            PayloadSizeBytes = config.PayloadSize,
            Segment = SegmentOptions.Default with { ReservePages = reservePages },
        };
        try
        {
            _reader = Create(name, options);
        }
        catch (SharedMemoryException e)
        {
            throw Translation.ForReader(e);
        }

        _logger.LogDebug("Buffer {Name} created, payload {PayloadSize} bytes", name, config.PayloadSize);
    }

    /// <summary>The buffer's name.</summary>
    public string Name { get; }

    /// <summary>Waits until a buffer exists completely.</summary>
    /// <param name="name">The name.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="logger">Not needed; kept for the API.</param>
    /// <returns>Whether it exists and has a reader; false when the time is over.</returns>
    public static bool WaitExists(string name, TimeSpan timeout, ILogger? logger = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        long deadline = MonotonicClock.Deadline(timeout);
        using var never = new ManualResetEventSlim();
        while (true)
        {
            if (BufferLook.TryFindReader(name, out bool hasReader))
            {
                logger?.LogDebug("Buffer {Name} exists", name);
                return hasReader;
            }

            long left = (deadline - MonotonicClock.Nanoseconds) / 1_000_000;
            if (left <= 0)
            {
                return false;
            }

            never.Wait((int)Math.Min(left, PollMilliseconds));
        }
    }

    /// <summary>A copy of the metadata; empty when none was written yet.</summary>
    /// <exception cref="InvalidOperationException">Its length contradicts the header.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public ReadOnlySpan<byte> GetMetadata()
    {
        try
        {
            return _reader.Metadata.ToArray();
        }
        catch (SharedMemoryException e)
        {
            throw Translation.ForReader(e);
        }
    }

    /// <summary>Reads the next frame.</summary>
    /// <param name="timeout">How long to wait at most; 5 seconds by default.</param>
    /// <returns>The frame, or an invalid one when the time is over and the writer lives.</returns>
    /// <exception cref="WriterDeadException">The time is over and there is no writer.</exception>
    /// <exception cref="InvalidOperationException">The writer broke the protocol.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public Frame ReadFrame(TimeSpan? timeout = null)
    {
        if (TryRead(out Frame frame, timeout ?? s_defaultTimeout, CancellationToken.None))
        {
            return frame;
        }

        return IsWriterConnected() ? Frame.Invalid : throw new WriterDeadException();
    }

    /// <summary>Reads the next frame; waits for a writer and for its frame without a limit.</summary>
    /// <exception cref="WriterDeadException">The writer has gone and left no frame.</exception>
    /// <exception cref="InvalidOperationException">The writer broke the protocol.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public Frame Read()
    {
        ReadOutcome outcome = ReadOnce(out Frame frame, Timeout.InfiniteTimeSpan, CancellationToken.None);
        return outcome == ReadOutcome.Frame ? frame : throw new WriterDeadException();
    }

    /// <summary>Whether a writer is connected and lives.</summary>
    public bool IsWriterConnected() => _reader.IsWriterConnected;

    /// <summary>Waits for a writer.</summary>
    /// <param name="timeoutMs">How long to wait at most, in milliseconds.</param>
    /// <returns>Whether one is connected.</returns>
    public bool IsWriterConnected(int timeoutMs)
    {
        long deadline = MonotonicClock.Nanoseconds + (timeoutMs * 1_000_000L);
        using var never = new ManualResetEventSlim();
        while (!IsWriterConnected())
        {
            long left = (deadline - MonotonicClock.Nanoseconds) / 1_000_000;
            if (left <= 0)
            {
                return false;
            }

            never.Wait((int)Math.Min(left, PollMilliseconds));
        }

        return true;
    }

    /// <summary>Removes the buffer. Idempotent.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _logger.LogDebug("Buffer {Name} removed", Name);
    }

    /// <summary>Reads a frame, also of a writer that connects while this waits.</summary>
    internal bool TryRead(out Frame frame, TimeSpan timeout, CancellationToken cancellationToken)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        ManualResetEventSlim? never = null;
        try
        {
            while (true)
            {
                long left = Math.Max(0, deadline - MonotonicClock.Nanoseconds);
                TimeSpan wait = deadline == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(left / 100);
                ReadOutcome outcome = ReadOnce(out frame, wait, cancellationToken);
                if (outcome == ReadOutcome.Frame)
                {
                    return true;
                }

                if (outcome == ReadOutcome.TimedOut || left == 0)
                {
                    return false;
                }

                // The writer is gone; its successor may still come in time.
                never ??= new ManualResetEventSlim();
                never.Wait((int)Math.Clamp(left / 1_000_000, 1, 5), cancellationToken);
            }
        }
        finally
        {
            never?.Dispose();
        }
    }

    private static ZeroBufferReader Create(string name, ZeroBufferOptions options)
    {
        try
        {
            return ZeroBufferReader.Create(name, options);
        }
        catch (SharedMemorySpaceException)
        {
            // The replaced package never reserved memory, so its users may have buffers larger than what is free now.
            return ZeroBufferReader.Create(
                name, options with { Segment = options.Segment with { ReservePages = false } });
        }
    }

    private ReadOutcome ReadOnce(out Frame frame, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            ReadOutcome outcome = _reader.Read(out Plenum.ZeroBuffer.Frame found, timeout, cancellationToken);
            frame = outcome == ReadOutcome.Frame ? new Frame(found) : default;
            return outcome;
        }
        catch (SharedMemoryException e)
        {
            throw Translation.ForReader(e);
        }
    }
}
