using System.Buffers;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer;

/// <summary>A frame in the ring as an object, for asynchronous code. Dispose it to give its bytes back to the
/// writer.</summary>
/// <remarks>
/// The data is not copied: <see cref="Memory"/> is the ring itself, stays valid until <see cref="Dispose"/>, also
/// after the reader was disposed, and throws <see cref="ObjectDisposedException"/> afterwards. Do not keep its spans
/// longer. An object that is never disposed keeps its bytes from the writer for ever. May be used and disposed on any
/// thread, by one thread at a time.
/// </remarks>
public sealed class OwnedFrame : IMemoryOwner<byte>
{
    private readonly ReaderEndpoint _reader;
    private readonly RingLease _lease;
    private readonly ulong _ticket;
    private readonly IMemoryOwner<byte> _memory;

    internal OwnedFrame(ReaderEndpoint reader, RingLease lease, ulong ticket, IMemoryOwner<byte> memory, ulong sequence)
    {
        _reader = reader;
        _lease = lease;
        _ticket = ticket;
        _memory = memory;
        Sequence = sequence;
        SizeBytes = memory.Memory.Length;
    }

    /// <summary>The writer's number of this frame: 1 for its first one.</summary>
    public ulong Sequence { get; }

    /// <summary>Size of the data in bytes.</summary>
    public int SizeBytes { get; }

    /// <summary>The data, in shared memory. Reading is meant; what is stored there, later readers of the ring may
    /// see.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed.</exception>
    public Memory<byte> Memory => _memory.Memory;

    /// <summary>Gives the bytes back to the writer. Does nothing when that happened before. Never blocks.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _reader.Release(_lease, _ticket);
    }
}
