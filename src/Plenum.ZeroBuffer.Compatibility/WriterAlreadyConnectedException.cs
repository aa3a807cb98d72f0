namespace ZeroBuffer;

/// <summary>The buffer has a writer already.</summary>
public class WriterAlreadyConnectedException : ZeroBufferException
{
    /// <summary>Creates the error.</summary>
    public WriterAlreadyConnectedException()
        : base("Another writer is connected to the buffer. Stop it first.")
    {
    }

    /// <summary>Creates the error with its cause, whose message it takes.</summary>
    /// <param name="innerException">The cause.</param>
    public WriterAlreadyConnectedException(Exception innerException)
        : base(innerException?.Message ?? "Another writer is connected to the buffer. Stop it first.", innerException!)
    {
    }
}
