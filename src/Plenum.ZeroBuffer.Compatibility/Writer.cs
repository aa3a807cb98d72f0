using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Plenum.Platform;
using Plenum.ZeroBuffer;

namespace ZeroBuffer;

/// <summary>The writing end of a buffer.</summary>
/// <remarks>One thread at a time. The work is done by <see cref="ZeroBufferWriter"/>.</remarks>
public sealed class Writer : IDisposable
{
    private readonly ILogger<Writer> _logger;
    private readonly bool _reservePages;
    private ZeroBufferWriter? _writer;
    private OwnedReservation? _frame;
    private byte[]? _metadata;
    private bool _disposed;

    /// <summary>Connects to a buffer that exists.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="BufferNotFoundException">There is no such buffer.</exception>
    /// <exception cref="WriterAlreadyConnectedException">Another writer is connected; it notices nothing.</exception>
    /// <exception cref="ReaderDeadException">The buffer's reader is gone.</exception>
    /// <exception cref="InvalidOperationException">It is no buffer of this version, or not complete yet.</exception>
    /// <exception cref="ZeroBufferException">The system refused.</exception>
    public Writer(string name)
        : this(name, NullLogger<Writer>.Instance)
    {
    }

    /// <summary>Connects to a buffer that exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="logger">Receives connection and disconnection; nothing is logged per frame.</param>
    /// <inheritdoc cref="Writer(string)" path="/exception"/>
    public Writer(string name, ILogger<Writer> logger)
        : this(name, logger, reservePages: true) => Attach();

    /// <summary>Prepares a writer, as the package's quick start does it; <see cref="Connect()"/> connects it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="payloadSize">Not needed: the reader decides the sizes.</param>
    /// <param name="metadataSize">Not needed: the reader decides the sizes.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public Writer(string name, int payloadSize, int metadataSize)
        : this(name, NullLogger<Writer>.Instance, reservePages: true)
    {
        _ = payloadSize;
        _ = metadataSize;
    }

