namespace Plenum.Platform;

/// <summary>The operating system refused an operation on shared memory, or a segment could not be used.</summary>
/// <remarks>Base of all errors of the library. The message says what was attempted, on what, what was found and what to
/// do.</remarks>
public class SharedMemoryException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted, for example <c>create segment</c>.</param>
    /// <param name="name">The object it was attempted on.</param>
    /// <param name="nativeErrorCode">errno or the Win32 code; 0 when no system call failed.</param>
    /// <param name="innerException">The cause, if another exception is.</param>
    public SharedMemoryException(
        string message, string operation, string name, int nativeErrorCode = 0, Exception? innerException = null)
        : base(message, innerException)
    {
        Operation = operation;
        Name = name;
        NativeErrorCode = nativeErrorCode;
    }

    /// <summary>The operation attempted.</summary>
    public string Operation { get; }

    /// <summary>The segment, semaphore or file it was attempted on.</summary>
    public string Name { get; }

    /// <summary>errno (Unix) or the Win32 error code; 0 when no system call failed.</summary>
    public int NativeErrorCode { get; }
}
