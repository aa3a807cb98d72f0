namespace Plenum.Inspection;

/// <summary>The protocol a segment follows.</summary>
public enum SegmentProtocol
{
    /// <summary>None of the three, or it cannot be told.</summary>
    Unknown = 0,

    /// <summary>ZeroBuffer v1: one ring of frames.</summary>
    ZeroBuffer = 1,

    /// <summary>ZeroIPC v2: a table of named structures.</summary>
    ZeroIpc = 2,

    /// <summary>VOID SHM V2: a float32 matrix with epoch and frame.</summary>
    Void = 3,
}
