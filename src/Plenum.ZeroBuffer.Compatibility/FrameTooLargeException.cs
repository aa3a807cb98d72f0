namespace ZeroBuffer;

/// <summary>The frame can never be written to this buffer.</summary>
public class FrameTooLargeException : ZeroBufferException
{
    /// <summary>Creates the error.</summary>
    public FrameTooLargeException()
        : base("The frame does not fit the buffer, however long one waits. Let the reader create a larger payload.")
    {
    }

    /// <summary>Creates the error with its cause, whose message it takes.</summary>
    /// <param name="innerException">The cause.</param>
    public FrameTooLargeException(Exception innerException)
        : base(innerException?.Message ?? "The frame does not fit the buffer, however long one waits. Let the reader "
        + "create a larger payload.", innerException!)
    {
    }
}
