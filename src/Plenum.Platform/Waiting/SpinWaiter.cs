using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Plenum.Platform;

/// <summary>The spinning part of one wait: call <see cref="SpinOnce"/> until it says to park.</summary>
/// <remarks>A mutable struct for one wait of one thread; not thread-safe.
/// <code>
/// var spin = new SpinWaiter(strategy);
/// while (!condition())
/// {
///     if (!spin.SpinOnce()) { /* park */ }
/// }
/// </code>
/// </remarks>
public struct SpinWaiter
{
    // Reading the clock costs about 25 ns; once in 16 pauses keeps it below the cost of the pauses.
    private const int ClockInterval = 16;

    // The runtime's count respects the affinity mask and the control group's limit, rounded up, as they were at start.
    private static readonly bool s_canSpin = Environment.ProcessorCount > 1;

    private readonly WaitStrategy _strategy;
    private readonly int _spinNanoseconds;
    private long _endNanoseconds;
    private int _count;
    private int _yields;

    /// <summary>Starts a wait.</summary>
    /// <param name="strategy">How long to spin and yield.</param>
    public SpinWaiter(WaitStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        _strategy = strategy;
        _spinNanoseconds = strategy.SpinNanoseconds;
    }

    /// <summary>Starts a wait that spins for a time of its own, for instance what is left of a time-out.</summary>
    /// <param name="strategy">How long to yield.</param>
    /// <param name="spinNanoseconds">How long to spin, in nanoseconds; 0 for not at all.</param>
    public SpinWaiter(WaitStrategy strategy, int spinNanoseconds)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        _strategy = strategy;
        _spinNanoseconds = spinNanoseconds;
    }

    /// <summary>
    /// Whether spinning can help at all: false when this process may use only one processor (affinity mask, or a
    /// container's limit of one processor or less), because then the awaited peer cannot run while this thread spins.
    /// </summary>
    public static bool CanSpin => s_canSpin;

    /// <summary>One processor pause, without any bookkeeping.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else if (ArmBase.IsSupported)
        {
            ArmBase.Yield();
        }
        else
        {
            Thread.SpinWait(1);
        }
    }

    /// <summary>Pauses or yields once.</summary>
    /// <returns>True while the caller should look again; false when it should park.</returns>
    public bool SpinOnce()
    {
        if (s_canSpin && _spinNanoseconds > 0 && _yields == 0)
        {
            if (_count == 0)
            {
                _endNanoseconds = MonotonicClock.Nanoseconds + _spinNanoseconds;
            }

            if (++_count % ClockInterval != 0 || MonotonicClock.Nanoseconds < _endNanoseconds)
            {
                Pause();
                return true;
            }
        }

        if (_yields < _strategy.YieldCount)
        {
            _yields++;
            Thread.Yield();
            return true;
        }

        return false;
    }

    /// <summary>Starts over, after progress was made.</summary>
    public void Reset()
    {
        _count = 0;
        _yields = 0;
    }
}
