using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The line of those who wait for a turn at a site: first come, first served, each asleep on its own
/// gate.</summary>
/// <remarks>
/// <para>A waiter takes a ticket, waits until it is served, takes what it waits for, and only then lets the next one be
/// served. One
/// word holds the ticket served and one bit for each ticket given up, so that leaving the middle of the line and moving
/// on are
/// each one interlocked exchange, and repeating either after a death changes nothing.</para>
/// <para>At most 32 tickets are out at a time; more waiters wait at the site itself until the line moves.
/// Thread-safe.</para>
/// </remarks>
internal sealed class TicketLine
{
    private const uint Awake = 1;

    // About a millisecond, in units of Moment.
    private const uint OnTheWayMoments = 64;

    private readonly WaitSite _site;
    private readonly SharedUInt32 _next;
    private readonly SharedUInt32 _sleepers;
    private readonly SharedUInt64 _line;
    private readonly SharedUInt32 _served;
    private readonly SharedUInt64 _front;
    private readonly SharedUInt32[] _gates = new SharedUInt32[WaitSiteLayout.GateCount];

    internal TicketLine(WaitSite site, SharedSegment file, long at)
    {
        _site = site;
        _next = file.UInt32(at + 0x10);
        _sleepers = file.UInt32(at + 0x14);
        _line = file.UInt64(at + 0x18);
        _served = file.UInt32(at + 0x18);
        _front = file.UInt64(at + 0x48);
        for (int i = 0; i < _gates.Length; i++)
        {
            _gates[i] = file.UInt32(at + 0x20 + (i * 4));
        }
    }

