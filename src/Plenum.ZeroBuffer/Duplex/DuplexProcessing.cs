namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Where a server runs its handler.</summary>
public enum DuplexProcessing
{
    /// <summary>On the server's own thread, one request at a time, answers written in place. The fastest.</summary>
    SingleThread = 0,

    /// <summary>
    /// On the thread pool, several requests at a time. A client of this library gets its answers as they are ready, a
    /// foreign client in the order of its requests.
    /// </summary>
    ThreadPool = 1,
}
