namespace Plenum.VoidShm;

/// <summary>State of a writer, with the words of the original's status messages.</summary>
public enum VoidWriterState
{
    /// <summary>Constructed, never connected.</summary>
    Waiting = 0,

    /// <summary>The segment is published.</summary>
    Connected = 1,

    /// <summary>The segment was invalidated and removed.</summary>
    Disconnected = 2,

    /// <summary>The last attempt to connect failed.</summary>
    ErrorOpen = 3,

    /// <summary>Destroyed explicitly, or disposed.</summary>
    Destroyed = 4,
}
