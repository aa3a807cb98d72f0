namespace Plenum.Platform;

/// <summary>A segment (or semaphore) of that name exists already.</summary>
public sealed class SegmentExistsException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The name that is taken.</param>
    /// <param name="nativeErrorCode">errno or the Win32 code.</param>
    public SegmentExistsException(string message, string operation, string name, int nativeErrorCode = 0)
        : base(message, operation, name, nativeErrorCode)
    {
    }
}
