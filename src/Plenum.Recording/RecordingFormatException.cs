namespace Plenum.Recording;

/// <summary>A file is no recording, is of a newer version, or one of its blocks is damaged.</summary>
public sealed class RecordingFormatException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was attempted, what was found and what to do.</param>
    /// <param name="offset">Byte offset in the file of what was found.</param>
    public RecordingFormatException(string message, long offset)
        : base(message) => Offset = offset;

    /// <summary>Creates the exception without an offset.</summary>
    /// <param name="message">What was attempted, what was found and what to do.</param>
    public RecordingFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a cause.</summary>
    /// <param name="message">What was attempted, what was found and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public RecordingFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with a message of the system's.</summary>
    public RecordingFormatException()
    {
    }

    /// <summary>Byte offset in the file of what was found.</summary>
    public long Offset { get; }
}
