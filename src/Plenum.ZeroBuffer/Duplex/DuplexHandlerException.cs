using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>The server received the request and its handler failed.</summary>
public sealed class DuplexHandlerException : SharedMemoryException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was attempted, on what, what was found, what to do.</param>
    /// <param name="channel">The duplex channel.</param>
    /// <param name="handlerError">The server's own text: type and message of the handler's exception.</param>
    public DuplexHandlerException(string message, string channel, string handlerError)
        : base(message, "call", channel) => HandlerError = handlerError;

    /// <summary>The server's own text: type and message of the handler's exception.</summary>
    public string HandlerError { get; }
}
