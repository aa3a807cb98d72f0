using System.Runtime.CompilerServices;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Follows the free bytes that an endpoint sees anyway, and remembers when the health changes.</summary>
/// <remarks><see cref="Observe"/> costs two comparisons while the health stays the same. Thread-safe.</remarks>
internal sealed class HealthMonitor(long sizeBytes)
{
    private readonly Lock _lock = new();
    private readonly ulong _size = (ulong)sizeBytes;

    // The free bytes between which the present health holds: from _lowest (inclusive) to the ring's size or the band's
    // end.
    private ulong _lowest = LowestFree(BufferHealth.Healthy, (ulong)sizeBytes);
    private ulong _highest = (ulong)sizeBytes;
    private ulong _free = (ulong)sizeBytes;
    private BufferHealth _health;
    private BufferHealth _reported;
    private volatile bool _changed;

    /// <summary>The present health.</summary>
    internal BufferHealth Health => _health;

    /// <summary>True when the health differs from the one reported last.</summary>
    internal bool HasChanged => _changed;

    /// <summary>The part in use, 0 to 1, as seen last.</summary>
    internal double Utilisation => UtilisationOf(Volatile.Read(ref _free));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Observe(ulong free)
    {
        _free = free;
        if (free < _lowest || free > _highest)
        {
            Change(free);
        }
    }

    /// <summary>The change to report; false when another thread reported it or the health came back.</summary>
    internal bool TryTakeChange(out BufferHealthChange change)
    {
        lock (_lock)
        {
            _changed = false;
            change = new BufferHealthChange(_reported, _health, Utilisation);
            bool differs = _reported != _health;
            _reported = _health;
            return differs;
        }
    }

    internal double UtilisationOf(ulong free) => _size == 0 ? 0 : 1.0 - (Math.Min(free, _size) / (double)_size);

    private void Change(ulong free)
    {
        lock (_lock)
        {
            BufferHealth health = Judge(free);
            _highest = health == BufferHealth.Healthy ? _size : LowestFree(health - 1, _size) - 1;
            _lowest = LowestFree(health, _size);
            _health = health;
            _changed |= health != _reported;
        }
    }

    private BufferHealth Judge(ulong free)
    {
        if (free >= LowestFree(BufferHealth.Healthy, _size))
        {
            return BufferHealth.Healthy;
        }

        return free >= LowestFree(BufferHealth.Degraded, _size) ? BufferHealth.Degraded : BufferHealth.Critical;
    }

    // Healthy is below 80 %: more than 20 % free. Degraded ends at 95 % inclusive: at least 5 % free.
    private static ulong LowestFree(BufferHealth health, ulong size) => health switch
    {
        BufferHealth.Healthy => (size / 5) + 1,
        BufferHealth.Degraded => (size + 19) / 20,
        _ => 0,
    };
}
