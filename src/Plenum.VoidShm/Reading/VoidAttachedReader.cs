using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.VoidShm.Layout;
using Plenum.VoidShm.Reading;
using Plenum.VoidShm.Writing;

namespace Plenum.VoidShm;

/// <summary>Reads a segment through a mapping that it keeps, and waits for its next frame.</summary>
/// <remarks>
/// <para>Attaches by itself, notices when the writer gives the segment up, restructures it or is replaced by another,
/// and attaches
/// to what follows. The mapping is read-only; only asking for the second buffer and sleeping until the next frame map
/// the
/// segment a second time for writing, where permission allows (<see cref="VoidReaderOptions.MayAsk"/>).</para>
/// <para>Before each copy the segment's size is checked. If somebody truncates it in the moment between that check and
/// the copy, the
/// system ends this process; no program can prevent that while it maps memory which others may truncate. No writer of
/// this library does
/// so. <see cref="VoidShmReader"/> is immune.</para>
/// <para>Thread-safe: reads of several threads follow one another. Reading and waiting do not allocate; attaching
/// does.</para>
/// <example><code>
/// using VoidAttachedReader reader = new("levels");
/// while (reader.WaitForNext(TimeSpan.FromSeconds(1)) == VoidWaitResult.NewFrame)
/// {
///     reader.TryRead(values, out VoidSnapshot snapshot);
/// }
/// </code></example>
/// </remarks>
[SuppressMessage(
    "Usage", "CA2213:Disposable fields should be disposed",
    Justification = "The event must stay usable for a wait that ends because of Dispose; it owns no handle.")]
public sealed class VoidAttachedReader : IDisposable
{
    private const int PlainAttempts = 8;

    private readonly VoidLayout _layout;
    private readonly SegmentName? _name;
    private readonly SegmentSampler? _sampler;
    private readonly ReaderLinkSlot? _link;
    private readonly ManualResetEventSlim _closed = new(false, 0);
    private readonly ulong _frameMask;
    private readonly long _retryNanoseconds;
    private OperationGate _gate;
    private AttachedSession? _session;
    private bool _lastFromSecond;
    private FrameMemory _memory;
    private FramePeriod _period;
    private ulong _seenEpoch;
    private ulong _seenFrame;
    private bool _seenAny;
    private bool _disposed;

    /// <summary>Prepares a reader; attaches with the first read or wait.</summary>
    /// <param name="name">Name of the segment. A name that breaks the profile's rules gives
    /// <see cref="VoidValidity.BadName"/> on reading.</param>
    /// <param name="options">Profile, size check, wait strategy; null for the defaults.</param>
    /// <exception cref="ArgumentException">The profile contradicts itself.</exception>
    public VoidAttachedReader(string name, VoidReaderOptions? options = null)
    {
        Options = options ?? VoidReaderOptions.Default;
        _layout = Options.Profile.Layout;
        _frameMask = _layout.MaxOf(VoidField.Frame);
        _retryNanoseconds = Options.RetryTime.Ticks * 100;
        Name = name;
        if (VoidSegmentName.TryParse(name, Options.Profile, out _name))
        {
            _sampler = new SegmentSampler(_name);
            _link = new ReaderLinkSlot(_name, Options.MayAsk);
        }
    }

    /// <summary>The name as given.</summary>
    public string Name { get; }

    /// <summary>The options it was made with.</summary>
    public VoidReaderOptions Options { get; }

    /// <summary>True while a segment is mapped.</summary>
    public bool IsAttached => Volatile.Read(ref _session) is not null;

    /// <summary>The owner strings of the segment attached last.</summary>
    public VoidOwner Owner { get; private set; } = VoidOwner.None;

    /// <summary>Copies the present frame.</summary>
    /// <param name="destination">Receives the values, channel by channel; a smaller buffer gets the first ones.</param>
    /// <param name="snapshot">What was found.</param>
    /// <returns>True when values were read.</returns>
    /// <remarks>Blocks up to <see cref="VoidReaderOptions.RetryTime"/> while the writer is writing.</remarks>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public bool TryRead(Span<float> destination, out VoidSnapshot snapshot)
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            AttachedSession? session = _session;
            if (session is not null && session.IsUsable() && !_lastFromSecond)
            {
                int count = session.Copy(destination, out ulong frame, out long time);
                if (count >= 0)
                {
                    snapshot = Success(session, count, frame, time, 0, false);
                    return true;
                }
            }

