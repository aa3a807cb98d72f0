namespace ZeroBuffer.DuplexChannel;

/// <summary>Where a server runs its handler.</summary>
public enum ProcessingMode
{
    /// <summary>On one thread, in order.</summary>
    SingleThread,

    /// <summary>On the thread pool: not supported by this API, as in the package it replaces; see
    /// Plenum.ZeroBuffer.Duplex.</summary>
    ThreadPool,
}
