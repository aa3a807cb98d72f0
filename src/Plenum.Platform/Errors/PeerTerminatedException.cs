namespace Plenum.Platform;

/// <summary>The process that held a role died while holding it.</summary>
public sealed class PeerTerminatedException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="processId">The process that died; 0 when unknown.</param>
    public PeerTerminatedException(string message, string operation, string name, long processId)
        : base(message, operation, name) => ProcessId = processId;

    /// <summary>The process that died; 0 when unknown.</summary>
    public long ProcessId { get; }
}
