using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A future or lazy value ended with an error instead of a value.</summary>
public sealed class FutureFailedException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="operation">The operation attempted.</param>
    /// <param name="name">The segment.</param>
    /// <param name="errorText">The text that the failing process left, at most 255 bytes of UTF-8.</param>
    /// <param name="innerException">The exception of the computation, where this process ran it.</param>
    public FutureFailedException(
        string message, string operation, string name, string errorText, Exception? innerException = null)
        : base(message, operation, name, 0, innerException) => ErrorText = errorText;

    /// <summary>The text that the failing process left.</summary>
    public string ErrorText { get; }
}
