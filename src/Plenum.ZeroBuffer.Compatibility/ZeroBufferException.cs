namespace ZeroBuffer;

/// <summary>The base of this package's exceptions.</summary>
public class ZeroBufferException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, what was found, what to do.</param>
    public ZeroBufferException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, what was found, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ZeroBufferException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
