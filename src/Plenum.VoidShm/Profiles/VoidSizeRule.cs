namespace Plenum.VoidShm;

/// <summary>How the size of a segment's file is compared with what its header says.</summary>
public enum VoidSizeRule
{
    /// <summary>The file has at least the bytes needed; it may have more (macOS rounds up to pages, a trailer may
    /// follow).</summary>
    AtLeast = 0,

    /// <summary>The file has exactly header and payload.</summary>
    Exact = 1,
}
