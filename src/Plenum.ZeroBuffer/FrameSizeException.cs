using Plenum.Platform;

namespace Plenum.ZeroBuffer;

/// <summary>A frame of this size can not be written; waiting would not help.</summary>
public sealed class FrameSizeException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="name">The buffer.</param>
    /// <param name="error">Why.</param>
    /// <param name="sizeBytes">The size asked for, in bytes of data.</param>
    /// <param name="fittingSizeBytes">The nearest size that can be written now, in bytes of data; 0 when none
    /// can.</param>
    public FrameSizeException(string message, string name, FrameSizeError error, long sizeBytes, long fittingSizeBytes)
        : base(message, "write frame", name)
    {
        Error = error;
        SizeBytes = sizeBytes;
        FittingSizeBytes = fittingSizeBytes;
    }

    /// <summary>Why the size was refused.</summary>
    public FrameSizeError Error { get; }

    /// <summary>The size asked for, in bytes of data.</summary>
    public long SizeBytes { get; }

    /// <summary>The nearest size that can be written from the present position, in bytes of data; 0 when none
    /// can.</summary>
    public long FittingSizeBytes { get; }
}
