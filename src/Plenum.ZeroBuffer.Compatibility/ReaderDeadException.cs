namespace ZeroBuffer;

/// <summary>There is no reader any more.</summary>
public class ReaderDeadException : ZeroBufferException
{
    /// <summary>Creates the error.</summary>
    public ReaderDeadException()
        : base("The reader has closed or died.")
    {
    }

    /// <summary>Creates the error with its cause, whose message it takes.</summary>
    /// <param name="innerException">The cause.</param>
    public ReaderDeadException(Exception innerException)
        : base(innerException?.Message ?? "The reader has closed or died.", innerException!)
    {
    }
}
