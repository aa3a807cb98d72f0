using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>
/// The 16 bytes of a semaphore or mutex (spec zeroipc 2.12) and the line of those who wait for it. The semaphore, the
/// mutex and
/// all structures made of them share it.
/// </summary>
/// <remarks>Thread-safe. As a mutex it states its owner in the wait table; as a semaphore it has none.</remarks>
internal sealed class CountLock
{
    internal const int SizeBytes = 16;

    private readonly SharedInt32 _count;
    private readonly SharedInt32 _waiting;
    private readonly int _maximum;
    private readonly ClaimWord _doubt;
    private readonly ClaimWord _held;
    private readonly SharedSegment _segment;
    private OwnerRecord _near = OwnerRecord.None;
    private long _nextLook;

    internal CountLock(SharedSegment segment, WaitTable table, long offset, ClaimKind kind, string name)
    {
        _segment = segment;
        Table = table;
        Offset = offset;
        Kind = kind;
        Name = name;
        _count = segment.Int32(offset);
        _waiting = segment.Int32(offset + 4);
        _maximum = segment.Int32(offset + 8).ReadAcquire();
        Site = table.Site(offset);
        Line = Site.Line;
        _doubt = new ClaimWord(kind, ClaimState.Doubt, offset);
        _held = new ClaimWord(kind, ClaimState.Held, offset);
    }

    /// <summary>Offset of the count in the segment.</summary>
    internal long Offset { get; }

    /// <summary>Mutex or semaphore.</summary>
    internal ClaimKind Kind { get; }

    /// <summary>The entry's name, for messages.</summary>
    internal string Name { get; }

    internal WaitTable Table { get; }

    internal WaitSite Site { get; }

    internal TicketLine Line { get; }

    /// <summary>The count now.</summary>
    internal int Count => _count.ReadAcquire();

    /// <summary>The waiting counter that peers read.</summary>
    internal int Waiting => _waiting.ReadAcquire();

    /// <summary>The limit of the count as it was when this object was made; 0 for none.</summary>
    internal int Maximum => _maximum;

    internal SharedInt32 WaitingCell => _waiting;

    /// <summary>An entry to be created.</summary>
    internal static EntryRequest Request(string name, int count, int maximum) =>
        new(name, SizeBytes, (segment, offset) =>
        {
            // PLAIN nobody can find the entry yet.
            segment.Int32(offset).WriteOwned(count);
            segment.Int32(offset + 8).WriteOwned(maximum);
        });

    /// <summary>A free record for this lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal OwnerRecord TakeRecord()
    {
        nuint page = StackPage.Current;
        OwnerRecord near = _near;
        return near.Page == page && !near.IsLent ? near.Lend() : Table.Owners.TakeFar(page, ref _near);
    }

    /// <summary>Takes the mutex if it is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake(OwnerRecord record)
    {
        if (_count.ReadAcquire() != 1)
        {
            return false;
        }

        record.Say(_doubt);
        StepHook.At("mutex-take-stated");

        // OBSERVE [mutex] CLAIM the mutex. Pairs with GiveBack. The full fence keeps "in doubt" before it and "held"
        //   after it.
        if (_count.CompareExchange(0, 1) == 1)
        {
            StepHook.At("mutex-take-claimed");
            record.Say(_held);
            StepHook.At("mutex-take-held");
            return true;
        }

        record.Say(default);
        return false;
    }

    /// <summary>Takes the mutex without stating an owner.</summary>
    internal bool TryTakeUnowned() => _count.CompareExchange(0, 1) == 1;

    /// <summary>Takes one permit of the semaphore if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTakePermit()
    {
        int seen = _count.ReadAcquire();
        if (seen <= 0)
        {
            return false;
        }

        // OBSERVE [permit] CLAIM one permit. Pairs with TryGive.
        int found = _count.CompareExchange(seen - 1, seen);
        if (found != seen)
        {
            return TryTakePermitAgain(found);
        }

        StepHook.At("semaphore-acquire-taken");
        return true;
    }

    /// <summary>Gives the mutex back and wakes the front of the line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void GiveBack(OwnerRecord record)
    {
        record.Say(_doubt);
        StepHook.At("mutex-return-stated");

        // PUBLISH [mutex] What the holder stored is visible to who takes the mutex (full fence). Weaker: on arm64 the
        //   next holder sees old data; and the fence also orders the look for sleepers after it.
        if (_count.CompareExchange(1, 0) != 0)
        {
            ThrowNotHeld(record);
        }

        StepHook.At("mutex-return-given");
        record.Release();
        StepHook.At("mutex-return-cleared");
        Line.WakeFront();
        GC.KeepAlive(Table);
    }

