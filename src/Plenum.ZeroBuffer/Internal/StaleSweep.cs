using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Removes what dead readers left behind: lock files, segments and semaphores (spec zerobuffer 1.8).</summary>
/// <remarks>Only a buffer whose two lock files could be taken and whose two ends are provably gone is removed, and
/// only a segment that is a buffer. The peers' own sweep also removes what it cannot open.</remarks>
internal static class StaleSweep
{
    // A folder that somebody filled with files must not keep a reader from starting.
    private const int MaxLockFiles = 4096;

    internal static void Run(SegmentPermission permission)
    {
        Sweep(BufferNames.CppLockFolder, permission);
        Sweep(BufferNames.CsLockFolder, permission);
    }

    private static void Sweep(string folder, SegmentPermission permission)
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists(folder))
        {
            return;
        }

        try
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*.lock").Take(MaxLockFiles))
            {
                if (FileLock.IsHeld(path) == false && BufferNames.FromLockFile(path) is { } names)
                {
                    SweepOne(names, permission);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's files, or a folder that vanished: what cannot be swept is left to its owner.
        }
    }

    private static void SweepOne(BufferNames names, SegmentPermission permission)
    {
        using BufferLocks? locks = BufferLocks.TryAcquire(names, permission);

        // Also without a segment: a reader that died while creating or removing left its semaphores.
        if (locks is not null
            && BufferInspection.Look(names, out _) is (ExistingBuffer.Ownerless or ExistingBuffer.None))
        {
            BufferOwnership.RemoveNames(names);
        }
    }
}
