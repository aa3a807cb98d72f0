namespace Plenum.Platform;

/// <content>What macOS and Windows share. Compiled, not run.</content>
public sealed unsafe partial class SharedSegment
{
    // Neither system locks byte ranges of a shared-memory object: a role is a lock file of its own, named after its first byte.
    private readonly Dictionary<long, FileLock> _roleFiles = [];

    private static SharedSegment InitializeOrDispose(SharedSegment segment, Action<SharedSegment>? initialize)
    {
        try
        {
            initialize?.Invoke(segment);
            return segment;
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    private static SegmentFormatException TooSmall(SegmentName name, long sizeBytes, long minimumSizeBytes) => new(
        $"Could not open segment '{name}': it has {sizeBytes} bytes, at least {minimumSizeBytes} are needed. It is being created by a "
        + "peer that publishes before it sizes, or it is not a segment of this kind.",
        "open segment",
        name.Value,
        $"at least {minimumSizeBytes} bytes",
        $"{sizeBytes} bytes");

    private string RolePath(long offset) => Path.Combine(Path.GetTempPath(), "plenum", "roles", $"{Name.Value}.{offset}");

    private bool TryLockRolePortable(long offset)
    {
        lock (_roleFiles)
        {
            if (_roleFiles.ContainsKey(offset))
            {
                return true;
            }

            if (!FileLock.TryAcquire(RolePath(offset), out FileLock? held))
            {
                return false;
            }

            _roleFiles.Add(offset, held);
            return true;
        }
    }

    private void UnlockRolePortable(long offset)
    {
        lock (_roleFiles)
        {
            if (_roleFiles.Remove(offset, out FileLock? held))
            {
                held.Dispose();
            }
        }
    }

    private bool IsRoleLockedPortable(long offset)
    {
        lock (_roleFiles)
        {
            return !_roleFiles.ContainsKey(offset) && FileLock.IsHeld(RolePath(offset)) == true;
        }
    }

    private void DisposePortable()
    {
        lock (_roleFiles)
        {
            foreach (FileLock held in _roleFiles.Values)
            {
                held.Dispose();
            }

            _roleFiles.Clear();
        }

        _section?.Dispose();
    }

    // One byte of each page: maps it, and lets the system bring it in.
    private static void PrefaultPortable(byte* address, long length)
    {
        byte sink = 0;
        for (byte* at = address; at < address + length; at += Environment.SystemPageSize)
        {
            sink |= Volatile.Read(ref *at);
        }

        GC.KeepAlive(sink);
    }
}
