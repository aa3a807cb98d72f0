using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The reader's waiting: takes the tokens of frames, and judges the writer while there are none.</summary>
/// <remarks>
/// A closing writer of ours wakes a sleeping reader without a token; a foreign one does not, a killed one cannot. So a
/// blocked reader looks at the writer when it is woken for nothing, and every 50 ms. One thread at a time.
/// </remarks>
internal sealed class FrameTokens
{
    /// <summary>The longest sleep without a look at the other end.</summary>
    internal static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    // Looks without any bookkeeping, about two microseconds; a peer that answers at once is seen without reading the
    // clock.
    private const int FirstLooks = 50;

    // From this many unread frames on, tokens are taken ahead; from fewer by a reader that is streaming. So many at
    // most.
    private const int LongBacklog = 32;
    private const int StreamingBacklog = 4;
    private const int MaxAhead = 4096;

    // How long a streaming reader that caught up looks away: about 5 µs. More would help distant processors.
    private const int StreamingPauses = 200;

    private const long SliceNanoseconds = 50_000_000;

    private readonly SharedSegment _control;
    private readonly NamedSemaphore _dataAvailable;
    private readonly RingReader _ring;
    private readonly RingLeasePool _leases;
    private readonly WaitStrategy _strategy;
    private readonly UseGate _gate;
    private readonly PeerWatch _watch;
    private readonly SharedUInt64 _writerPid;

    private readonly int _firstLooks;

    // Tokens taken and not used yet.
    private int _ahead;
    private ulong _writerSeen;
    private bool _died;
    private ulong _unpostedPosition = ulong.MaxValue;
    private long _unpostedSince;
    private long _lookedAt;

    // Frames read without a token from a writer that lives: their tokens may come late, and stand for no frame then.
    private int _tokensOwed;

    internal FrameTokens(
        BufferOwnership buffer, RingReader ring, RingLeasePool leases, ZeroBufferOptions options, UseGate gate)
    {
        _control = buffer.Segment;
        _dataAvailable = buffer.DataAvailable;
        _ring = ring;
        _leases = leases;
        _strategy = options.WaitStrategy;
        _gate = gate;
        _firstLooks = options.WaitStrategy.SpinNanoseconds > 0 && Environment.ProcessorCount > 1 ? FirstLooks : 0;
        _writerPid = buffer.Segment.UInt64(OperationInfoBlock.WriterPidOffset);
        _watch = new PeerWatch(buffer.Segment, OperationInfoBlock.WriterPidOffset);
    }

    /// <summary>How often a read had to wait.</summary>
    internal long Waits { get; private set; }

    /// <summary>The last writer's pid; 0 when none was seen.</summary>
    internal ulong LastWriter => _writerSeen;

    /// <summary>What was last known about the writer.</summary>
    internal PeerPresence Presence { get; private set; }

    /// <summary>True after a writer died, until another one connects.</summary>
    internal bool Died => _died;

    /// <summary>True while a read is parked or spinning.</summary>
    internal bool IsWaiting { get; private set; }

    /// <summary>A frame was read: remembers who wrote the first one, to notice a change of writers later.</summary>
    internal void NoteFrame()
    {
        if (_writerSeen == 0)
        {
            _writerSeen = _writerPid.ReadAcquire();
        }

        _died = false;
    }

    /// <summary>Tokens taken whose frames were not read yet.</summary>
    internal int Ahead => _ahead;

