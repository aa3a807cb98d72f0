namespace ZeroBuffer;

/// <summary>There is no buffer of this name.</summary>
public class BufferNotFoundException : ZeroBufferException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">The whole message.</param>
    public BufferNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error for a buffer's name.</summary>
    /// <param name="bufferName">The name.</param>
    /// <param name="isName">Tells this constructor from the one with a message.</param>
    public BufferNotFoundException(string bufferName, bool isName)
        : base($"There is no buffer '{bufferName}'. Start its reader, which creates it.") => _ = isName;

    /// <summary>Creates the error with its cause.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="innerException">The cause.</param>
    public BufferNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
