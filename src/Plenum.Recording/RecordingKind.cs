namespace Plenum.Recording;

/// <summary>What the items of a recording are. The numbers stand in the file.</summary>
public enum RecordingKind
{
    /// <summary>Not told.</summary>
    None = 0,

    /// <summary>Frames of a ring, each of any length.</summary>
    Frames = 1,

    /// <summary>Snapshots of a float matrix: <see cref="SnapshotItem"/>.</summary>
    Snapshots = 2,

    /// <summary>Values of one element type, one an item.</summary>
    Values = 3,
}