    /// <summary>Takes the token of one frame.</summary>
    /// <param name="streaming">True when many frames were read without waiting.</param>
    /// <remarks>
    /// Behind a long backlog half of it is taken at once: the semaphore's cache line then stays with the writer,
    /// instead of changing sides for every frame; a streaming reader takes all of a shorter one too. Otherwise tokens
    /// are taken one by one, so that the count says how many frames are unread; so is every token while one may be
    /// late. Measured worth for frames of 64 bytes: 22 instead of 8 million a second.
    /// </remarks>
    internal bool TryTake(bool streaming)
    {
        if (_ahead > 0)
        {
            _ahead--;
            return true;
        }

        int count = NamedSemaphore.TellsCount ? _dataAvailable.Count : 1;
        if (count >= (streaming ? StreamingBacklog : LongBacklog) && _tokensOwed == 0)
        {
            int taken = _dataAvailable.TryWaitMany(Math.Min(streaming ? count : count / 2, MaxAhead));
            _ahead = Math.Max(0, taken - 1);
            return taken != 0;
        }

        while (count != 0 && _dataAvailable.TryWait())
        {
            if (_tokensOwed == 0 || !IsLateToken())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A token stood for no frame: nor do those that were taken with it.</summary>
    internal void DropAhead() => _ahead = 0;

    /// <summary>Takes up to <paramref name="maximum"/> tokens.</summary>
    internal int TryTakeMany(int maximum)
    {
        int taken = Math.Min(_ahead, maximum);
        _ahead -= taken;
        return taken == maximum || _tokensOwed != 0 ? taken : taken + _dataAvailable.TryWaitMany(maximum - taken);
    }

    /// <summary>Takes a token that comes within the first looks.</summary>
    /// <param name="streaming">
    /// True when many frames were read without waiting: then a few come together after a pause, and looking at once
    /// would only take the cache lines away from the writer.
    /// </param>
    internal bool TryTakeSoon(bool streaming)
    {
        for (int i = 0; streaming && _firstLooks > 0 && i < StreamingPauses; i++)
        {
            SpinWaiter.Pause();
        }

        for (int i = 0; i < _firstLooks; i++)
        {
            if (TryTake(streaming))
            {
                return true;
            }

            SpinWaiter.Pause();
        }

        return false;
    }

    /// <summary>Waits until a frame may be read, at most until a time.</summary>
    /// <param name="deadline">Monotonic nanoseconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see cref="ReadOutcome.Frame"/> when a token was taken, or a frame must be read for which no token
    /// will come.</returns>
    internal ReadOutcome Wait(long deadline, CancellationToken cancellationToken)
    {
        Waits++;
        IsWaiting = true;
        try
        {
            ReadOutcome? outcome = Judge(quick: true);
            WaitStrategy strategy = _strategy;
            while (outcome is null)
            {
                TimeSpan slice = NextSlice(deadline, ref outcome);
                if (outcome is null)
                {
                    if (_dataAvailable.WaitOnce(slice, strategy, cancellationToken))
                    {
                        if (_tokensOwed == 0 || !IsLateToken())
                        {
                            return ReadOutcome.Frame;
                        }

                        continue;
                    }

                    strategy = WaitStrategy.PowerSaving;
                    outcome = AfterSlice();
                }
            }

            return outcome.Value;
        }
        finally
        {
            IsWaiting = false;
        }
    }

    /// <summary>As <see cref="Wait"/>, without blocking a thread.</summary>
    internal async ValueTask<ReadOutcome> WaitAsync(long deadline, CancellationToken cancellationToken)
    {
        Waits++;
        IsWaiting = true;
        try
        {
            ReadOutcome? outcome = Judge(quick: true);
            while (outcome is null)
            {
                TimeSpan slice = NextSlice(deadline, ref outcome);
                if (outcome is null)
                {
                    if (await _dataAvailable.WaitOnceAsync(slice, cancellationToken).ConfigureAwait(false))
                    {
                        if (_tokensOwed == 0 || !IsLateToken())
                        {
                            return ReadOutcome.Frame;
                        }

                        continue;
                    }

                    outcome = AfterSlice();
                }
            }

            return outcome.Value;
        }
        finally
        {
            IsWaiting = false;
        }
    }

    /// <summary>Looks at the writer now.</summary>
    internal PeerPresence Look()
    {
        Presence = _watch.Look();
        _lookedAt = MonotonicClock.Nanoseconds;
        if (Presence == PeerPresence.Present)
        {
            _writerSeen = _watch.ProcessId;
            _died = false;
        }
        else if (Presence == PeerPresence.Dead)
        {
            _writerSeen = _watch.ProcessId;
            _died = true;
        }

        return Presence;
    }

    private TimeSpan NextSlice(long deadline, ref ReadOutcome? outcome)
    {
        long now = MonotonicClock.Nanoseconds;
        long left = deadline == long.MaxValue ? SliceNanoseconds : deadline - now;
        if (left > 0)
        {
            return left < SliceNanoseconds ? TimeSpan.FromTicks((left / 100) + 1) : Slice;
        }

        // Who only polls learns of a dead writer too.
        outcome = (now - _lookedAt >= SliceNanoseconds ? Judge(quick: false) : null) ?? ReadOutcome.TimedOut;
        return default;
    }

    private ReadOutcome? AfterSlice()
    {
        StepHook.At("wait.look");
        _gate.ThrowIfClosing();
        return Judge(quick: false);
    }

    // Decides why there is no token; null to wait on.
    private ReadOutcome? Judge(bool quick)
    {
        if (quick && _writerPid.ReadAcquire() != 0)
        {
            return null;
        }

        PeerPresence presence = Look();
        if (presence == PeerPresence.Present)
        {
            if (!IsStuckBehind())
            {
                return null;
            }

            _tokensOwed++;
            return ReadOutcome.Frame;
        }

        if (presence == PeerPresence.Absent && _writerSeen == 0 && !_ring.AnyWritten)
        {
            return null;
        }

        // The writer is gone. What it posted before is read first; then what it published without getting to the post.
        if (TryTake(streaming: false))
        {
            return ReadOutcome.Frame;
        }

        if (_ring.IsBehind(_ring.WritePosition) && Look() == presence)
        {
            return ReadOutcome.Frame;
        }

        if (presence == PeerPresence.Dead)
        {
            CleanWriterRole();
        }

        _tokensOwed = 0;
        return _died ? ReadOutcome.WriterDied : ReadOutcome.WriterClosed;
    }

    // The token of a frame that was read without it: the writer was only suspended between its position and its post.
    // It comes while nothing is published, perhaps while the next frame is half published; a token of a frame comes
    // after its position.
    private bool IsLateToken()
    {
        bool late = !_ring.IsBehind(_ring.WritePosition) && !_ring.IsFull(_leases);
        _tokensOwed -= late ? 1 : 0;
        return late;
    }

    // A writer died between storing its position and posting, and another one took its place before anybody looked:
    // from then on tokens are missing. The position that stood unposted for a whole slice tells. Should the living
    // writer only have been slow, its token comes later and is recognised as one too many.
    private bool IsStuckBehind()
    {
        ulong position = _ring.WritePosition;
        long now = MonotonicClock.Nanoseconds;
        if (!_ring.IsBehind(position))
        {
            _unpostedPosition = ulong.MaxValue;
            return false;
        }

        if (position != _unpostedPosition)
        {
            _unpostedPosition = position;
            _unpostedSince = now;
            return false;
        }

        return now - _unpostedSince >= SliceNanoseconds
            && (!NamedSemaphore.TellsCount || _dataAvailable.Count == 0);
    }

    /// <summary>
    /// A writer died and everything it published was read: gives back what it had charged for a frame it did not
    /// publish, and marks the role as free. Meanwhile no writer can connect: ours are kept out by the lock, others by
    /// a live pid in the field.
    /// </summary>
    private void CleanWriterRole()
    {
        const int offset = OperationInfoBlock.WriterPidOffset;
        ulong dead = _watch.ProcessId;
        var self = (ulong)Environment.ProcessId;
        if (!_control.TryLockRole(offset, sizeof(ulong)))
        {
            return;
        }

        try
        {
            StepHook.At("recover.locked");

            // CLAIM [owner] A foreign writer that connects at this moment finds a live pid and is refused.
            if (_writerPid.CompareExchange(self, dead) == dead)
            {
                StepHook.At("recover.claimed");
                _ring.RepairFreeBytes(_leases);
                StepHook.At("recover.repaired");

                // PUBLISH [owner] The free bytes are right before the role is free.
                _writerPid.WriteRelease(0);
                StepHook.At("recover.cleared");
                SharedFutex.WakeAll(_writerPid.LowHalf());
            }
        }
        finally
        {
            _control.UnlockRole(offset, sizeof(ulong));
        }
    }
}
