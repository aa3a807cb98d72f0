using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One wait in the line of a semaphore or mutex, as steps that a blocking and an asynchronous caller both
/// drive.</summary>
/// <remarks>A mutable struct for one wait. Every path through it ends with <see cref="End"/>, which leaves the
/// line.</remarks>
internal struct LineWait
{
    // The front of the line spins as long as a wake-up costs; those behind it would only take the holder's core, and
    // yielding they would keep one another runnable: then every turn begins with a change of processes.
    private static readonly WaitStrategy s_behind = new() { SpinNanoseconds = 6_000, YieldCount = 0 };

    // Those who waited outside find a place when they are woken: the last places are theirs.
    private const uint NewcomersLimit = WaitSiteLayout.MaxTickets - 8;

    private readonly CountLock _lock;
    private readonly OwnerRecord _record;
    private readonly long _deadline;
    private readonly CancellationToken _cancellationToken;
    private OwnerRecord? _counted;
    private SpinWaiter _spin;
    private SpinWaiter _spinBehind;
    private SleepPlan _plan;
    private SleepPlan _planBehind;
    private uint _ticket;
    private uint _limit = NewcomersLimit;
    private Place _place;
    private bool _inherited;
    private bool _awake;

    internal LineWait(CountLock subject, OwnerRecord record, long deadlineNanoseconds,
        CancellationToken cancellationToken)
    {
        _lock = subject;
        _record = record;
        _deadline = deadlineNanoseconds;
        _cancellationToken = cancellationToken;
        _spin = subject.Table.Spin(deadlineNanoseconds);
        bool none = deadlineNanoseconds == 0 || subject.Table.Strategy.SpinNanoseconds == 0;
        _spinBehind = new SpinWaiter(none ? WaitStrategy.PowerSaving : s_behind);
    }

    private enum Place
    {
        Outside,
        Lobby,
        InLine,
        AtGate,
        Done,
    }

    /// <summary>The word to sleep on after <see cref="LineStep.Sleep"/>.</summary>
    internal SharedUInt32 Word { get; private set; }

    /// <summary>The value to sleep on.</summary>
    internal uint Expected { get; private set; }

    /// <summary>The end of the sleep.</summary>
    internal long Until { get; private set; }

    private readonly TicketLine Line => _lock.Line;

    private readonly bool IsFront => Line.Served == _ticket;

