namespace ZeroBuffer;

/// <summary>The buffer has a reader already.</summary>
public class ReaderAlreadyConnectedException : ZeroBufferException
{
    /// <summary>Creates the error.</summary>
    public ReaderAlreadyConnectedException()
        : base("Another reader owns a buffer of this name. Stop it first, or choose another name.")
    {
    }

    /// <summary>Creates the error with its cause, whose message it takes.</summary>
    /// <param name="innerException">The cause.</param>
    public ReaderAlreadyConnectedException(Exception innerException)
        : base(innerException?.Message ?? "Another reader owns a buffer of this name. Stop it first, or choose "
        + "another name.", innerException!)
    {
    }
}
