using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A segment has not enough bytes, or its table not enough free entries, for what was to be created in
/// it.</summary>
public sealed class SegmentFullException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="requestedBytes">Bytes asked for, without alignment.</param>
    /// <param name="freeBytes">Bytes left in the segment after alignment to 8.</param>
    /// <param name="requestedEntries">Table entries asked for.</param>
    /// <param name="freeEntries">Table entries left.</param>
    public SegmentFullException(
        string message,
        string operation,
        string name,
        long requestedBytes,
        long freeBytes,
        int requestedEntries,
        int freeEntries)
        : base(message, operation, name)
    {
        RequestedBytes = requestedBytes;
        FreeBytes = freeBytes;
        RequestedEntries = requestedEntries;
        FreeEntries = freeEntries;
    }

    /// <summary>Bytes asked for, without alignment.</summary>
    public long RequestedBytes { get; }

    /// <summary>Bytes left in the segment after alignment to 8.</summary>
    public long FreeBytes { get; }

    /// <summary>Table entries asked for.</summary>
    public int RequestedEntries { get; }

    /// <summary>Table entries left.</summary>
    public int FreeEntries { get; }
}