    /// <summary>Goes on until there is a result or a reason to sleep.</summary>
    internal LineStep Step()
    {
        while (true)
        {
            if (_place == Place.Outside && Line.TryEnter(_record, _lock.Kind, out _ticket, _limit))
            {
                _place = Place.InLine;
                StepHook.At("line-entered");
            }

            bool front = _place == Place.InLine && IsFront;
            if (front && !_awake)
            {
                Line.SayAwake(_ticket);
                _awake = true;
            }

            if (front && TryTake())
            {
                return LineStep.Taken;
            }

            if (front ? _spin.SpinOnce() : _spinBehind.SpinOnce())
            {
                continue;
            }

            _cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_lock.Table.IsDisposed, typeof(SharedMemory));
            bool over = MonotonicClock.Nanoseconds >= _deadline;
            if ((over || _plan.IsWatchDue()) && _lock.Table.Recovery.MayHaveDead()
                && _lock.Settle(_record, front && _lock.Kind == ClaimKind.Mutex))
            {
                _inherited = true;
                PassOn();
                return LineStep.Taken;
            }

            if (over)
            {
                return _place == Place.InLine && IsFront && TryTake() ? LineStep.Taken : LineStep.Over;
            }

            if (PrepareSleep(front))
            {
                StepHook.At("line-asleep");
                return LineStep.Sleep;
            }
        }
    }

    /// <summary>Says that the sleep is over.</summary>
    internal void Woken(WaitResult result)
    {
        StopSleeping();
        if (result != WaitResult.TimedOut)
        {
            _spin.Reset();
            _plan.Restart();
        }
    }

    /// <summary>Leaves the line unless the place was passed on, and lowers what was raised.</summary>
    internal void End()
    {
        StopSleeping();
        if (_place == Place.InLine)
        {
            if (Line.Leave(_ticket))
            {
                Line.WakeFront();
            }

            _record.Say(default);
            _place = Place.Done;
        }

        if (_counted is not null)
        {
            _counted.Say(ClaimKind.Counter, ClaimState.Doubt, _lock.Offset + 4);
            _ = _lock.WaitingCell.Decrement();
            _counted.Release();
            _counted = null;
        }
    }

    /// <summary>The result of the last step.</summary>
    internal readonly LineOutcome Outcome(LineStep step) =>
        step != LineStep.Taken ? LineOutcome.TimedOut : _inherited ? LineOutcome.Inherited : LineOutcome.Taken;

    private bool TryTake()
    {
        if (_lock.Count <= 0)
        {
            return false;
        }

        if (_lock.Kind == ClaimKind.Mutex)
        {
            _record.Say(ClaimKind.Mutex, ClaimState.QueuedDoubt, _lock.Offset);
            if (!_lock.TryTakeUnowned())
            {
                _record.Say(ClaimKind.Mutex, ClaimState.Queued, _lock.Offset);
                _lock.ThrowIfCorrupted();
                return false;
            }

            StepHook.At("line-taken");
            _record.Say(ClaimKind.Mutex, ClaimState.HeldServing, _lock.Offset);
            StepHook.At("line-serving");
        }
        else if (!_lock.TryTakePermit())
        {
            return false;
        }

        PassOn();
        return true;
    }

    // Taken: lets the next one be served. It is woken when there is something to take, and where a peer that wakes
    // nobody may
    // release next, so that the new front looks for itself.
    private void PassOn()
    {
        _ = Line.Leave(_ticket);
        _place = Place.Done;
        if (_lock.Kind == ClaimKind.Mutex)
        {
            _record.Say(ClaimKind.Mutex, ClaimState.Held, _lock.Offset);
        }
        else
        {
            _record.Say(default);
        }

        if (_lock.Count > 0 || _lock.Table.ForeignPeers)
        {
            Line.WakeFront();
        }
    }

    private bool PrepareSleep(bool front)
    {
        Count();
        if (_place == Place.Outside)
        {
            Word = _lock.Site.SequenceCell;
            Expected = _lock.Site.Announce();
            _place = Place.Lobby;
            Until = _planBehind.Next(foreignPeers: false, _deadline);
            if (Line.Length < _limit)
            {
                StopSleeping();
                return false;
            }

            return true;
        }

        Word = Line.Gate(_ticket);
        Expected = Line.Announce(_ticket);
        _awake = false;
        if (front)
        {
            Line.SayAsleep();
        }

        _place = Place.AtGate;
        if (IsFront && (!front || _lock.Count > 0))
        {
            StopSleeping();
            return false;
        }

        Until = front ? _plan.Next(_lock.Table.ForeignPeers, _deadline) : _planBehind.Next(foreignPeers: false,
            _deadline);
        return true;
    }

    private void StopSleeping()
    {
        if (_place == Place.Lobby)
        {
            _lock.Site.Withdraw();
            _limit = WaitSiteLayout.MaxTickets;
            _place = Place.Outside;
        }
        else if (_place == Place.AtGate)
        {
            Line.Withdraw(_ticket);
            _place = Place.InLine;
        }
    }

    // Raises the counter that peers read. They raise it for every wait; a wait that ends while spinning is too short to
    // be seen.
    private void Count()
    {
        if (_counted is null)
        {
            _counted = _lock.Table.Owners.Take();
            _counted.Say(ClaimKind.Counter, ClaimState.Doubt, _lock.Offset + 4);
            _ = _lock.WaitingCell.Increment();
            _counted.Say(ClaimKind.Counter, ClaimState.Held, _lock.Offset + 4);
        }
    }
}
