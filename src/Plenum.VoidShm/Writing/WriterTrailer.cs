using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.VoidShm.Layout;

namespace Plenum.VoidShm.Writing;

/// <summary>The writer's side of the tear-free trailer: sequence, wake-ups, second buffer. One thread at a
/// time.</summary>
/// <remarks>
/// <para>The sequence is odd while the payload is being written; a copy is intact when it was even and the same before
/// and after.</para>
/// <para>A writer without pauses leaves readers no such moment. For them it fills the second buffer and then leaves
/// that alone for a
/// hold time of eight times what filling it cost (readers may ask for more), so a reader has a window it can meet.
/// Filling on every
/// write would be no help: the copy of the next write starts before a reader's copy can end.</para>
/// </remarks>
internal sealed class WriterTrailer
{
    private const long MinHoldNanoseconds = 20_000;
    private const long MaxHoldNanoseconds = 20_000_000;
    private const int HoldFactor = 8;

    private readonly SharedSegment _segment;
    private readonly SegmentPlan _plan;
    private readonly SharedUInt64 _seq;
    private readonly SharedUInt64 _writeTime;
    private readonly SharedUInt32 _wake;
    private readonly SharedUInt32 _waiters;
    private readonly SharedUInt32 _hold;
    private readonly SharedUInt64 _ask;
    private readonly SharedUInt64 _secondSeq;
    private readonly SharedUInt64 _secondEpoch;
    private readonly SharedUInt64 _secondFrame;
    private readonly SharedUInt64 _secondTime;
    private readonly ulong _epoch;
    private readonly bool _hasSecond;
    private readonly bool _always;
    private readonly AdaptiveCopy _copier = new();

    private WriteClock _clock;
    private ulong _sequence;
    private ulong _secondSequence;
    private long _holdUntil;

    internal WriterTrailer(SharedSegment segment, SegmentPlan plan, ulong epoch, VoidSecondBuffer second)
    {
        _segment = segment;
        _plan = plan;
        _epoch = epoch;
        long at = plan.TrailerOffset;
        _seq = segment.UInt64(at + TrailerV1.SeqOffset);
        _writeTime = segment.UInt64(at + TrailerV1.WriteTimeOffset);
        _wake = segment.UInt32(at + TrailerV1.WakeOffset);
        _waiters = segment.UInt32(at + TrailerV1.WaitersOffset);
        _hold = segment.UInt32(at + TrailerV1.HoldOffset);
        _ask = segment.UInt64(at + TrailerV1.AskOffset);
        _secondSeq = segment.UInt64(at + TrailerV1.SecondSeqOffset);
        _secondEpoch = segment.UInt64(at + TrailerV1.SecondEpochOffset);
        _secondFrame = segment.UInt64(at + TrailerV1.SecondFrameOffset);
        _secondTime = segment.UInt64(at + TrailerV1.SecondTimeOffset);
        _hasSecond = plan.SecondOffset != 0;
        _always = _hasSecond && second == VoidSecondBuffer.Always;
    }

    /// <summary>Stores the creator's fields while nobody sees the segment.</summary>
    internal static void Fill(SharedSegment segment, SegmentPlan plan, VoidSecondBuffer second)
    {
        Span<byte> at = segment.Span(plan.TrailerOffset, TrailerV1.SizeBytes);
        uint flags = TrailerV1.FlagRoleLock;
        flags |= plan.SecondOffset != 0 ? TrailerV1.FlagSecondBuffer : 0;
        flags |= plan.SecondOffset != 0 && second == VoidSecondBuffer.Always ? TrailerV1.FlagAlwaysFilled : 0;
        ProcessIdentity self = ProcessIdentity.Current;
        BinaryPrimitives.WriteUInt32LittleEndian(at[0x04..], TrailerV1.SizeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(at[0x18..], (uint)self.ProcessId);
        BinaryPrimitives.WriteUInt32LittleEndian(at[0x1C..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(at[0x28..], self.StartTicks);
        BinaryPrimitives.WriteUInt64LittleEndian(at[0x30..], (ulong)plan.SecondOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(at[0x38..], TrailerFacts.CurrentBoot);
        BinaryPrimitives.WriteUInt32LittleEndian(at, TrailerV1.TagValue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void BeginPayload()
    {
        // PLAIN the writer alone stores the sequence; the barrier below orders it.
        _seq.WriteOwned(++_sequence);

        // FENCE store of the odd sequence, then the stores of the payload; pairs with the reader's barrier before its
        // second look.
        //   Weaker: payload stores rise above the mark, and a reader accepts half of them.
        Volatile.WriteBarrier();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EndPayload(ulong frame)
    {
        long now = _clock.Now();
        _writeTime.WriteOwned((ulong)now);

        // PUBLISH [void-seq] The payload, its frame number and its time stand before the sequence is even again.
        //   Weaker: a reader sees an even sequence and half of the payload.
        _seq.WriteRelease(++_sequence);

        // FENCE the frame was published; the full fence of this addition orders it before the load of the waiters'
        // mark.
        //   Weaker: the reader sees the old frame and sleeps while the writer sees nobody waiting.
        _wake.Increment();
        if (_waiters.ReadAcquire() != 0)
        {
            WakeWaiters();
        }

        // OBSERVE [void-ask] Pairs with the reader's request; seen by the next write at the latest.
        if (_always || (_hasSecond && _ask.ReadAcquire() != 0))
        {
            ServeSecondBuffer(frame, now);
        }
    }

    /// <summary>Wakes everybody, whether announced or not: the segment is about to go.</summary>
    internal void WakeEverybody()
    {
        _wake.Increment();
        _ = SharedFutex.WakeAll(_wake);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WakeWaiters()
    {
        // CLAIM the announcements made so far. A waiter that announced itself before this and sleeps only after it
        // finds a changed
        // word, because the word moves once more before the wake-up; one that announces itself later keeps its mark.
        _ = _waiters.Exchange(0);
        _wake.Increment();
        _ = SharedFutex.WakeAll(_wake);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ServeSecondBuffer(ulong frame, long now)
    {
        if (now < _holdUntil)
        {
            return;
        }

        if (!_always && (ulong)now >= _ask.ReadAcquire())
        {
            // Nobody asks any more. A request that arrives between the two stores is repeated by its reader.
            _hold.WriteOwned(0);
            _ask.WriteRelease(0);
            return;
        }

        long start = MonotonicClock.Nanoseconds;
        _secondSeq.WriteOwned(++_secondSequence);

        // FENCE as in BeginPayload, for the second buffer.
        Volatile.WriteBarrier();
        int bytes = (int)_plan.PayloadBytes;
        _copier.Copy(
            _segment.ReadOnlySpan(_plan.Layout.HeaderBytes, bytes), _segment.Span(_plan.SecondOffset, bytes));
        _secondEpoch.WriteOwned(_epoch);
        _secondFrame.WriteOwned(frame);
        _secondTime.WriteOwned((ulong)now);

        // PUBLISH [void-second-seq] The second buffer and its frame number stand before its sequence is even again.
        _secondSeq.WriteRelease(++_secondSequence);
        long end = MonotonicClock.Nanoseconds;
        long wanted = Math.Max((end - start) * HoldFactor, _hold.ReadAcquire() * 1000L);
        _holdUntil = end + Math.Clamp(wanted, MinHoldNanoseconds, MaxHoldNanoseconds);
    }
}
