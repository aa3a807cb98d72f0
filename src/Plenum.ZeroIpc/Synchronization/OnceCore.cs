using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The four bytes of a once, and the record of its executor in the wait table.</summary>
internal sealed class OnceCore
{
    private const uint Pending = 0;
    private const uint Executing = 1;
    private const uint Done = 2;

    private readonly SharedSegment _segment;
    private readonly SharedUInt32 _state;
    private readonly long _offset;

    internal OnceCore(SharedSegment segment, WaitTable table, long offset)
    {
        _segment = segment;
        _offset = offset;
        _state = segment.UInt32(offset);
        Site = table.Site(offset);
    }

    internal WaitSite Site { get; }

    // OBSERVE [once] Pairs with Complete: what the executor stored is visible when the state is done.
    internal uint State => _state.ReadAcquire();

    /// <summary>Becomes the executor, or waits for it.</summary>
    /// <param name="deadlineNanoseconds">End of the wait.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <param name="record">The record of this execution; null when there is nothing to execute.</param>
    internal OnceOutcome Enter(long deadlineNanoseconds, CancellationToken cancellationToken, out OwnerRecord? record)
    {
        var attempt = new Attempt(this);
        try
        {
            bool decided = attempt.IsMet() || Site.Wait(ref attempt, attempt, deadlineNanoseconds, cancellationToken);
            record = attempt.Detach();
            return decided ? attempt.Outcome : OnceOutcome.TimedOut;
        }
        finally
        {
            attempt.Drop();
            GC.KeepAlive(_segment);
        }
    }

    /// <summary>The same without holding a thread.</summary>
    internal async ValueTask<(OnceOutcome Outcome, OwnerRecord? Record)> EnterAsync(
        long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(this);
        try
        {
            bool decided = attempt.IsMet()
                || await Site.WaitAsync(attempt, attempt, deadlineNanoseconds, cancellationToken).ConfigureAwait(false);
            OwnerRecord? record = attempt.Detach();
            return (decided ? attempt.Outcome : OnceOutcome.TimedOut, record);
        }
        finally
        {
            attempt.Drop();
            GC.KeepAlive(_segment);
        }
    }

    /// <summary>Says that it is done and wakes everybody.</summary>
    internal void Complete(OwnerRecord record)
    {
        record.Say(ClaimKind.Once, ClaimState.Doubt, _offset);
        StepHook.At("once-done-stated");

        // PUBLISH [once] What the executor stored is visible to who sees "done". Weaker: a caller returns and reads old
        //   data.
        _ = _state.Exchange(Done);
        StepHook.At("once-done-published");
        record.Release();
        Site.WakeAll();
        GC.KeepAlive(_segment);
    }

    internal void Reset()
    {
        _ = _state.Exchange(Pending);
        Site.WakeAll();
        GC.KeepAlive(_segment);
    }

    private bool TryBegin(OwnerRecord record)
    {
        record.Say(ClaimKind.Once, ClaimState.Doubt, _offset);
        StepHook.At("once-begin-stated");

        // CLAIM the execution.
        if (_state.CompareExchange(Executing, Pending) == Pending)
        {
            StepHook.At("once-begin-claimed");
            record.Say(ClaimKind.Once, ClaimState.Held, _offset);
            StepHook.At("once-begin-held");
            return true;
        }

        record.Say(default);
        return false;
    }

    private bool TryInherit(OwnerRecord record)
    {
        DeathRecovery recovery = Site.Table.Recovery;
        _ = recovery.SettleSite(Site);
        if (!recovery.HasDead(ClaimKind.Once, _offset) || !recovery.TryBegin())
        {
            return false;
        }

        try
        {
            List<OwnerClaim> claims = recovery.Claims(ClaimKind.Once, _offset);
            List<OwnerClaim> dead = claims.FindAll(static c => c.IsDead);
            bool live = claims.Count > dead.Count;
            bool proven = dead.Exists(static c => c.Word.State == ClaimState.Held) || !Site.Table.ForeignPeers;
            bool inherits = State == Executing && !live && proven;
            if (inherits)
            {
                // The caller's record first: its own death from here on leaves an executor that is found dead.
                record.Say(ClaimKind.Once, ClaimState.Held, _offset);
            }

            if (inherits || live || State != Executing)
            {
                dead.ForEach(c => recovery.Clear(c));
            }

            return inherits;
        }
        finally
        {
            recovery.End();
        }
    }

    /// <summary>One call: decided when it may execute, or when there is nothing left to execute.</summary>
    private sealed class Attempt(OnceCore core) : IWaitCondition, IWaitWatch
    {
        private OwnerRecord? _record;
        private bool _holds;

        internal OnceOutcome Outcome { get; private set; }

        public bool IsMet()
        {
            if (_holds)
            {
                return true;
            }

            uint state = core.State;
            if (state == Done)
            {
                Outcome = OnceOutcome.AlreadyExecuted;
                return true;
            }

            if (state == Pending && core.TryBegin(Record()))
            {
                _holds = true;
                Outcome = OnceOutcome.Executed;
            }

            return _holds;
        }

        /// <inheritdoc/>
        public bool ReadsRecordsOnly => true;

        public void Look()
        {
            if (!_holds && core.TryInherit(Record()))
            {
                _holds = true;
                Outcome = OnceOutcome.ExecutedAfterAbandonment;
            }
        }

        internal OwnerRecord? Detach()
        {
            if (!_holds)
            {
                return null;
            }

            OwnerRecord record = Record();
            _record = null;
            return record;
        }

        internal void Drop() => _record?.Release();

        private OwnerRecord Record() => _record ??= core.Site.Table.Owners.Take();
    }
}
