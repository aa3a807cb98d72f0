using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>The reading end of a buffer: creates it, owns it, and removes it when disposed.</summary>
/// <remarks>
/// <para>One reader and one writer per buffer. An endpoint serves one thread at a time; using it from two threads at once, or
/// disposing it during a blocked call, ends in an exception and never in a crash. Frames may be disposed on any thread.</para>
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
    private readonly BufferOwnership _buffer;
    private readonly RingReader _ring;
    private readonly RingLeasePool _leases = new();
    private readonly FrameTokens _tokens;
    private readonly UseGate _gate = new();
    private SegmentCorruptedException? _fault;

    private ZeroBufferReader(BufferNames names, BufferOwnership buffer, ZeroBufferOptions options)
    {
        Name = names.Value;
        _buffer = buffer;
        _ring = new RingReader(buffer.Segment, buffer.Segment, buffer.Layout, buffer.SpaceFreed);
        _tokens = new FrameTokens(buffer, _ring, _leases, options, _gate);
    }

    /// <summary>The buffer's name without a leading slash.</summary>
    public string Name { get; }

    /// <summary>Size of the payload ring in bytes.</summary>
    public long PayloadSizeBytes => _buffer.Layout.PayloadSizeBytes;

    /// <summary>Size of the metadata block in bytes.</summary>
    public long MetadataSizeBytes => _buffer.Layout.MetadataSizeBytes;

    /// <summary>Frames read so far.</summary>
    public long FramesRead { get; private set; }

    /// <summary>Bytes of data read so far, without headers.</summary>
    public long BytesRead { get; private set; }

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
        BufferOwnership buffer = BufferOwnership.Create(names, options);
        try
        {
            var reader = new ZeroBufferReader(names, buffer, options);
            buffer = null!;
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
    public bool TryRead(out Frame frame) =>
        Read(out frame, TimeSpan.Zero) == ReadOutcome.Frame;

    /// <summary>Reads the next frame; waits for it.</summary>
    /// <param name="frame">The frame; dispose it. A default value unless the outcome is <see cref="ReadOutcome.Frame"/>.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A frame, or why there is none.</returns>
    /// <exception cref="SegmentCorruptedException">The writer broke the protocol.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the reader.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, also during the wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ReadOutcome Read(out Frame frame, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        _gate.Enter(this);
        try
        {
            ReadOutcome outcome = Next(timeout, out RingFrame found, cancellationToken);
            frame = outcome == ReadOutcome.Frame ? Lease(found) : default;
            return outcome;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Says that the reader is gone, removes the buffer's names, and releases the memory when no frame is held any more.
    /// Idempotent. A call blocked in another thread ends with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (_gate.TryClose())
        {
            _leases.Orphanize(_buffer.Segment);
            _buffer.Dispose();
        }
    }

    internal void Release(RingLease lease, ulong ticket)
    {
        if (lease.TryRedeem(ticket))
        {
            _ring.GiveBack(lease.Bytes, lease.Frames);
            lease.EndRedeem(ticket);
        }
        else
        {
            lease.ReleaseOrphan(ticket, _buffer.Segment);
        }
    }

    private ReadOutcome Next(TimeSpan timeout, out RingFrame frame, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        long deadline = 0;
        while (true)
        {
            bool unposted = false;
            if (!_tokens.TryTake())
            {
                if (deadline == 0)
                {
                    deadline = timeout == TimeSpan.Zero ? -1 : MonotonicClock.Deadline(timeout);
                }

                ReadOutcome outcome = _tokens.Wait(deadline, out unposted, cancellationToken);
                if (outcome != ReadOutcome.Frame)
                {
                    frame = default;
                    return outcome;
                }
            }

            if (TryNext(out frame))
            {
                return ReadOutcome.Frame;
            }
        }
    }

    private bool TryNext(out RingFrame frame)
    {
        try
        {
            return _ring.TryNext(_leases, out frame);
        }
        catch (SegmentCorruptedException e)
        {
            _fault = e;
            throw;
        }
    }

    private Frame Lease(scoped in RingFrame found)
    {
        FramesRead++;
        BytesRead += found.SizeBytes;
        RingLease lease = _leases.Take();
        ulong ticket = lease.Take((ulong)found.SizeBytes + Layout.FrameHeader.SizeBytes, 1);
        return new Frame(this, lease, ticket, _ring.Data(found), found.Sequence);
    }

    private void ThrowIfFaulted()
    {
        if (_fault is not null)
        {
            ThrowFault(_fault);
        }
    }

    [DoesNotReturn]
    private static void ThrowFault(SegmentCorruptedException fault) => throw new SegmentCorruptedException(
        fault.Message, fault.Operation, fault.Name, fault.Field, fault.Value);
}
