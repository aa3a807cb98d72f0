namespace ZeroBuffer;

/// <summary>The buffer stayed full for the whole time-out.</summary>
public class BufferFullException : ZeroBufferException
{
    /// <summary>Creates the error.</summary>
    public BufferFullException()
        : base("No room for the frame came free within the write time-out. The reader is too slow, or holds its "
        + "frames.")
    {
    }

    /// <summary>Creates the error with its cause, whose message it takes.</summary>
    /// <param name="innerException">The cause.</param>
    public BufferFullException(Exception innerException)
        : base(innerException?.Message ?? "No room for the frame came free within the write time-out. The reader is "
        + "too slow, or holds its frames.", innerException!)
    {
    }
}
