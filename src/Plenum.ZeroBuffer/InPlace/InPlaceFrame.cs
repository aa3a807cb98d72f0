namespace Plenum.ZeroBuffer.InPlace;

/// <summary>One frame in the client's hands. Reused by its link; the ticket tells one use from the next.</summary>
internal sealed class InPlaceFrame
{
    private int _ticket;

    internal InPlaceFrame(InPlaceLink link) => Link = link;

    internal InPlaceLink Link { get; }

    /// <summary>Payload offset of the header.</summary>
    internal long Offset { get; private set; }

    /// <summary>Bytes of data there is room for.</summary>
    internal int Capacity { get; private set; }

    /// <summary>Bytes of the payload it takes.</summary>
    internal long TotalBytes { get; private set; }

    /// <summary>True from the sending of the request until its answer was seen; the data is the server's
    /// then.</summary>
    internal bool IsSent { get; set; }

    /// <summary>True when the client gave up waiting: the piece is free when the server is done with it.</summary>
    internal bool IsAbandoned { get; set; }

    internal bool IsFree => (Volatile.Read(ref _ticket) & 1) == 0;

    /// <summary>Takes the object; the link's lock is held.</summary>
    internal int Take(long offset, int capacity, long totalBytes)
    {
        Offset = offset;
        Capacity = capacity;
        TotalBytes = totalBytes;
        IsSent = false;
        IsAbandoned = false;
        int ticket = _ticket + 1;
        Volatile.Write(ref _ticket, ticket);
        return ticket;
    }

    internal bool IsOut(int ticket) => Volatile.Read(ref _ticket) == ticket && !IsAbandoned;

    /// <summary>Ends the use; the link's lock is held.</summary>
    internal void Free() => Volatile.Write(ref _ticket, _ticket + 1);
}
