namespace Plenum.Platform;

/// <summary>The role asked for (writer, reader) is held by another live process or object.</summary>
public sealed class SegmentBusyException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="processId">The process that holds the role; 0 when unknown.</param>
    public SegmentBusyException(string message, string operation, string name, long processId = 0)
        : base(message, operation, name) => ProcessId = processId;

    /// <summary>The process that holds the role; 0 when unknown.</summary>
    public long ProcessId { get; }
}
