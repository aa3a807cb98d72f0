using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>Several frames in the ring, read in place with one look at the shared fields. Dispose it to give all bytes
/// back.</summary>
/// <remarks>The rules of <see cref="Frame"/> hold for the batch as a whole. Belongs to one thread.</remarks>
public readonly ref struct FrameBatch
{
    private readonly ReaderEndpoint? _reader;
    private readonly RingLease? _lease;
    private readonly ulong _ticket;

    internal FrameBatch(ReaderEndpoint reader, RingLease lease, ulong ticket)
    {
        _reader = reader;
        _lease = lease;
        _ticket = ticket;
    }

    /// <summary>Number of frames; 0 for a default value and after the batch was disposed.</summary>
    public int Count => _lease is not null && _lease.IsOut(_ticket) ? _lease.Frames : 0;

    /// <summary>The data of a frame, in shared memory.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1, oldest first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the batch, or the batch was
    /// disposed.</exception>
    public ReadOnlySpan<byte> this[int index] => _reader!.DataOf(At(index));

    /// <summary>The writer's number of a frame.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1, oldest first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the batch, or the batch was
    /// disposed.</exception>
    public ulong SequenceOf(int index) => At(index).Sequence;

    /// <summary>Gives all bytes back to the writer. Does nothing when that happened before. Never blocks.</summary>
    public void Dispose() => _reader?.Release(_lease!, _ticket);

    private RingFrame At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _lease!.Batch[index];
    }
}
