namespace Plenum.Platform;

/// <summary>The shared-memory file system has not enough space for the pages of a segment.</summary>
public sealed class SharedMemorySpaceException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="requestedBytes">The size asked for, in bytes.</param>
    /// <param name="availableBytes">What is free, in bytes; -1 when unknown.</param>
    /// <param name="nativeErrorCode">errno or the Win32 code.</param>
    public SharedMemorySpaceException(
        string message, string operation, string name, long requestedBytes, long availableBytes, int nativeErrorCode)
        : base(message, operation, name, nativeErrorCode)
    {
        RequestedBytes = requestedBytes;
        AvailableBytes = availableBytes;
    }

    /// <summary>The size asked for, in bytes.</summary>
    public long RequestedBytes { get; }

    /// <summary>What is free on the shared-memory file system, in bytes; -1 when unknown.</summary>
    public long AvailableBytes { get; }
}
