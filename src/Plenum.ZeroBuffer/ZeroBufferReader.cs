using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>The reading end of a buffer: creates it, owns it, and removes it when disposed.</summary>
/// <remarks>
/// <para>One reader and one writer per buffer. An endpoint serves one thread at a time; using it from two threads at
/// once, or disposing it during a blocked call, ends in an exception and never in a crash. Frames may be disposed on
/// any thread, and the properties may be read on any thread.</para>
/// <para>A blocked read notices within 100 ms that its writer closed or was killed, whoever the writer is.</para>
/// <example>
/// <code>
/// using var reader = ZeroBufferReader.Create("camera");
/// while (reader.Read(out Frame frame, TimeSpan.FromSeconds(5)) == ReadOutcome.Frame)
/// {
///     using (frame)
///     {
///         Process(frame.Span);
///     }
/// }
/// </code>
/// </example>
/// </remarks>
public sealed class ZeroBufferReader : IDisposable
{
    private ZeroBufferReader(BufferNames names, BufferOwnership buffer, ZeroBufferOptions options)
    {
        Name = names.Value;
        Endpoint = new ReaderEndpoint(this, buffer, options);
        Metadata = new MetadataReader(Endpoint, new MetadataArea(buffer.Segment, buffer.Layout));
        BufferMetrics.Add(this);
    }

    /// <summary>Raised after an operation of this end saw the health change, on the thread of that operation.</summary>
    /// <remarks>The buffer is not locked during the call. A handler that throws makes the operation throw.</remarks>
    public event EventHandler<BufferHealthChange>? HealthChanged;

    /// <summary>The buffer's name without a leading slash.</summary>
    public string Name { get; }

    /// <summary>Size of the payload ring in bytes.</summary>
    public long PayloadSizeBytes => Endpoint.Buffer.Layout.PayloadSizeBytes;

    /// <summary>Size of the metadata block in bytes.</summary>
    public long MetadataSizeBytes => Endpoint.Buffer.Layout.MetadataSizeBytes;

    /// <summary>The protocol version of the buffer.</summary>
    public ProtocolVersion ProtocolVersion => Endpoint.Buffer.Layout.Version;

    /// <summary>The metadata that a writer wrote.</summary>
    public MetadataReader Metadata { get; }

    /// <summary>What the reader is doing. Any thread.</summary>
    public ReaderState State => Endpoint.State;

    /// <summary>Frames, bytes, waits and wraps so far. Any thread.</summary>
    public BufferStatistics Statistics => Endpoint.Statistics;

    /// <summary>How full the ring was when this end looked last. Any thread.</summary>
    public BufferHealth Health => Endpoint.Health.Health;

    /// <summary>The part of the ring in use now, 0 to 1; after Dispose as seen last. Any thread.</summary>
    public double Utilisation => Endpoint.Peer.TryReadFree(out ulong free)
        ? Endpoint.Health.UtilisationOf(free)
        : Endpoint.Health.Utilisation;

    /// <summary>Whether a live writer is connected now; one or two system calls. Any thread.</summary>
    public bool IsWriterConnected => Endpoint.Peer.IsPeerPresent();

    internal ReaderEndpoint Endpoint { get; }

    /// <summary>Creates a buffer. A buffer whose reader died is replaced.</summary>
    /// <param name="name">The name, with or without a leading slash; at most 245 bytes in UTF-8.</param>
    /// <param name="options">Sizes, permission, waiting; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="SegmentBusyException">Another reader owns a buffer of that name.</exception>
    /// <exception cref="SegmentExistsException">A segment of that name exists and is not a buffer.</exception>
    /// <exception cref="SharedMemorySpaceException">There is not enough shared memory.</exception>
    /// <exception cref="SharedMemoryException">The system refused.</exception>
    public static ZeroBufferReader Create(string name, ZeroBufferOptions? options = null)
    {
        var names = BufferNames.Parse(name);
        options ??= ZeroBufferOptions.Default;
        options.Validate();
        BufferOwnership? buffer = BufferOwnership.Create(names, options);
        try
        {
            var reader = new ZeroBufferReader(names, buffer, options);
            buffer = null;
            return reader;
        }
        finally
        {
            buffer?.Dispose();
        }
    }

    /// <summary>Reads the next frame if there is one. Never blocks.</summary>
    /// <param name="frame">The frame; dispose it.</param>
    /// <returns>False when no frame is waiting.</returns>
    /// <exception cref="SegmentCorruptedException">The writer broke the protocol.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the reader.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public bool TryRead(out Frame frame) => Endpoint.Read(out frame, TimeSpan.Zero, default) == ReadOutcome.Frame;

    /// <summary>Reads the next frame; waits for it.</summary>
    /// <param name="frame">The frame; dispose it. A default value unless the outcome is
    /// <see cref="ReadOutcome.Frame"/>.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A frame, or why there is none.</returns>
    /// <exception cref="SegmentCorruptedException">The writer broke the protocol.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the reader.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, also during the wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ReadOutcome Read(out Frame frame, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Endpoint.Read(out frame, timeout, cancellationToken);

    /// <summary>Reads the next frame; waits for it.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The frame; not <see cref="Frame.IsValid"/> when the time is over or the writer closed.</returns>
    /// <exception cref="PeerTerminatedException">The writer died, and all its frames have been read.</exception>
    /// <inheritdoc cref="Read(out Frame, TimeSpan, CancellationToken)" path="/exception"/>
    public Frame Read(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ReadOutcome outcome = Endpoint.Read(out Frame frame, timeout, cancellationToken);
        if (outcome == ReadOutcome.WriterDied)
        {
            Endpoint.ThrowWriterDied();
        }

        return frame;
    }

    /// <summary>Reads all frames that are waiting, up to a number, as one; waits for the first.</summary>
    /// <param name="batch">The frames; dispose it.</param>
    /// <param name="maximum">The most frames, at least 1; more than 1024 count as 1024.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Frames, or why there are none.</returns>
    /// <inheritdoc cref="Read(out Frame, TimeSpan, CancellationToken)" path="/exception"/>
    public ReadOutcome ReadBatch(
        out FrameBatch batch, int maximum, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Endpoint.ReadBatch(out batch, maximum, timeout, cancellationToken);

    /// <summary>Says that the reader is gone, removes the buffer's names, and releases the memory when no frame is
    /// held any more. Idempotent. A call blocked in another thread ends with
    /// <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        BufferMetrics.Remove(this);
        Endpoint.Close();
    }

    internal void RaiseHealthChanged()
    {
        if (Endpoint.Health.TryTakeChange(out BufferHealthChange change))
        {
            HealthChanged?.Invoke(this, change);
        }
    }
}
