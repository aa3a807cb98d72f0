using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Both lock files of one buffer: the C++ and Python peers' and the C# peers' (spec zerobuffer fact 3).</summary>
internal sealed class BufferLocks : IDisposable
{
    private readonly FileLock _cpp;
    private readonly FileLock? _cs;

    private BufferLocks(FileLock cpp, FileLock? cs)
    {
        _cpp = cpp;
        _cs = cs;
    }

    /// <summary>Takes both locks, always in the same order; null when somebody holds one of them.</summary>
    internal static BufferLocks? TryAcquire(BufferNames names, SegmentPermission permission)
    {
        if (!FileLock.TryAcquire(names.CppLockPath, out FileLock? cpp, permission))
        {
            return null;
        }

        StepHook.At("lock.first");
        FileLock? cs = null;
        bool done = false;
        try
        {
            done = names.CsLockPath == names.CppLockPath || FileLock.TryAcquire(names.CsLockPath, out cs, permission);
            return done ? new BufferLocks(cpp, cs) : null;
        }
        finally
        {
            if (!done)
            {
                cpp.Dispose();
            }
        }
    }

    /// <summary>Removes both files, then releases the locks.</summary>
    public void Dispose()
    {
        _cs?.Dispose();
        StepHook.At("unlock.first");
        _cpp.Dispose();
    }
}
