using System.Runtime.CompilerServices;

namespace Plenum.ZeroIpc;

/// <summary>Asynchronous waits at a site as <see cref="WaitSite.WaitAsync"/>, with state machines that are used again
/// and conditions that their callers keep.</summary>
/// <remarks>Thread-safe; a condition belongs to one wait at a time unless it keeps nothing about it.</remarks>
internal static class PooledWait
{
    /// <inheritdoc cref="WaitSite.WaitAsync"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<bool> RunAsync(
        WaitSite site, IWaitCondition condition, IWaitWatch? watch, long deadlineNanoseconds,
        CancellationToken cancellationToken)
    {
        var park = new SitePark(site, null, deadlineNanoseconds, cancellationToken);
        var looks = default(LateWatch);
        while (!condition.IsMet())
        {
            if (park.SpinOnce())
            {
                continue;
            }

            bool isOver = park.IsOver();
            if (isOver ? looks.IsDueAtTheEnd : looks.IsDue())
            {
                watch?.Look();
            }

            if (isOver)
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

                _ = await park.SleepAsync(expected).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The wake that this waiter may have used up belongs to the next one.
                site.WakeOne();
                throw;
            }
            finally
            {
                park.Withdraw();
            }
        }

        return true;
    }
}
