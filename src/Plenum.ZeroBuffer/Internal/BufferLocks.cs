using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Both lock files of one buffer: the C++ and Python peers' and the C# peers' (spec zerobuffer fact
/// 3).</summary>
internal sealed class BufferLocks : IDisposable
{
    private readonly FileLock _cpp;
    private readonly FileLock? _cs;

    private BufferLocks(FileLock cpp, FileLock? cs)
    {
        _cpp = cpp;
        _cs = cs;
    }

    /// <summary>Takes both locks for a buffer that is to be created; waits while somebody holds them who does not own
    /// the buffer.</summary>
    /// <remarks>Every reader that is created anywhere sweeps, and takes the locks of each dead one's name for a moment;
    /// on a busy machine it may be kept from running in that moment. A reader about to be created holds them as
    /// well, and soon owns the buffer.</remarks>
    /// <param name="operation">What is attempted, for the error.</param>
    /// <param name="names">The buffer.</param>
    /// <param name="permission">Of the lock files.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <exception cref="SegmentBusyException">A living process owns the buffer, or the time is over.</exception>
    internal static BufferLocks Take(
        string operation, BufferNames names, SegmentPermission permission, TimeSpan timeout)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        using var never = new ManualResetEventSlim();
        while (true)
        {
            if (TryAcquire(names, permission) is { } locks)
            {
                return locks;
            }

            bool isOwned = BufferInspection.Look(names, out ulong owner) == ExistingBuffer.Owned;
            if (isOwned || MonotonicClock.Nanoseconds >= deadline)
            {
                string who = isOwned
                    ? $"another reader or server owns it (process {owner}). Stop it"
                    : $"another process has held its lock file '{names.CppLockPath}' or '{names.CsLockPath}' for "
                        + $"{timeout} without owning it. Find that process with 'plenum doctor'";
                throw new SegmentBusyException(
                    $"Could not {operation} '{names.Value}': {who}, or choose another name.",
                    operation,
                    names.Value,
                    isOwned ? (long)owner : 0);
            }

            never.Wait(1);
        }
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
