namespace Plenum.Platform.Tests.Waiting;

public sealed class SpinTests
{
    [Fact]
    public void SpinWaiter_PowerSaving_ParksAtOnce()
    {
        var spin = new SpinWaiter(WaitStrategy.PowerSaving);

        Assert.False(spin.SpinOnce());
    }

    [Fact]
    public void SpinWaiter_AnyStrategy_SpinsItsTimeThenParksAndStartsOver()
    {
        Assert.SkipUnless(SpinWaiter.CanSpin, "One usable processor: nobody spins.");
        var spin = new SpinWaiter(WaitStrategy.Balanced);
        for (int turn = 0; turn < 2; turn++)
        {
            long start = MonotonicClock.Nanoseconds;
            while (spin.SpinOnce())
            {
            }

            Assert.InRange(MonotonicClock.Nanoseconds - start, WaitStrategy.Balanced.SpinNanoseconds, long.MaxValue);
            Assert.False(spin.SpinOnce());
            spin.Reset();
        }
    }

    [Fact]
    public void AdaptiveSpin_WaitsThatPark_LearnNotToSpinButProbe()
    {
        var spin = new AdaptiveSpin(WaitStrategy.Balanced);
        int waits = 0;
        while (spin.BudgetNanoseconds > 0)
        {
            spin.Begin();
            spin.Parked();
            waits++;
        }

        Assert.InRange(waits, 1, 10);
        int probes = 0;
        for (int i = 0; i < 320; i++)
        {
            SpinWaiter wait = spin.Begin();
            probes += wait.SpinOnce() ? 1 : 0;
            spin.Parked();
        }

        Assert.Equal(SpinWaiter.CanSpin ? 10 : 0, probes);
    }

    [Fact]
    public void AdaptiveSpin_WaitsThatSucceed_GetTheWholeBudgetBackAndNoMore()
    {
        var spin = new AdaptiveSpin(WaitStrategy.Balanced);
        for (int i = 0; i < 10; i++)
        {
            spin.Parked();
        }

        Assert.Equal(0, spin.BudgetNanoseconds);
        for (int i = 0; i < 10; i++)
        {
            spin.Succeeded();
        }

        Assert.Equal(
            SpinWaiter.CanSpin ? WaitStrategy.Balanced.SpinNanoseconds : 0, spin.BudgetNanoseconds);
    }

    [Fact]
    public void MonotonicClock_Deadline_HandlesTheExtremes()
    {
        Assert.Equal(long.MaxValue, MonotonicClock.Deadline(Timeout.InfiniteTimeSpan));
        Assert.Equal(long.MaxValue, MonotonicClock.Deadline(TimeSpan.MaxValue));
        Assert.InRange(MonotonicClock.Deadline(TimeSpan.Zero), 1, MonotonicClock.Nanoseconds);
        Assert.Throws<ArgumentOutOfRangeException>(() => MonotonicClock.Deadline(TimeSpan.FromTicks(-1)));
    }
}
