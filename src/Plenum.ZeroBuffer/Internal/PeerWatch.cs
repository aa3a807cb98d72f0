using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Watches the process that a pid field names.</summary>
/// <remarks>
/// <para>Peers of this library hold the kernel lock of their pid field's bytes from before the field is set until
/// after it is cleared, so a set field without its lock is a dead peer, even while it is a zombie. Foreign peers hold
/// no lock; they are judged by pid, and by the start time remembered when the pid was first seen. A process that
/// cannot be judged is present.</para>
/// <para>One thread at a time. A look at a peer of this library is one system call and allocates nothing.</para>
/// </remarks>
internal sealed class PeerWatch
{
    private readonly SharedSegment _segment;
    private readonly SharedUInt64 _pidField;
    private readonly long _roleOffset;
    private ulong _pid;
    private ulong _startTicks;
    private bool _holdsLock;

    internal PeerWatch(SharedSegment segment, long roleOffset)
    {
        _segment = segment;
        _roleOffset = roleOffset;
        _pidField = segment.UInt64(roleOffset);
    }

    /// <summary>The pid seen last by <see cref="Look"/>; 0 when none.</summary>
    internal ulong ProcessId => _pid;

    /// <summary>The pid field now: one load.</summary>
    internal ulong Field => _pidField.ReadAcquire();

    internal PeerPresence Look()
    {
        // OBSERVE [owner] A peer sets the field after it took its lock, and clears it before it releases the lock.
        ulong pid = _pidField.ReadAcquire();
        if (pid == 0)
        {
            return PeerPresence.Absent;
        }

        bool locked = _segment.IsRoleLockedByOther(_roleOffset, sizeof(ulong));
        if (pid != _pid)
        {
            _pid = pid;
            _startTicks = ProcessIdentity.Of((long)pid).StartTicks;
            _holdsLock = locked;
        }

        _holdsLock |= locked;
        if (locked)
        {
            return PeerPresence.Present;
        }

        bool dead = _holdsLock || ProcessIdentity.Check((long)pid, _startTicks) == ProcessLiveness.Dead;

        // The field may have been cleared, or taken over, between the two looks; the next look judges the successor.
        ulong now = _pidField.ReadAcquire();
        if (now == pid)
        {
            return dead ? PeerPresence.Dead : PeerPresence.Present;
        }

        return now == 0 ? PeerPresence.Absent : PeerPresence.Present;
    }
}
