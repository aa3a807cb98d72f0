using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The writer's waiting: for room in the ring, with a look at the reader every 50 ms.</summary>
/// <remarks>One thread at a time. Tokens of "space freed" are only a hint to look at the free bytes again; those that
/// piled up while nobody waited are taken all at once.</remarks>
internal sealed class SpaceWait
{
    private const long SliceNanoseconds = 50_000_000;

    // Frames written without waiting from which on a writer is taken to be streaming, and how long it then looks away:
    // about 2 µs.
    private const int Streaming = 8;
    private const int StreamingPauses = 100;

    private readonly WriterConnection _connection;
    private readonly RingWriter _ring;
    private readonly WaitStrategy _strategy;
    private readonly UseGate _gate;
    private ulong _sequenceAtWait;

    internal SpaceWait(WriterConnection connection, RingWriter ring, ZeroBufferOptions options, UseGate gate)
    {
        _connection = connection;
        _ring = ring;
        _strategy = options.WaitStrategy;
        _gate = gate;
    }

    /// <summary>How often a write had to wait.</summary>
    internal long Waits { get; private set; }

    /// <summary>True while a write waits for room.</summary>
    internal bool IsWaiting { get; private set; }

    /// <summary>What was last known about the reader.</summary>
    internal PeerPresence Presence { get; private set; } = PeerPresence.Present;

    /// <summary>Waits until a placed frame fits.</summary>
    /// <param name="placement">The frame.</param>
    /// <param name="deadline">Monotonic nanoseconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the time is over.</returns>
    /// <exception cref="PeerClosedException">The reader closed.</exception>
    /// <exception cref="PeerTerminatedException">The reader died.</exception>
    internal bool Wait(in RingPlacement placement, long deadline, CancellationToken cancellationToken)
    {
        Waits++;
        IsWaiting = true;
        try
        {
            WaitStrategy strategy = _strategy;
            if (deadline != 0)
            {
                PauseWhenStreaming();
            }

            while (true)
            {
                TimeSpan? slice = NextSlice(placement, deadline, out bool room);
                if (slice is null)
                {
                    return room;
                }

                if (!_connection.SpaceFreed.Wait(slice.Value, strategy, cancellationToken))
                {
                    strategy = WaitStrategy.PowerSaving;
                    AfterSlice();
                }
            }
        }
        finally
        {
            IsWaiting = false;
        }
    }

    /// <summary>As <see cref="Wait"/>, without blocking a thread.</summary>
    internal async ValueTask<bool> WaitAsync(
        RingPlacement placement, long deadline, CancellationToken cancellationToken)
    {
        Waits++;
        IsWaiting = true;
        try
        {
            while (true)
            {
                TimeSpan? slice = NextSlice(placement, deadline, out bool room);
                if (slice is null)
                {
                    return room;
                }

                bool woken = await _connection.SpaceFreed
                    .WaitAsync(slice.Value, cancellationToken).ConfigureAwait(false);
                if (!woken)
                {
                    AfterSlice();
                }
            }
        }
        finally
        {
            IsWaiting = false;
        }
    }

    /// <summary>Throws when the reader is gone.</summary>
    /// <param name="quick">True to look at its field only.</param>
    internal void RequireReader(bool quick)
    {
        if (quick && _connection.Reader.Field != 0)
        {
            return;
        }

        Presence = _connection.Reader.Look();
        if (Presence != PeerPresence.Present)
        {
            ThrowGone();
        }
    }

    // How long to sleep; null when there is room, or no time left.
    private TimeSpan? NextSlice(in RingPlacement placement, long deadline, out bool room)
    {
        do
        {
            room = _ring.HasRoom(placement);
        }
        while (!room && _connection.SpaceFreed.TryWaitMany(int.MaxValue) > 0);
        if (room)
        {
            return null;
        }

        long left = deadline == long.MaxValue ? SliceNanoseconds : deadline - MonotonicClock.Nanoseconds;
        RequireReader(quick: left > 0);
        if (left <= 0)
        {
            return null;
        }

        return left < SliceNanoseconds ? TimeSpan.FromTicks((left / 100) + 1) : FrameTokens.Slice;
    }

    // Many frames were written without waiting and now the ring is full: room for several comes together after a
    // pause, and looking at once would only take the cache lines away from the reader.
    private void PauseWhenStreaming()
    {
        bool streaming = _ring.NextSequence - _sequenceAtWait >= Streaming && _strategy.SpinNanoseconds > 0;
        _sequenceAtWait = _ring.NextSequence;
        for (int i = 0; streaming && i < StreamingPauses; i++)
        {
            SpinWaiter.Pause();
        }
    }

    private void AfterSlice()
    {
        StepHook.At("wait.look");
        _gate.ThrowIfClosing();
        RequireReader(quick: false);
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private void ThrowGone()
    {
        const string operation = "write frame";
        string name = _connection.Segment.Name.Value;
        if (Presence == PeerPresence.Absent)
        {
            throw new PeerClosedException(
                $"Could not write a frame to '{name}': the reader closed the buffer. Connect again when a reader has "
                + "created it anew.",
                operation,
                name);
        }

        throw new PeerTerminatedException(
            $"Could not write a frame to '{name}': the reader (process {_connection.Reader.ProcessId}) died. Connect "
            + "again when a reader has created the buffer anew.",
            operation,
            name,
            (long)_connection.Reader.ProcessId);
    }
}
