using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Where the waiters of one field sleep. Wakers look at one counter and go on when it is 0.</summary>
/// <remarks>
/// <para>The waiter raises the site's counter (a full fence), reads the sequence, looks at its condition, and sleeps on
/// the sequence.
/// The waker changes the condition with an interlocked operation (a full fence), then looks at the counter: one of the
/// two sees the
/// other. A waker whose change is a plain release store uses <see cref="FenceAndWakeAll"/>, or looks at
/// <see cref="HasWaiters"/>
/// after an earlier interlocked operation that the waiters' condition also takes for progress.</para>
/// <para>Thread-safe.</para>
/// </remarks>
internal sealed class WaitSite
{
    private readonly SharedUInt32 _sequence;
    private readonly SharedUInt32 _waiters;

    internal WaitSite(WaitTable table, SharedSegment file, long at, long key)
    {
        Table = table;
        Key = key;
        File = file;
        _sequence = file.UInt32(at + 0x08);
        _waiters = file.UInt32(at + 0x0C);
        Holder = file.UInt64(at + 0x40);
        Line = new TicketLine(this, file, at);
    }

    /// <summary>The table this site lies in.</summary>
    internal WaitTable Table { get; }

    /// <summary>The file, for asynchronous waits.</summary>
    internal SharedSegment File { get; }

    /// <summary>Offset of the field in the segment.</summary>
    internal long Key { get; }

    /// <summary>Who holds the turn here, or is at work; see <see cref="SiteTurn"/> and
    /// <see cref="StreamTurn"/>.</summary>
    internal SharedUInt64 Holder { get; }

    /// <summary>The line of those who wait for a turn here.</summary>
    internal TicketLine Line { get; }


    /// <summary>
    /// Whether wakers rely on the sleepers' heavy fence (<see cref="AsymmetricFence"/>): set by structures whose fast
    /// path has no interlocked operation between the change and the look for sleepers. Never taken back.
    /// </summary>
    internal bool HasLightWakers { get; set; }

    /// <summary>Whether sleeps must be short, because the system has no heavy fence for
    /// <see cref="HasLightWakers"/>.</summary>
    internal bool LooksAgainSoon { get; private set; }

