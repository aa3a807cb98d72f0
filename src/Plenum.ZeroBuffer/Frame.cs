using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>A frame in the ring, read in place. Dispose it to give its bytes back to the writer.</summary>
/// <remarks>
/// <para>The bytes stay valid and are not overwritten until <see cref="Dispose"/>; the writer runs out of space when
/// frames are held too long. Several frames may be held and disposed in any order. Copies of this struct count as one:
/// the first Dispose of any of them gives the bytes back, the others do nothing, and so does a default value.</para>
/// <para>A frame may outlive its reader: the memory stays mapped until the frame is disposed. Do not keep
/// <see cref="Span"/> longer than the frame.</para>
/// <para>Belongs to one thread, as every ref struct; <see cref="ToOwned"/> makes an object for asynchronous
/// code.</para>
/// </remarks>
public readonly ref struct Frame
{
    private readonly ReaderEndpoint? _reader;
    private readonly RingLease? _lease;
    private readonly ulong _ticket;
    private readonly ReadOnlySpan<byte> _span;

    internal Frame(ReaderEndpoint reader, RingLease lease, ulong ticket, ReadOnlySpan<byte> span, ulong sequence)
    {
        _reader = reader;
        _lease = lease;
        _ticket = ticket;
        _span = span;
        Sequence = sequence;
    }

    /// <summary>The writer's number of this frame: 1 for its first one.</summary>
    public ulong Sequence { get; }

    /// <summary>False for a default value, and after the frame was disposed or moved.</summary>
    public bool IsValid => _lease is not null && _lease.IsOut(_ticket);

    /// <summary>Size of the data in bytes.</summary>
    public int SizeBytes => _span.Length;

    /// <summary>The data, in shared memory.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed or moved, or is a default value.</exception>
    public ReadOnlySpan<byte> Span => IsValid ? _span : throw new ObjectDisposedException(nameof(Frame));

    /// <summary>A copy of the data on the heap.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed or moved, or is a default value.</exception>
    public byte[] ToArray() => Span.ToArray();

    /// <summary>Moves the frame, without copying its data, into an object that may leave the thread; this frame
    /// ends.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed or moved, or its reader was
    /// disposed.</exception>
    public OwnedFrame ToOwned()
    {
        ulong ticket = _lease?.TryTransfer(_ticket) ?? 0;
        ObjectDisposedException.ThrowIf(ticket == 0, typeof(Frame));
        return _reader!.Own(_lease!, ticket, Sequence);
    }

    /// <summary>
    /// Keeps the memory mapped, not the frame: its bytes may be overwritten after <see cref="Dispose"/>, but reading
    /// them never fails. For code that hands out pointers.
    /// </summary>
    /// <returns>Ends that when it is disposed or collected.</returns>
    /// <exception cref="ObjectDisposedException">The frame was disposed or moved, or its reader was
    /// disposed.</exception>
    public IDisposable KeepMapped()
    {
        ObjectDisposedException.ThrowIf(!IsValid, typeof(Frame));
        return new MappingPin(_reader!.Buffer.Payload);
    }

    /// <summary>What identifies the frame, without its span, for code that hands it to another thread.</summary>
    internal HeldFrame Hold() => new(_reader!, _lease!, _ticket, Sequence);

    /// <summary>Gives the bytes back to the writer. Does nothing when that happened before. Never blocks.</summary>
    public void Dispose() => _reader?.Release(_lease!, _ticket);
}
