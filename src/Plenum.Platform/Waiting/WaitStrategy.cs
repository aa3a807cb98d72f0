namespace Plenum.Platform;

/// <summary>How long a waiter spins, then yields, before it parks in the kernel. Immutable.</summary>
/// <remarks>A kernel wake-up costs tens of microseconds; a spinning waiter sees a change in a hundred nanoseconds but
/// keeps its core busy. Parking always follows: no strategy spins for ever.</remarks>
public sealed record WaitStrategy
{
    /// <summary>Spins about 200 µs before parking; for a core that may be kept busy.</summary>
    public static WaitStrategy Latency { get; } = new() { SpinNanoseconds = 200_000, YieldCount = 16 };

    /// <summary>Spins about 20 µs, less than one kernel wake-up costs, then parks. The default.</summary>
    public static WaitStrategy Balanced { get; } = new() { SpinNanoseconds = 20_000, YieldCount = 2 };

    /// <summary>Parks at once.</summary>
    public static WaitStrategy PowerSaving { get; } = new() { SpinNanoseconds = 0, YieldCount = 0 };

    /// <summary>Longest time to spin, in nanoseconds. With one usable core nobody spins.</summary>
    public int SpinNanoseconds { get; init; }

    /// <summary>How often the waiter gives its time slice away after spinning and before parking.</summary>
    public int YieldCount { get; init; }
}
