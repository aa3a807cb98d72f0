using System.Collections.Concurrent;
using Plenum.Platform;

namespace Plenum.VoidShm.Writing;

/// <summary>Chooses the epoch of a new segment so that a reader never meets a number twice.</summary>
/// <remarks>
/// <para>The time base is the time since boot: neither a segment nor a reader outlives a boot, and nobody sets that
/// clock back. A 64-bit
/// epoch counts microseconds; each structural change adds 1 and takes longer than that, so a later process always
/// starts above.
/// A 32-bit epoch counts 1/64 s: a process that changes its structure more often than 64 times a second and exits may
/// be
/// followed by one that starts below, unless it left its segment behind.</para>
/// <para>Thread-safe. The names this process has used are remembered, up to a limit.</para>
/// </remarks>
internal static class EpochClock
{
    private const int MaxNames = 4096;
    private const ulong WideBase = 1UL << 52;
    private const long NanosecondsPerNarrowTick = 1_000_000_000 / 64;

    private static readonly ConcurrentDictionary<string, ulong> s_last = new(StringComparer.Ordinal);

    /// <summary>The first epoch of a name for a writer that has published nothing yet.</summary>
    internal static ulong First(VoidLayout layout, string name, ulong? stale)
    {
        ulong max = layout.MaxOf(VoidField.Epoch);
        ulong seed = layout.Profile.EpochSeed switch
        {
            VoidEpochSeed.Zero => 0,
            VoidEpochSeed.One => 1,
            VoidEpochSeed.Time => Time(max),
            _ => stale is null ? Time(max) : 0,
        };
        bool explicitSeed = layout.Profile.EpochSeed is VoidEpochSeed.Zero or VoidEpochSeed.One;
        if (!explicitSeed && s_last.TryGetValue(name, out ulong last))
        {
            seed = Math.Max(seed, Next(last, max));
        }

        return stale is { } old ? Math.Max(seed, Next(old, max)) : seed;
    }

    /// <summary>The epoch after a structural change of a writer, above whatever a stale segment of the name
    /// holds.</summary>
    internal static ulong After(VoidLayout layout, ulong own, ulong? stale)
    {
        ulong max = layout.MaxOf(VoidField.Epoch);
        ulong next = Next(own, max);
        return stale is { } old ? Math.Max(next, Next(old, max)) : next;
    }

    internal static void Remember(string name, ulong epoch)
    {
        if (s_last.Count >= MaxNames)
        {
            s_last.Clear();
        }

        s_last.AddOrUpdate(name, epoch, (_, known) => Math.Max(known, epoch));
    }

    // At the largest value only 0 is left: a peer that wrote it cannot be followed by something larger.
    internal static ulong Next(ulong epoch, ulong max) => epoch >= max ? 0 : epoch + 1;

    internal static ulong Time(ulong max)
    {
        long now = MonotonicClock.Nanoseconds;
        ulong half = max >> 1;
        return max == ulong.MaxValue
            ? WideBase + (ulong)(now / 1000)
            : half + 1 + ((ulong)(now / NanosecondsPerNarrowTick) & half);
    }
}
