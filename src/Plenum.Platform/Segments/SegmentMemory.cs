using System.Buffers;

namespace Plenum.Platform;

/// <summary>Memory over a segment for asynchronous code; holds a reference to the mapping until disposed.</summary>
internal sealed unsafe class SegmentMemory : MemoryManager<byte>
{
    private readonly SharedSegment _segment;
    private readonly byte* _address;
    private readonly int _length;
    private bool _disposed;

    internal SegmentMemory(SharedSegment segment, byte* address, int length)
    {
        segment.AddReference();
        _segment = segment;
        _address = address;
        _length = length;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);

        // SAFETY: the reference taken in the constructor keeps the range mapped until Dispose.
        return new Span<byte>(_address, _length);
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
        return new MemoryHandle(_address + elementIndex, pinnable: this);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
        // Shared memory never moves.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !Interlocked.Exchange(ref _disposed, true))
        {
            _segment.ReleaseReference();
        }
    }
}
