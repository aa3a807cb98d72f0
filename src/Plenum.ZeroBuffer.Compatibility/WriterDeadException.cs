namespace ZeroBuffer;

/// <summary>There is no writer any more.</summary>
public class WriterDeadException : ZeroBufferException
{
    /// <summary>Creates the error.</summary>
    public WriterDeadException()
        : base("The writer has closed or died, or none connected in time.")
    {
    }

    /// <summary>Creates the error with its cause, whose message it takes.</summary>
    /// <param name="innerException">The cause.</param>
    public WriterDeadException(Exception innerException)
        : base(innerException?.Message ?? "The writer has closed or died, or none connected in time.", innerException!)
    {
    }
}
