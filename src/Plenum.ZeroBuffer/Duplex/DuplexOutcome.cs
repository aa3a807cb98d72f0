namespace Plenum.ZeroBuffer.Duplex;

/// <summary>How a call ended.</summary>
public enum DuplexOutcome
{
    /// <summary>The server answered.</summary>
    Answered = 0,

    /// <summary>The server's handler failed; the answer's data is its UTF-8 error text. Only a server of this library
    /// says so.</summary>
    HandlerFailed = 1,

    /// <summary>No answer came in time. An answer that comes later is thrown away and never given to another
    /// call.</summary>
    TimedOut = 2,

    /// <summary>The server closed in good order before it answered.</summary>
    ServerClosed = 3,

    /// <summary>The server died before it answered.</summary>
    ServerDied = 4,
}