    /// <summary>Whether nobody is in line: a newcomer may take at once.</summary>
    internal bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]

        // PLAIN a hint: a newcomer that overtakes somebody who enters at this moment is as good as first.
        get => _next.ReadOwned() == _served.ReadOwned();
    }

    /// <summary>The ticket being served now.</summary>
    internal uint Served => _served.ReadAcquire();

    /// <summary>Number of tickets out, those given up in the middle included.</summary>
    internal uint Length => _next.ReadAcquire() - _served.ReadAcquire();

    /// <summary>The bits of the tickets that sleep, or are about to, on their gates.</summary>
    internal SharedUInt32 SleepersCell => _sleepers;

    /// <summary>Whether a newcomer may take before the front of the line: where several wait, while the front, which
    /// slept, is on its way up, for at most a millisecond. One that waits alone is never overtaken.</summary>
    /// <remarks>Without it a line that has formed once stays: each turn then begins with a process that must be
    /// scheduled first. Worth: docs/performance.md, "Scaling".</remarks>
    internal bool MayOvertake
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        get
        {
            // First the word that stays in this processor's cache while nobody sleeps here.
            ulong front = _front.ReadAcquire();
            if ((uint)(front >> 32) <= Awake)
            {
                return false;
            }

            uint served = _served.ReadAcquire();
            return _next.ReadAcquire() - served > 1 && IsOnItsWay(front, served);
        }
    }

    /// <summary>Takes a ticket and states it in the record.</summary>
    /// <returns>False when as many tickets are out as <paramref name="limit"/> says.</returns>
    internal bool TryEnter(
        OwnerRecord record, ClaimKind kind, out uint ticket, uint limit = WaitSiteLayout.MaxTickets)
    {
        while (true)
        {
            ticket = _next.ReadAcquire();
            if (ticket - _served.ReadAcquire() >= limit)
            {
                return false;
            }

            record.Aux = ticket;
            record.Say(kind, ClaimState.Queueing, _site.Key);

            // CLAIM the ticket.
            if (_next.CompareExchange(ticket + 1, ticket) == ticket)
            {
                record.Say(kind, ClaimState.Queued, _site.Key);
                return true;
            }

            record.Say(default);
        }
    }

    /// <summary>Ends the service of a ticket, whether it is being served or still in the middle of the line.</summary>
    /// <returns>True when another ticket is served from now on.</returns>
    internal bool Leave(uint ticket)
    {
        ulong seen = _line.ReadAcquire();
        while (true)
        {
            uint served = (uint)seen;
            if (ticket - served >= WaitSiteLayout.MaxTickets)
            {
                return false;
            }

            ulong next = ticket == served ? Advance(seen) : seen | GivenUp(ticket);

            // CLAIM the move: the next ticket is served only once.
            ulong found = _line.CompareExchange(next, seen);
            if (found == seen)
            {
                // The waiters outside the line wait for room.
                _site.WakeOne();
                return ticket == served;
            }

            seen = found;
        }
    }

    /// <summary>Wakes the front of the line if it sleeps. The change it waits for was made by an interlocked
    /// operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WakeFront()
    {
        // PLAIN the caller's interlocked operation orders it after the change.
        if (_sleepers.ReadOwned() != 0)
        {
            WakeServed();
        }
    }

    /// <summary>Says that the owner of the ticket being served is awake: it needs no wake, and nobody overtakes
    /// it.</summary>
    internal void SayAwake(uint ticket)
    {
        if (_front.ReadAcquire() != 0)
        {
            // PLAIN a hint; who sees an older one wakes once too often, or overtakes. Taken back when nobody sleeps, so
            // that spinners leave the word alone.
            _front.WriteRelease(_sleepers.ReadOwned() == 0 ? 0 : ((ulong)Awake << 32) | ticket);
        }
    }

    /// <summary>Says that the owner of the ticket being served is about to sleep. It looks at its condition
    /// afterwards.</summary>
    internal void SayAsleep()
    {
        // FENCE take back "awake", then look at the condition; pairs with the waker's interlocked change before it
        //   looks at this word. Weaker: the waker takes the front for awake, the front sees no change, and sleeps.
        _ = _front.Exchange(0);
    }

    /// <summary>States that a ticket's owner sleeps, or is about to.</summary>
    /// <returns>The value of the ticket's gate to sleep on.</returns>
    internal uint Announce(uint ticket)
    {
        // FENCE set the bit, then look at the condition; pairs with the waker's interlocked change before it looks at
        //   the bits. Weaker: the waker sees nobody, the waiter sees no change, and sleeps.
        _ = _sleepers.Or(BitOf(ticket));
        StepHook.At("line-announced");

        // OBSERVE [gate] Read before the condition: a wake after this moves the gate, and the kernel refuses to sleep.
        return Gate(ticket).ReadAcquire();
    }

    /// <summary>States that a ticket's owner is awake. Before it leaves the line: the bit is the next one's
    /// then.</summary>
    internal void Withdraw(uint ticket) => _ = _sleepers.And(~BitOf(ticket));

    /// <summary>The same for a dead owner, as often as one likes: nothing happens once its ticket was given
    /// up.</summary>
    internal void WithdrawDead(uint ticket)
    {
        ulong line = _line.ReadAcquire();
        if (ticket - (uint)line < WaitSiteLayout.MaxTickets && (line & GivenUp(ticket)) == 0)
        {
            Withdraw(ticket);
        }
    }

    /// <summary>The word a ticket's owner sleeps on.</summary>
    internal SharedUInt32 Gate(uint ticket) => _gates[ticket % WaitSiteLayout.GateCount];

    private static bool IsOnItsWay(ulong front, uint served)
    {
        uint until = (uint)(front >> 32);
        return until > Awake && (uint)front == served
            && until - Moment(MonotonicClock.Nanoseconds) <= OnTheWayMoments;
    }

    // 16.4 µs each; never one of the two values that mean something else.
    private static uint Moment(long nanoseconds) => (uint)(nanoseconds >> 14) | 2;

    private static uint BitOf(uint ticket) => 1u << (int)(ticket % WaitSiteLayout.MaxTickets);

    private static ulong GivenUp(uint ticket) => (ulong)BitOf(ticket) << 32;

    private static ulong Advance(ulong line)
    {
        uint served = (uint)line + 1;
        ulong bits = line & ~(ulong)uint.MaxValue;
        while ((bits & GivenUp(served)) != 0)
        {
            bits &= ~GivenUp(served);
            served++;
        }

        return bits | served;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WakeServed()
    {
        uint served = _served.ReadAcquire();
        ulong front = _front.ReadAcquire();
        if (((uint)front == served && (uint)(front >> 32) == Awake) || IsOnItsWay(front, served))
        {
            // It looks at its condition before it sleeps again.
            return;
        }

        if (front == 0 || (uint)front != served)
        {
            // Before the wake, and once for each sleep: a front that does not come up in time is not overtaken any
            // more.
            _front.WriteRelease(((ulong)(Moment(MonotonicClock.Nanoseconds) + OnTheWayMoments) << 32) | served);
        }

        SharedUInt32 gate = Gate(served);

        // PUBLISH [gate] The gate moves before the wake: a front that has not slept yet does not fall asleep any more.
        _ = gate.Increment();
        _ = SharedFutex.WakeAll(gate);
        GC.KeepAlive(_site);
    }
}