            snapshot = ReadSlow(destination);
            return snapshot.IsValid;
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Waits until there is a frame that this reader has not read: a new one, or the present one of a new
    /// segment.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <remarks>
    /// Spins by the options' wait strategy, then sleeps. A writer of this library wakes the reader with its next write.
    /// A foreign one is
    /// looked at every half of its observed period, at least 1 ms apart. While the segment is missing the name is tried
    /// every 10 to 50 ms.
    /// </remarks>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed, before or during the wait.</exception>
    public VoidWaitResult WaitForNext(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = MonotonicClock.Deadline(timeout);
        var spin = new SpinWaiter(Options.Wait);
        int missing = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (LookForFrame(out uint wake, out bool attached))
            {
                return VoidWaitResult.NewFrame;
            }

            long now = MonotonicClock.Nanoseconds;
            if (now >= deadline)
            {
                return VoidWaitResult.TimedOut;
            }

            if (attached && spin.SpinOnce())
            {
                continue;
            }

            missing = FrameWait.NextMissing(attached, missing);
            NextWait(wake, missing, now, deadline).Sleep(_closed, cancellationToken);
        }
    }

    /// <summary>Gives the mapping up; the next read attaches again.</summary>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public void Detach()
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            DetachCore();
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Unmaps the segment and ends waits. Idempotent.</summary>
    public void Dispose()
    {
        _ = _gate.TryEnterForClosing();
        bool first = !_disposed;
        _disposed = true;
        DetachCore();
        _gate.Leave();
        if (first)
        {
            _closed.Set();
            _sampler?.Dispose();
        }
    }

    private VoidSnapshot ReadSlow(Span<float> destination)
    {
        int plain = _lastFromSecond ? 1 : PlainAttempts;
        long end = 0;
        int retries = 0;
        int attaches = 0;
        while (true)
        {
            VoidValidity code = EnsureAttached(ref attaches);
            if (code != VoidValidity.Ok)
            {
                return VoidSnapshot.Failed(code, retries);
            }

            AttachedSession session = _session!;
            int count = session.Copy(destination, out ulong frame, out long time);
            bool lastForeign = !session.HasTrailer && count == AttachedSession.Torn && retries >= PlainAttempts;
            bool second = false;
            if (count == AttachedSession.Torn && retries >= plain && session.HasSecondBuffer)
            {
                count = session.CopySecond(destination, _memory, _frameMask, out frame, out time);
                second = true;
            }

            if (count >= 0 || lastForeign)
            {
                count = lastForeign ? Math.Min(destination.Length, session.Channels * session.Length) : count;
                return Success(session, count, frame, time, retries, second);
            }

            retries++;
            if (count == AttachedSession.Stale)
            {
                DetachCore();
            }
            else if (retries == plain)
            {
                end = MonotonicClock.Nanoseconds + _retryNanoseconds;
                _link!.AskForSecondBuffer(session);
            }
            else if (retries > plain)
            {
                if (MonotonicClock.Nanoseconds >= end)
                {
                    return VoidSnapshot.Failed(VoidValidity.Changed, retries);
                }

                Pause(retries - plain);
            }
        }
    }

    // The first looks come quickly, because the writer is about to finish; then the core is offered to it.
    private static void Pause(int attempt)
    {
        if (attempt % 32 == 0)
        {
            Thread.Yield();
        }
        else
        {
            SpinWaiter.Pause();
        }
    }

    private VoidValidity EnsureAttached(ref int attaches)
    {
        const int maxAttaches = 8;
        if (_session is { } session)
        {
            if (session.IsUsable())
            {
                return VoidValidity.Ok;
            }

            bool shrunk = session.IsShrunk();
            DetachCore();
            if (shrunk && attaches == 0)
            {
                attaches++;
                VoidValidity seen = Attach();
                return seen is VoidValidity.Ok or VoidValidity.Missing ? seen : VoidValidity.Truncated;
            }
        }

        return attaches++ >= maxAttaches ? VoidValidity.Changed : Attach();
    }

    private VoidValidity Attach()
    {
        if (_sampler is null)
        {
            return VoidValidity.BadName;
        }

        VoidValidity code = AttachedSession.TryAttach(
            _name!, _layout, _sampler, Options.SizeCheck, out AttachedSession? session);
        if (session is not null)
        {
            Volatile.Write(ref _session, session);
            Owner = session.Owner;
            _period = default;
        }

        return code;
    }

    private void DetachCore()
    {
        AttachedSession? session = _session;
        Volatile.Write(ref _session, null);
        session?.Close();
        _link?.Close();
        _lastFromSecond = false;
    }

    private VoidSnapshot Success(AttachedSession session, int count, ulong frame, long time, int retries, bool second)
    {
        _lastFromSecond = second;
        _memory.Remember(session.Epoch, frame);
        _seenAny = true;
        _seenEpoch = session.Epoch;
        _seenFrame = frame;
        return new VoidSnapshot(
            VoidValidity.Ok,
            session.HasTrailer ? VoidVerification.Verified : VoidVerification.Unverifiable,
            session.Channels,
            session.Length,
            session.Epoch,
            frame,
            time,
            count,
            retries,
            second);
    }

    // The wake word is read before the frame, so that a write in between is not slept over.
    internal bool LookForFrame(out uint wake, out bool attached)
    {
        wake = 0;
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_session is { } mapped && (!mapped.IsUsable() || !mapped.IsCurrent()))
            {
                DetachCore();
            }

            attached = _session is not null || Attach() == VoidValidity.Ok;
            if (_session is not { } session)
            {
                return false;
            }

            wake = session.HasTrailer ? session.WakeWord() : 0;
            ulong frame = session.Frame();
            if (!session.HasTrailer)
            {
                _period.Observe(frame);
            }

            return !_seenAny || session.Epoch != _seenEpoch || frame != _seenFrame;
        }
        finally
        {
            _gate.Leave();
        }
    }

    // The next sleep, with a reference that keeps the link mapped.
    internal FrameWait NextWait(uint wake, int missingMilliseconds, long now, long deadline)
    {
        ReaderLink? link = null;
        int poll = missingMilliseconds;
        _gate.Enter();
        try
        {
            if (_session is { } session && !_disposed)
            {
                link = _link!.Of(session);
                link?.AddReference();
                poll = _period.PollMilliseconds;
            }
        }
        finally
        {
            _gate.Leave();
        }

        return new FrameWait(link, wake, poll, FrameWait.End(now, deadline));
    }
}
