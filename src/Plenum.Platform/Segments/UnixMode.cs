namespace Plenum.Platform;

/// <summary>Permission bits of files, shared-memory objects and semaphores on Unix.</summary>
internal static class UnixMode
{
    internal static uint Of(SegmentPermission permission) => permission switch
    {
        SegmentPermission.SameUser => 0x180, // 0600
        SegmentPermission.Group => 0x1B0, // 0660
        SegmentPermission.Everyone => 0x1B6, // 0666
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "Unknown permission."),
    };
}
