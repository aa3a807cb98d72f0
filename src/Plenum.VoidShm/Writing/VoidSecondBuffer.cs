namespace Plenum.VoidShm;

/// <summary>When a writer keeps a second copy of its payload, from which readers make progress while it writes without
/// a pause.</summary>
public enum VoidSecondBuffer
{
    /// <summary>The segment has room for it, and it is filled only while a reader asks. Writing costs one copy
    /// otherwise.</summary>
    WhileAsked = 0,

    /// <summary>Filled without being asked, for readers that may not write to the segment (another user).</summary>
    Always = 1,

    /// <summary>No second buffer: readers of a writer without pauses may find no moment to copy.</summary>
    None = 2,
}
