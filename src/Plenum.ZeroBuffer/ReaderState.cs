namespace Plenum.ZeroBuffer;

/// <summary>What a reader is doing.</summary>
public enum ReaderState
{
    /// <summary>The buffer exists; nothing was read yet.</summary>
    Created = 0,

    /// <summary>A read waits for a frame.</summary>
    Waiting = 1,

    /// <summary>Frames have been read, none is held.</summary>
    Reading = 2,

    /// <summary>At least one frame is held.</summary>
    Processing = 3,

    /// <summary>The writer died without closing, and no other one has connected.</summary>
    Dead = 4,

    /// <summary>The writer broke the protocol; every further read reports it.</summary>
    Error = 5,

    /// <summary>The reader was disposed.</summary>
    Shutdown = 6,
}
