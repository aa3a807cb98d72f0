using Plenum.Platform;

namespace Plenum.ZeroBuffer;

/// <summary>The other end closed the buffer in good order, so the operation has no receiver.</summary>
public sealed class PeerClosedException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The buffer.</param>
    public PeerClosedException(string message, string operation, string name)
        : base(message, operation, name)
    {
    }
}
