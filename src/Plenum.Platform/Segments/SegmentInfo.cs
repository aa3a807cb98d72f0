namespace Plenum.Platform;

/// <summary>What the operating system says about a segment's file at one moment.</summary>
/// <param name="SizeBytes">Size in bytes.</param>
/// <param name="AllocatedBytes">Bytes that have pages.</param>
/// <param name="Device">Device number (major &lt;&lt; 32 | minor).</param>
/// <param name="Inode">Inode number; with <paramref name="Device"/> it identifies the segment, whatever its
/// name.</param>
/// <param name="LinkCount">Number of names; 0 after removal while mapped.</param>
/// <param name="Mode">File type and permission bits.</param>
/// <param name="OwnerUserId">Owning user.</param>
/// <param name="OwnerGroupId">Owning group.</param>
/// <param name="ChangedUtc">Time of the last change of size, mode or names; stores through a mapping do not move
/// it.</param>
/// <param name="CreatedUtc">Time of creation, where the file system keeps it; otherwise
/// <see cref="ChangedUtc"/>.</param>
public readonly record struct SegmentInfo(
    long SizeBytes,
    long AllocatedBytes,
    ulong Device,
    ulong Inode,
    int LinkCount,
    int Mode,
    uint OwnerUserId,
    uint OwnerGroupId,
    DateTime ChangedUtc,
    DateTime CreatedUtc);