    /// <summary>Gives the mutex back and keeps the record, for a holder that will lock again with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void GiveBackKeeping(OwnerRecord record)
    {
        record.Say(_doubt);

        // PUBLISH [mutex] As above.
        if (_count.CompareExchange(1, 0) != 0)
        {
            ThrowNotHeld(record);
        }

        record.Say(default);
        Line.WakeFront();
        GC.KeepAlive(Table);
    }

    /// <summary>Adds permits and wakes the front of the line.</summary>
    /// <returns>False when the count would exceed its limit; nothing is added then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGive(int permits)
    {
        int seen = _count.ReadAcquire();
        if (permits > (_maximum > 0 ? _maximum : int.MaxValue) - (long)seen)
        {
            return false;
        }

        // PUBLISH [permit] What was stored before is visible to who takes the permit (full fence).
        int found = _count.CompareExchange(seen + permits, seen);
        if (found != seen)
        {
            return TryGiveAgain(permits, found);
        }

        StepHook.At("semaphore-release-given");
        Line.WakeFront();
        GC.KeepAlive(Table);
        return true;
    }

    /// <summary>Takes over the mutex of a dead owner, at most every 50 ms: for callers that only try.</summary>
    internal bool TryInheritNow(OwnerRecord record)
    {
        long now = MonotonicClock.Nanoseconds;
        if (now < Volatile.Read(ref _nextLook))
        {
            return false;
        }

        Volatile.Write(ref _nextLook, now + SleepPlan.WatchNanoseconds);
        return Settle(record, mayInherit: true);
    }

    /// <summary>Settles what dead processes left here.</summary>
    /// <param name="record">The record of the caller.</param>
    /// <param name="mayInherit">Whether the caller, being first in line, takes over a dead owner's mutex.</param>
    /// <returns>True when the mutex is now the caller's; its record says so.</returns>
    internal bool Settle(OwnerRecord record, bool mayInherit)
    {
        _ = Table.Recovery.SettleCounter(Offset + 4, _waiting);
        _ = Table.Recovery.SettleSite(Site);
        DeathRecovery recovery = Table.Recovery;
        if (!recovery.HasDead(Kind, Offset) || !recovery.TryBegin())
        {
            return false;
        }

        try
        {
            return LineRecovery.Settle(this, recovery, record, mayInherit);
        }
        finally
        {
            recovery.End();
        }
    }

    /// <summary>Refuses a mutex whose count no peer could have written: waiting for it to become 1 might never
    /// end.</summary>
    /// <exception cref="SegmentCorruptedException">The count is more than 1.</exception>
    internal void ThrowIfCorrupted()
    {
        int count = Count;
        if (count > 1)
        {
            throw new SegmentCorruptedException(
                $"Could not lock mutex '{Name}' in segment '{_segment.Name}': its count is {count}, a mutex has 0 or "
                + "1. A process wrote over it; recreate the segment.",
                "lock mutex", _segment.Name.Value, "count", Format.Number(count));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTakePermitAgain(int seen)
    {
        while (seen > 0)
        {
            // OBSERVE [permit] CLAIM one permit, as above.
            int found = _count.CompareExchange(seen - 1, seen);
            if (found == seen)
            {
                StepHook.At("semaphore-acquire-taken");
                return true;
            }

            seen = found;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGiveAgain(int permits, int seen)
    {
        while (permits <= (_maximum > 0 ? _maximum : int.MaxValue) - (long)seen)
        {
            // PUBLISH [permit] As above.
            int found = _count.CompareExchange(seen + permits, seen);
            if (found == seen)
            {
                StepHook.At("semaphore-release-given");
                Line.WakeFront();
                GC.KeepAlive(Table);
                return true;
            }

            seen = found;
        }

        return false;
    }

    private void ThrowNotHeld(OwnerRecord record)
    {
        int found = Count;
        record.Release();
        throw new SegmentCorruptedException(
            $"Could not unlock mutex '{Name}': its count is {found} while this process holds it, so another process "
            + "released what it did not hold. Find that process; the mutex is free now.",
            "unlock mutex", _segment.Name.Value, "count", Format.Number(found));
    }
}
