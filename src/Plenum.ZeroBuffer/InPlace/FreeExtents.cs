namespace Plenum.ZeroBuffer.InPlace;

/// <summary>The free pieces of the payload, known to the client only; sorted by offset, neighbours joined.</summary>
/// <remarks>First fit from the start: a client with few frames out uses the same, cached memory again and again. Pieces
/// are multiples of 64 bytes. Not thread-safe; allocates nothing after construction.</remarks>
internal sealed class FreeExtents
{
    private readonly (long Offset, long Size)[] _extents;
    private int _count;

    /// <summary>Starts with one piece.</summary>
    /// <param name="sizeBytes">Its size.</param>
    /// <param name="maxAllocated">The most pieces that are ever taken at the same time.</param>
    internal FreeExtents(long sizeBytes, int maxAllocated)
    {
        _extents = new (long, long)[maxAllocated + 2];
        _extents[0] = (0, sizeBytes);
        _count = 1;
        FreeBytes = sizeBytes;
    }

    internal long FreeBytes { get; private set; }

    /// <summary>Takes a piece.</summary>
    /// <returns>Its offset; -1 when no free piece is large enough.</returns>
    internal long Take(long sizeBytes)
    {
        for (int i = 0; i < _count; i++)
        {
            (long offset, long size) = _extents[i];
            if (size < sizeBytes)
            {
                continue;
            }

            FreeBytes -= sizeBytes;
            if (size == sizeBytes)
            {
                RemoveAt(i);
            }
            else
            {
                _extents[i] = (offset + sizeBytes, size - sizeBytes);
            }

            return offset;
        }

        return -1;
    }

    /// <summary>Gives a piece back.</summary>
    internal void Give(long offset, long sizeBytes)
    {
        FreeBytes += sizeBytes;
        int at = 0;
        while (at < _count && _extents[at].Offset < offset)
        {
            at++;
        }

        bool joinsBefore = at > 0 && _extents[at - 1].Offset + _extents[at - 1].Size == offset;
        bool joinsAfter = at < _count && offset + sizeBytes == _extents[at].Offset;
        if (joinsBefore && joinsAfter)
        {
            _extents[at - 1].Size += sizeBytes + _extents[at].Size;
            RemoveAt(at);
        }
        else if (joinsBefore)
        {
            _extents[at - 1].Size += sizeBytes;
        }
        else if (joinsAfter)
        {
            _extents[at] = (offset, sizeBytes + _extents[at].Size);
        }
        else
        {
            Array.Copy(_extents, at, _extents, at + 1, _count - at);
            _extents[at] = (offset, sizeBytes);
            _count++;
        }
    }

    private void RemoveAt(int index)
    {
        _count--;
        Array.Copy(_extents, index + 1, _extents, index, _count - index);
    }
}
