namespace Plenum.Platform;

/// <summary>A spin budget that learns: an endpoint keeps one and starts each of its waits with
/// <see cref="Begin"/>.</summary>
/// <remarks>
/// <para>A wait that ended while spinning raises the budget, up to the strategy's; a wait that had to park halves it,
/// down to none. A budget of none is tried again with a full one on every 32nd wait, so a peer that becomes fast is
/// noticed. Waits that are always long then cost next to no spinning, and so do waits for a peer that can only run on
/// this thread's own processor. A process with one usable processor parks at once.</para>
/// <para>Measured worth, one event per millisecond, CPU time per event beyond that of parking at once (47 µs with the
/// poster's share, 2 shared virtual cores): <see cref="WaitStrategy.Balanced"/> 22 µs fixed, 2.4 µs learned;
/// <see cref="WaitStrategy.Latency"/> 210 µs fixed, 3 µs learned. Repeat with the test peer's verb
/// <c>platform-spin-bench</c>.</para>
/// <para>One thread at a time may use it; a data race would only mislead the budget.</para>
/// <code>
/// SpinWaiter spin = _adaptive.Begin();
/// while (!condition())
/// {
///     if (!spin.SpinOnce()) { _adaptive.Parked(); Park(); return; }
/// }
///
/// _adaptive.Succeeded();
/// </code>
/// </remarks>
public sealed class AdaptiveSpin
{
    private const int ProbeInterval = 32;
    private const int SmallestNanoseconds = 1_000;

    private readonly WaitStrategy _strategy;
    private int _budgetNanoseconds;
    private int _waitsWithoutSpin;

    /// <summary>Starts with the strategy's whole budget; with none where only one processor is usable.</summary>
    /// <param name="strategy">The longest spin, and the yields.</param>
    public AdaptiveSpin(WaitStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);

        // One usable processor: the awaited peer cannot run while this thread looks, so nobody looks, and nothing is
        // learned.
        _strategy = SpinWaiter.CanSpin ? strategy : WaitStrategy.PowerSaving;
        _budgetNanoseconds = _strategy.SpinNanoseconds;
    }

    /// <summary>The present budget in nanoseconds; 0 when the next wait parks without spinning.</summary>
    public int BudgetNanoseconds => _budgetNanoseconds;

    /// <summary>Starts a wait with the learned budget.</summary>
    public SpinWaiter Begin()
    {
        if (_budgetNanoseconds > 0)
        {
            return new SpinWaiter(_strategy, _budgetNanoseconds);
        }

        if (++_waitsWithoutSpin < ProbeInterval)
        {
            // Neither spin nor yield: a yield is a system call and, on a busy machine, a whole time slice.
            return new SpinWaiter(WaitStrategy.PowerSaving);
        }

        _waitsWithoutSpin = 0;
        return new SpinWaiter(_strategy);
    }

    /// <summary>The wait ended while spinning or yielding.</summary>
    public void Succeeded()
    {
        int raised = Math.Max(SmallestNanoseconds, _budgetNanoseconds) * 2;
        _budgetNanoseconds = Math.Min(raised, _strategy.SpinNanoseconds);
    }

    /// <summary>The wait had to park.</summary>
    public void Parked() =>
        _budgetNanoseconds = _budgetNanoseconds / 2 < SmallestNanoseconds ? 0 : _budgetNanoseconds / 2;
}
