using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A channel without a buffer: a send ends when a receiver has the value.</summary>
/// <remarks>
/// <para>The layouts have one place for a value and no way for two senders to share it. Our senders take turns at a
/// <see cref="SiteTurn"/>, which uses no byte of the segment; the one whose turn it is offers its value, waits until it
/// is taken, and takes it back when it gives up, so that nothing is delivered that was not sent.</para>
/// <para>Any number of our receivers and senders may meet; beside a peer that sends, or receives, the format allows one
/// at a time.</para>
/// </remarks>
internal abstract class RendezvousChannel<T> : ChannelCore<T>
    where T : unmanaged
{
    // How long a send that must not wait gives a receiver that sleeps to take the value.
    private const long TryNanoseconds = 5_000_000;

    private readonly WaitingCounter _senders;
    private readonly WaitingCounter _receivers;
    private readonly WaitSite _receiversSite;
    private readonly FrontWatch _front;
    private readonly IWaitCondition _turnIsFree;
    private readonly IWaitCondition _isOfferable;
    private readonly IWaitCondition _offerIsOver;

    protected RendezvousChannel(SharedMemory memory, long closedOffset, long sendersOffset, long receiversOffset,
        long turnOffset)
        : base(memory, closedOffset)
    {
        WaitSite sendersSite = Waits.Site(sendersOffset);
        _receiversSite = Waits.Site(receiversOffset);
        _senders = new WaitingCounter(sendersSite, memory.Segment.Int32(sendersOffset), sendersOffset);
        _receivers = new WaitingCounter(_receiversSite, memory.Segment.Int32(receiversOffset), receiversOffset);
        Turn = new SiteTurn(Waits.Site(turnOffset));
        _front = new FrontWatch(this);
        _turnIsFree = new TurnIsFree(this);
        _isOfferable = new IsOfferable(this);
        _offerIsOver = new OfferIsOver(this);
    }

    /// <inheritdoc/>
    internal override WaitSite Room => _receiversSite;

    /// <inheritdoc/>
    internal override bool IsWritable => (Turn.IsFree && WaitingReceivers > 0) || IsClosed;

    internal int WaitingSenders => _senders.Value;

    internal int WaitingReceivers => _receivers.Value;

    protected SiteTurn Turn { get; }

    /// <summary>Where the sender whose turn it is sleeps until its value is taken.</summary>
    protected abstract WaitSite Taken { get; }

    /// <summary>Where it sleeps until it can offer.</summary>
    protected abstract WaitSite Offerable { get; }

    /// <summary>Whether the place is free for an offer now.</summary>
    protected abstract bool CanOffer { get; }

    /// <summary>Whether the value on offer was taken.</summary>
    protected abstract bool IsTaken { get; }

    /// <summary>Whether the value on offer can be taken back or was taken: no receiver is in between.</summary>
    protected abstract bool IsSettled { get; }

    /// <inheritdoc/>
    internal override OwnerRecord? ArmReceiver()
    {
        OwnerRecord record = _receivers.Raise();
        _receiversSite.WakeAll();
        return record;
    }

    /// <inheritdoc/>
    internal override void DisarmReceiver(OwnerRecord? armed) => _receivers.Lower(armed!);

    /// <inheritdoc/>
    internal override SelectState TrySend(T value)
    {
        if (IsClosed)
        {
            return SelectState.Ended;
        }

        if (WaitingReceivers == 0 || !Turn.TryEnter())
        {
            return SelectState.Pending;
        }

        try
        {
            return CanOffer
                ? StateOf(HandOver(value, MonotonicClock.Nanoseconds + TryNanoseconds, CancellationToken.None))
                : SelectState.Pending;
        }
        finally
        {
            Turn.Exit();
        }
    }

    /// <inheritdoc/>
    internal override ChannelStatus Send(T value, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        ThrowIfUnusable(cancellationToken);
        while (!Turn.TryEnter())
        {
            var free = new TurnIsFree(this);
            if (IsClosed)
            {
                return ChannelStatus.Closed;
            }

            if (!Wait(Turn.Site, ref free, this, deadlineNanoseconds, cancellationToken))
            {
                return ChannelStatus.TimedOut;
            }
        }

        try
        {
            return HandOver(value, deadlineNanoseconds, cancellationToken);
        }
        finally
        {
            Turn.Exit();
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal override async ValueTask<ChannelStatus> SendAsync(
        T value, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        ThrowIfUnusable(cancellationToken);
        while (!Turn.TryEnter())
        {
            if (IsClosed)
            {
                return ChannelStatus.Closed;
            }

            if (!await WaitAsync(Turn.Site, _turnIsFree, this, deadlineNanoseconds, cancellationToken)
                .ConfigureAwait(false))
            {
                return ChannelStatus.TimedOut;
            }
        }

        try
        {
            return await HandOverAsync(value, deadlineNanoseconds, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Turn.Exit();
        }
    }

    /// <inheritdoc/>
    public override void Look()
    {
        _ = Waits.Recovery.SettleSite(Items);
        _ = Waits.Recovery.SettleSite(Taken);
        _ = Waits.Recovery.SettleSite(Turn.Site);
        _ = Waits.Recovery.SettleSite(_receiversSite);
        _senders.Look();
        _receivers.Look();
        SettleDeadSender();
    }

    protected static SelectState StateOf(ChannelStatus status) => status switch
    {
        ChannelStatus.Done => SelectState.Completed,
        ChannelStatus.Closed => SelectState.Ended,
        _ => SelectState.Pending,
    };

    /// <summary>Offers a value and wakes a receiver.</summary>
    protected abstract void Offer(T value);

    /// <summary>Takes the value on offer back.</summary>
    /// <returns>False when it is gone, or just being taken.</returns>
    protected abstract bool TryRetract();

    /// <summary>Takes back what a dead sender left on offer.</summary>
    /// <returns>False when a receiver that lives is just taking it.</returns>
    protected abstract bool TryClear();

    /// <summary>Offers again what a receiver took that died before it had it. Only by the sender whose offer it
    /// is.</summary>
    protected abstract void OfferAgain();

    protected override void WakeEverybody()
    {
        Items.WakeAll();
        Taken.WakeAll();
        Turn.Site.WakeAll();
        _receiversSite.WakeAll();
    }

    private ChannelStatus HandOver(T value, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        var offerable = new IsOfferable(this);
        if (!offerable.IsMet() && !Wait(Offerable, ref offerable, this, deadlineNanoseconds, cancellationToken))
        {
            return ChannelStatus.TimedOut;
        }

        if (IsClosed)
        {
            return ChannelStatus.Closed;
        }

        Offer(value);
        StepHook.At("rendezvous-offered");
        try
        {
            var over = new OfferIsOver(this);
            _ = Wait(Taken, ref over, _front, deadlineNanoseconds, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            if (Retract())
            {
                throw;
            }

            return ChannelStatus.Done;
        }

        return Outcome();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChannelStatus> HandOverAsync(
        T value, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        if (!CanOffer && !IsClosed
            && !await WaitAsync(Offerable, _isOfferable, this, deadlineNanoseconds, cancellationToken)
                .ConfigureAwait(false))
        {
            return ChannelStatus.TimedOut;
        }

        if (IsClosed)
        {
            return ChannelStatus.Closed;
        }

        Offer(value);
        try
        {
            _ = await WaitAsync(Taken, _offerIsOver, _front, deadlineNanoseconds, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            if (Retract())
            {
                throw;
            }

            return ChannelStatus.Done;
        }

        return Outcome();
    }

    private ChannelStatus Outcome()
    {
        if (IsTaken || !Retract())
        {
            return ChannelStatus.Done;
        }

        return IsClosed ? ChannelStatus.Closed : ChannelStatus.TimedOut;
    }

    private bool Retract()
    {
        while (!TryRetract())
        {
            if (IsTaken)
            {
                return false;
            }

            // A receiver is copying it, or died while it did: moments, or until its death is noticed.
            var settled = new IsOfferSettled(this);
            _ = Taken.Wait(ref settled, _front, long.MaxValue, CancellationToken.None);
        }

        return true;
    }

    private bool Wait<TCondition>(
        WaitSite site, ref TCondition condition, IWaitWatch watch, long deadline, CancellationToken cancellationToken)
        where TCondition : IWaitCondition
    {
        if (deadline != 0 && Spin(ref condition))
        {
            return true;
        }

        OwnerRecord raised = _senders.Raise();
        try
        {
            return site.Wait(ref condition, watch, deadline, cancellationToken);
        }
        finally
        {
            _senders.Lower(raised);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(
        WaitSite site, IWaitCondition condition, IWaitWatch watch, long deadline, CancellationToken cancellationToken)
    {
        OwnerRecord raised = _senders.Raise();
        try
        {
            return await PooledWait.RunAsync(site, condition, watch, deadline, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            _senders.Lower(raised);
        }
    }

    private void SettleDeadSender()
    {
        if (!Turn.IsAbandoned(out ulong holder) || !Waits.Recovery.TryBegin())
        {
            return;
        }

        try
        {
            if (TryClear())
            {
                Turn.EndDead(holder);
            }
        }
        finally
        {
            Waits.Recovery.End();
        }
    }

    private readonly struct TurnIsFree(RendezvousChannel<T> channel) : IWaitCondition
    {
        public bool IsMet() => channel.Turn.IsFree || channel.IsClosed;
    }

    private readonly struct IsOfferable(RendezvousChannel<T> channel) : IWaitCondition
    {
        public bool IsMet() => channel.CanOffer || channel.IsClosed;
    }

    private readonly struct OfferIsOver(RendezvousChannel<T> channel) : IWaitCondition
    {
        public bool IsMet() => channel.IsTaken || channel.IsClosed;
    }

    private readonly struct IsOfferSettled(RendezvousChannel<T> channel) : IWaitCondition
    {
        public bool IsMet() => channel.IsSettled;
    }

    private sealed class FrontWatch(RendezvousChannel<T> channel) : IWaitWatch
    {
        public void Look()
        {
            channel.Look();
            channel.OfferAgain();
        }
    }
}
