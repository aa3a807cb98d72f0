namespace Plenum.Platform;

/// <summary>How an existing segment is mapped.</summary>
public enum SegmentAccess
{
    /// <summary>Loads and stores.</summary>
    ReadWrite = 0,

    /// <summary>Loads only; cells that could store are not handed out.</summary>
    ReadOnly = 1,
}
