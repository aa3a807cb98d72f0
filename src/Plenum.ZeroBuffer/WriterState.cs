namespace Plenum.ZeroBuffer;

/// <summary>What a writer is doing.</summary>
public enum WriterState
{
    /// <summary>The connection is being made; a writer in the hands of user code is past this state.</summary>
    Connecting = 0,

    /// <summary>Connected; no write is in progress.</summary>
    Connected = 1,

    /// <summary>A reservation or a batch is open.</summary>
    Writing = 2,

    /// <summary>A write waits for space.</summary>
    Blocked = 3,

    /// <summary>The reader closed the buffer.</summary>
    NoReader = 4,

    /// <summary>The reader died without closing.</summary>
    ReaderDead = 5,

    /// <summary>The reader broke the protocol; every further write reports it.</summary>
    Error = 6,

    /// <summary>The writer was disposed.</summary>
    Shutdown = 7,
}
