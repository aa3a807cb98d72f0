using Plenum.Platform;
using Plenum.VoidShm.Layout;

namespace Plenum.VoidShm.Reading;

/// <summary>A reader's way to speak to a writer of this library: its own cache line of the trailer, mapped for
/// writing.</summary>
/// <remarks>Readers map segments read-only; this second mapping exists only while a reader asks or waits. Thread-safe
/// except for
/// <see cref="Dispose"/>, which the owner's gate orders.</remarks>
internal sealed class ReaderLink : IDisposable
{
    private const long AskNanoseconds = 1_000_000_000;
    private const uint MaxHoldMicroseconds = 20_000;

    private readonly SharedSegment _segment;
    private readonly SharedUInt32 _wake;
    private readonly SharedUInt32 _waiters;
    private readonly SharedUInt32 _hold;
    private readonly SharedUInt64 _ask;

    private ReaderLink(SharedSegment segment, long trailer)
    {
        _segment = segment;
        _wake = segment.UInt32(trailer + TrailerV1.WakeOffset);
        _waiters = segment.UInt32(trailer + TrailerV1.WaitersOffset);
        _hold = segment.UInt32(trailer + TrailerV1.HoldOffset);
        _ask = segment.UInt64(trailer + TrailerV1.AskOffset);
    }

    internal SharedUInt32 Wake => _wake;

    internal SegmentInfo Info => _segment.OpenedInfo;

    /// <summary>Opens the link; null when this process may not write to the segment or it is not the one
    /// expected.</summary>
    internal static ReaderLink? TryOpen(SegmentName name, long trailerOffset)
    {
        try
        {
            long needed = trailerOffset + TrailerV1.SizeBytes;
            if (!SharedSegment.TryOpen(name, out SharedSegment? segment, SegmentAccess.ReadWrite, needed))
            {
                return null;
            }

            if (segment.UInt32(trailerOffset + TrailerV1.TagOffset).ReadAcquire() != TrailerV1.TagValue)
            {
                segment.Dispose();
                return null;
            }

            return new ReaderLink(segment, trailerOffset);
        }
        catch (SharedMemoryException)
        {
            // No permission to write, or replaced by something smaller: the reader goes on without asking.
            return null;
        }
    }

    /// <summary>Asks the writer to fill the second buffer during the next second.</summary>
    /// <param name="copyNanoseconds">How long the reader needs for a copy.</param>
    internal void Ask(long copyNanoseconds)
    {
        if (_segment.CurrentSizeBytes() < _segment.SizeBytes)
        {
            return;
        }

        uint wanted = (uint)Math.Min(copyNanoseconds * 4 / 1000, MaxHoldMicroseconds);
        if (_hold.ReadAcquire() < wanted)
        {
            _hold.WriteRelease(wanted);
        }

        // PUBLISH [void-ask] The writer looks at it after each write; the wanted hold time stands before.
        _ask.WriteRelease((ulong)(MonotonicClock.Nanoseconds + AskNanoseconds));
    }

    /// <summary>Sleeps until the writer's next write or a deadline.</summary>
    /// <param name="seen">Value of the wake word when the reader found nothing new.</param>
    /// <param name="deadlineNanoseconds">On <see cref="MonotonicClock"/>.</param>
    /// <param name="cancellationToken">Ends the sleep.</param>
    internal void Sleep(uint seen, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        if (_segment.CurrentSizeBytes() < _segment.SizeBytes)
        {
            return;
        }

        // FENCE announce, then (in the kernel) compare the word; pairs with the writer's fence between publishing and
        // looking for
        //   waiters. One mark for all waiters: the writer clears it and wakes everybody, so a waiter that died costs
        //   one wake-up.
        _ = _waiters.Exchange(1);
        _ = SharedFutex.WaitUntil(_wake, seen, deadlineNanoseconds, cancellationToken);
    }

    /// <summary>As <see cref="Sleep"/>, without blocking the thread.</summary>
    internal ValueTask<WaitResult> SleepAsync(uint seen, long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        if (_segment.CurrentSizeBytes() < _segment.SizeBytes)
        {
            return new ValueTask<WaitResult>(WaitResult.ValueChanged);
        }

        // FENCE as in Sleep.
        _ = _waiters.Exchange(1);
        long left = Math.Max(0, deadlineNanoseconds - MonotonicClock.Nanoseconds);
        return SharedFutex.WaitAsync(
            _segment, _wake, seen, TimeSpan.FromTicks((left + 99) / 100), cancellationToken);
    }

    internal void WakeSleepers() => _ = SharedFutex.WakeAll(_wake);

    internal void AddReference() => _segment.AddReference();

    internal void ReleaseReference() => _segment.ReleaseReference();

    public void Dispose() => _segment.Dispose();
}