    private Writer(string name, ILogger<Writer> logger, bool reservePages)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(logger);
        Name = name;
        _logger = logger;
        _reservePages = reservePages;
    }

    /// <summary>The buffer's name.</summary>
    public string Name { get; }

    /// <summary>How long a write waits for space. 5 seconds by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    public TimeSpan WriteTimeout
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    }
        = TimeSpan.FromSeconds(5);

    private ZeroBufferWriter Connected
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _writer ?? throw new InvalidOperationException(
                $"The writer of '{Name}' is not connected. Call Connect() before the first write.");
        }
    }

    /// <summary>Connects; waits for the reader without a limit. Does nothing when connected.</summary>
    /// <exception cref="WriterAlreadyConnectedException">Another writer is connected; it notices nothing.</exception>
    /// <exception cref="InvalidOperationException">It is no buffer of this version.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Connect() => Connect(Timeout.InfiniteTimeSpan);

    /// <summary>Connects; waits for the reader. Does nothing when connected.</summary>
    /// <param name="timeout">How long to wait at most.</param>
    /// <exception cref="BufferNotFoundException">The time is over.</exception>
    /// <inheritdoc cref="Connect()" path="/exception"/>
    public void Connect(TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            _writer ??= ZeroBufferWriter.Connect(Name, timeout, Options(_reservePages));
        }
        catch (TimeoutException e)
        {
            throw new BufferNotFoundException(e.Message, e);
        }
        catch (SharedMemoryException e)
        {
            throw Translation.ForWriter(e);
        }
    }

    /// <summary>Room for the metadata, to be filled; <see cref="CommitMetadata"/> publishes it.</summary>
    /// <param name="size">Its size in bytes.</param>
    /// <exception cref="InvalidOperationException">Metadata was written before, or the writer is not
    /// connected.</exception>
    /// <exception cref="ArgumentException">It does not fit the metadata block; nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public Span<byte> GetMetadataBuffer(int size)
    {
        ZeroBufferWriter writer = Connected;
        if (writer.Metadata.IsWritten)
        {
            throw new InvalidOperationException($"The metadata of '{Name}' was written before; it is written once.");
        }

        if (size < 0 || size > writer.Metadata.CapacityBytes || writer.MetadataSizeBytes == 0)
        {
            throw new ArgumentException(
                $"Metadata of {size} bytes does not fit the block of '{Name}': {writer.Metadata.CapacityBytes} bytes "
                + "fit.", nameof(size));
        }

        _metadata = new byte[size];
        return _metadata;
    }

    /// <summary>Publishes the metadata.</summary>
    /// <exception cref="InvalidOperationException">There was no <see cref="GetMetadataBuffer"/> before.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void CommitMetadata()
    {
        ZeroBufferWriter writer = Connected;
        byte[] metadata = _metadata
            ?? throw new InvalidOperationException("There is no metadata to commit. Call GetMetadataBuffer first.");
        _metadata = null;
        writer.Metadata.Write(metadata);
    }

    /// <summary>Writes the metadata.</summary>
    /// <param name="data">The bytes.</param>
    /// <inheritdoc cref="GetMetadataBuffer(int)" path="/exception"/>
    public void SetMetadata(ReadOnlySpan<byte> data)
    {
        data.CopyTo(GetMetadataBuffer(data.Length));
        CommitMetadata();
    }

    /// <summary>Room for a frame in the ring, to be filled in place; <see cref="CommitFrame"/> publishes it. Room that
    /// was not committed is given up.</summary>
    /// <param name="size">Size of the data in bytes.</param>
    /// <param name="sequenceNumber">The number of the frame.</param>
    /// <exception cref="BufferFullException">No room within <see cref="WriteTimeout"/>.</exception>
    /// <exception cref="FrameTooLargeException">The frame can never be written.</exception>
    /// <exception cref="ReaderDeadException">The reader is gone.</exception>
    /// <exception cref="ArgumentException">The size is 0.</exception>
    /// <exception cref="InvalidOperationException">The writer is not connected, or the reader broke the
    /// protocol.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public Span<byte> GetFrameBuffer(int size, out ulong sequenceNumber)
    {
        ZeroBufferWriter writer = Connected;
        GiveUpFrame();
        RequireReader(writer);
        try
        {
            if (!writer.TryReserve(size, out FrameReservation room, WriteTimeout))
            {
                throw new BufferFullException();
            }

            _frame = room.ToOwned();
            sequenceNumber = room.Sequence;
            return _frame.Span;
        }
        catch (SharedMemoryException e)
        {
            throw Translation.ForWriter(e);
        }
    }

    /// <summary>Publishes the frame.</summary>
    /// <exception cref="InvalidOperationException">There was no <see cref="GetFrameBuffer"/> before.</exception>
    /// <exception cref="ReaderDeadException">The reader is gone.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void CommitFrame()
    {
        _ = Connected;
        OwnedReservation frame = _frame
            ?? throw new InvalidOperationException("There is no frame to commit. Call GetFrameBuffer first.");
        _frame = null;
        try
        {
            frame.Commit();
        }
        catch (SharedMemoryException e)
        {
            throw Translation.ForWriter(e);
        }
    }

    /// <summary>Writes a frame.</summary>
    /// <param name="data">The data, at least 1 byte.</param>
    /// <inheritdoc cref="GetFrameBuffer(int, out ulong)" path="/exception"/>
    public void WriteFrame(ReadOnlySpan<byte> data)
    {
        ZeroBufferWriter writer = Connected;
        GiveUpFrame();
        RequireReader(writer);
        try
        {
            if (!writer.TryWrite(data, WriteTimeout))
            {
                throw new BufferFullException();
            }
        }
        catch (SharedMemoryException e)
        {
            throw Translation.ForWriter(e);
        }
    }

    /// <summary>Writes a frame: <see cref="WriteFrame"/> under the name of the package's quick start.</summary>
    /// <param name="data">The data, at least 1 byte.</param>
    /// <inheritdoc cref="GetFrameBuffer(int, out ulong)" path="/exception"/>
    public void Write(ReadOnlySpan<byte> data) => WriteFrame(data);

    /// <summary>Whether the reader is there and lives.</summary>
    public bool IsReaderConnected() => !_disposed && _writer is { IsReaderConnected: true };

    /// <summary>Leaves the buffer. Idempotent.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            GiveUpFrame();
            _writer?.Dispose();
            _logger.LogDebug("Buffer {Name} left", Name);
        }
    }

    /// <summary>A writer that takes a buffer larger than the free memory as it is.</summary>
    internal static Writer ConnectSparse(string name)
    {
        var writer = new Writer(name, NullLogger<Writer>.Instance, reservePages: false);
        writer.Attach();
        return writer;
    }

    private static ZeroBufferOptions Options(bool reservePages) => new()
    {
        Segment = SegmentOptions.Default with { ReservePages = reservePages },
    };

    private void Attach()
    {
        try
        {
            _writer = ConnectNow(_reservePages);
        }
        catch (SharedMemorySpaceException)
        {
            // The replaced package never reserved memory, so its users may have buffers larger than what is free now.
            _writer = ConnectNow(reservePages: false);
        }

        _logger.LogDebug("Connected to buffer {Name}", Name);
    }

    private ZeroBufferWriter ConnectNow(bool reservePages)
    {
        try
        {
            return ZeroBufferWriter.Connect(Name, Options(reservePages));
        }
        catch (SharedMemorySpaceException) when (reservePages)
        {
            throw;
        }
        catch (SharedMemoryException e)
        {
            throw Translation.ForWriter(e);
        }
    }

    // The replaced package says so before it writes, also while there is room.
    private static void RequireReader(ZeroBufferWriter writer)
    {
        if (writer.State is WriterState.NoReader or WriterState.ReaderDead)
        {
            throw new ReaderDeadException();
        }
    }

    private void GiveUpFrame()
    {
        _frame?.Dispose();
        _frame = null;
    }
}
