using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Lets one creator of our own at a time add entries to a segment.</summary>
/// <remarks>
/// The kernel's lock on the header bytes of the segment's own file excludes other processes and other objects of this
/// process; it changes no byte, needs no file of its own and dies with its holder. The in-process lock excludes threads
/// that share one object, which the kernel cannot tell apart. Foreign peers lock nothing (spec zeroipc 1.3).
/// Thread-safe.
/// </remarks>
internal sealed class CreationLock
{
    private const long PatienceNanoseconds = 30_000_000_000;

    private readonly SharedSegment _segment;
    private readonly Lock _lock = new();

    internal CreationLock(SharedSegment segment) => _segment = segment;

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="SegmentBusyException">Another process held it for 30 seconds.</exception>
    internal Scope Enter()
    {
        long end = MonotonicClock.Nanoseconds + PatienceNanoseconds;
        _lock.Enter();
        bool taken = false;
        try
        {
            var spin = new SpinWait();
            while (!(taken = _segment.TryLockRole(0, TableHeader.SizeBytes)))
            {
                if (MonotonicClock.Nanoseconds > end)
                {
                    throw new SegmentBusyException(
                        $"Could not create an entry in segment '{_segment.Name}': another process has been creating "
                        + "entries for 30 seconds. It is probably stopped; continue or end it.",
                        "create entry",
                        _segment.Name.Value);
                }

                spin.SpinOnce();
            }
        }
        finally
        {
            if (!taken)
            {
                _lock.Exit();
            }
        }

        return new Scope(this);
    }

    internal readonly ref struct Scope(CreationLock owner)
    {
        private readonly CreationLock _owner = owner;

        public void Dispose()
        {
            _owner._segment.UnlockRole(0, TableHeader.SizeBytes);
            _owner._lock.Exit();
        }
    }
}