    /// <summary>Whether somebody sleeps here or is about to. Call it after a full fence.</summary>
    internal bool HasWaiters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]

        // PLAIN the caller's interlocked operation orders it after the change.
        get => _waiters.ReadOwned() != 0;
    }

    /// <summary>Number of sleepers, for people and tests.</summary>
    internal int WaiterCount => (int)_waiters.ReadAcquire();

    /// <summary>The counter of sleepers, for recovery.</summary>
    internal SharedUInt32 WaitersCell => _waiters;

    /// <summary>Wakes one sleeper. The change it waits for was made by an interlocked operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WakeOne()
    {
        if (HasWaiters)
        {
            Wake(1);
        }
    }

    /// <summary>Wakes several sleepers. The change they wait for was made by an interlocked operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Wake(uint count)
    {
        if (HasWaiters)
        {
            Wake((int)Math.Min(count, int.MaxValue));
        }
    }

    /// <summary>Wakes all sleepers. The change they wait for was made by an interlocked operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WakeAll()
    {
        if (HasWaiters)
        {
            Wake(int.MaxValue);
        }
    }

    /// <summary>Wakes all sleepers after a change made by a release store.</summary>
    internal void FenceAndWakeAll()
    {
        // FENCE the caller's store of the condition, then the load of waiters; pairs with the increment in Announce.
        //   Weaker: the store is still in the store buffer while the sleeper looks, and nobody wakes it.
        Interlocked.MemoryBarrier();
        WakeAll();
    }

    /// <summary>Wakes all sleepers after a change made by a release store, without a fence of the waker's own. Only on
    /// a site with <see cref="HasLightWakers"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LightFenceAndWakeAll()
    {
        // FENCE the caller's store of the condition, then the load of waiters; pairs with the heavy fence in Announce.
        AsymmetricFence.Light();
        if (_waiters.ReadAcquire() != 0)
        {
            Wake(int.MaxValue);
        }
    }

    /// <summary>The same for one sleeper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LightFenceAndWakeOne()
    {
        AsymmetricFence.Light();
        if (_waiters.ReadAcquire() != 0)
        {
            Wake(1);
        }
    }

    /// <summary>Waits until a condition holds: spins, then sleeps.</summary>
    /// <param name="condition">The condition; looked at by this thread only.</param>
    /// <param name="watch">Looks for the dead; null when nobody's death matters here.</param>
    /// <param name="deadlineNanoseconds">End of the wait on <see cref="MonotonicClock"/>; <see cref="long.MaxValue"/>
    /// for none.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over and the condition did not hold.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed during the wait.</exception>
    internal bool Wait<TCondition>(
        ref TCondition condition, IWaitWatch? watch, long deadlineNanoseconds, CancellationToken cancellationToken)
        where TCondition : IWaitCondition
    {
        var park = new SitePark(this, watch, deadlineNanoseconds, cancellationToken);
        while (!condition.IsMet())
        {
            if (park.SpinOnce())
            {
                continue;
            }

            if (park.IsOver())
            {
                return condition.IsMet();
            }

            uint expected = park.Announce();
            try
            {
                if (condition.IsMet())
                {
                    return true;
                }

                park.Sleep(expected);
            }
            catch (OperationCanceledException)
            {
                // The wake that this waiter may have used up belongs to the next one.
                WakeOne();
                throw;
            }
            finally
            {
                park.Withdraw();
            }
        }

        return true;
    }

    /// <summary>Waits until a condition holds, without holding a thread while it sleeps.</summary>
    /// <inheritdoc cref="Wait"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<bool> WaitAsync<TCondition>(
        TCondition condition, IWaitWatch? watch, long deadlineNanoseconds, CancellationToken cancellationToken)
        where TCondition : IWaitCondition
    {
        var park = new SitePark(this, watch, deadlineNanoseconds, cancellationToken);
        while (!condition.IsMet())
        {
            if (park.SpinOnce())
            {
                continue;
            }

            if (park.IsOver())
            {
                return condition.IsMet();
            }

            uint expected = park.Announce();
            try
            {
                if (condition.IsMet())
                {
                    return true;
                }

                await park.SleepAsync(expected).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The wake that this waiter may have used up belongs to the next one.
                WakeOne();
                throw;
            }
            finally
            {
                park.Withdraw();
            }
        }

        return true;
    }

    /// <summary>Raises the counter of sleepers.</summary>
    /// <returns>The sequence to sleep on.</returns>
    internal uint Announce()
    {
        // FENCE raise the counter, then look at the condition; pairs with the waker's interlocked change before it
        //   looks at the counter. Weaker: the waker sees nobody, the waiter sees no change, and sleeps.
        _ = _waiters.Increment();
        if (HasLightWakers)
        {
            // FENCE the same, on behalf of wakers that have no fence of their own (LightFenceAndWakeOne).
            LooksAgainSoon = !AsymmetricFence.TryHeavy();
        }

        // OBSERVE [wait-site] Read before the condition: a wake after this moves the sequence, and the kernel refuses
        //   to sleep.
        return _sequence.ReadAcquire();
    }

    /// <summary>Lowers the counter of sleepers.</summary>
    internal void Withdraw() => _ = _waiters.Decrement();

    /// <summary>Sleeps while the sequence is what it was.</summary>
    internal void Sleep(uint expected, long untilNanoseconds, CancellationToken cancellationToken) =>
        _ = SharedFutex.WaitUntil(_sequence, expected, untilNanoseconds, cancellationToken);

    /// <summary>The word sleepers sleep on, for asynchronous waits.</summary>
    internal SharedUInt32 SequenceCell => _sequence;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wake(int count)
    {
        // PUBLISH [wait-site] The sequence moves before the wake: a waiter that has not slept yet does not fall asleep
        //   any more.
        _ = _sequence.Increment();
        _ = SharedFutex.Wake(_sequence, count);
        GC.KeepAlive(Table);
    }
}
