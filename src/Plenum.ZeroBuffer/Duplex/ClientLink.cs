using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>One connection of a client: the writer of requests, the reader of answers, and the calls in
/// flight.</summary>
/// <remarks>
/// There is no thread that receives answers for synchronous callers: of those who wait, one takes the lead, reads, and
/// hands the answers of the others over. One caller alone therefore pays for no hand-over at all.
/// </remarks>
[SuppressMessage(
    "Reliability",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "It holds nothing native unless its wait handle is asked for, and a late caller may still use it.")]
internal sealed class ClientLink
{
    private const long SliceNanoseconds = 50_000_000;

    private readonly PendingCall[] _calls;
    private readonly SharedUInt64 _serverPid;
    private readonly SemaphoreSlim _room;
    private int _leading;
    private int _followers;
    private int _lost;
    private int _owed;
    private long _lateAnswers;

    internal ClientLink(ZeroBufferWriter requests, ZeroBufferReader answers, bool correlated, int maxInFlight,
        ManualResetEventSlim pumpSignal)
    {
        PumpSignal = pumpSignal;
        Requests = requests;
        Answers = answers;
        IsCorrelated = correlated;
        _serverPid = requests.Endpoint.Connection.Segment.UInt64(OperationInfoBlock.ReaderPidOffset);
        int calls = correlated ? maxInFlight : 1;
        _room = new SemaphoreSlim(calls, calls);
        _calls = new PendingCall[calls];
        for (int i = 0; i < calls; i++)
        {
            _calls[i] = new PendingCall();
        }
    }

    internal ZeroBufferWriter Requests { get; }

    internal ZeroBufferReader Answers { get; }

    /// <summary>Wakes the thread that reads for asynchronous callers.</summary>
    internal ManualResetEventSlim PumpSignal { get; }

    /// <summary>Whether the server is one of this library: answers say which request they answer, and whether it
    /// failed.</summary>
    internal bool IsCorrelated { get; }

    /// <summary>True after the server was found gone; every call in flight has ended then.</summary>
    internal bool IsLost => Volatile.Read(ref _lost) != 0;

    internal DuplexOutcome Loss { get; private set; }

    internal bool IsLed => Volatile.Read(ref _leading) != 0;

    internal long LateAnswers => Interlocked.Read(ref _lateAnswers);

    /// <summary>Whether an answer must come, or be known not to come, before the next request may be sent (foreign
    /// server).</summary>
    internal bool IsOwed => Volatile.Read(ref _owed) != 0;

    internal bool TryEnterRoom(TimeSpan timeout, CancellationToken cancellationToken) =>
        _room.Wait(timeout, cancellationToken);

    internal Task<bool> TryEnterRoomAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        _room.WaitAsync(timeout, cancellationToken);

    internal void LeaveRoom() => _room.Release();

    /// <summary>Sleeps until the server has given bytes of requests back, or the time is over; the caller holds the
    /// send gate and looks again afterwards.</summary>
    internal async ValueTask WaitForSpaceAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await Requests.Endpoint.Connection.SpaceFreed.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            Lose(DuplexOutcome.ServerClosed);
        }
    }

    internal bool TryLead() =>
        // CLAIM [lead] One of the waiting threads reads.
        Interlocked.CompareExchange(ref _leading, 1, 0) == 0;

    internal void EndLead()
    {
        Interlocked.Exchange(ref _leading, 0);
        if (Volatile.Read(ref _followers) != 0)
        {
            WakeFollower();
        }
    }

    internal void AddFollower() => Interlocked.Increment(ref _followers);

    internal void RemoveFollower() => Interlocked.Decrement(ref _followers);

    /// <summary>A free object for a call; the caller entered the room and holds the send lock.</summary>
    internal PendingCall Arm(ulong sequence, long deadline, bool asynchronous)
    {
        int start = (int)(sequence % (ulong)_calls.Length);
        for (int i = 0; ; i++)
        {
            PendingCall call = _calls[(start + i) % _calls.Length];
            if (call.IsFree)
            {
                call.Arm(sequence, deadline, asynchronous);
                return call;
            }
        }
    }

    /// <summary>Ends a call that its caller has taken the result of.</summary>
    /// <param name="call">The call.</param>
    /// <param name="answered">False when no answer came and one may still come.</param>
    internal void Return(PendingCall call, bool answered)
    {
        call.Release();
        if (answered || IsCorrelated || IsLost)
        {
            _room.Release();
            return;
        }

        // The room stays taken until the late answer is here, or certain not to come.
        Volatile.Write(ref _owed, 1);
    }

    /// <summary>Reads one answer, or waits a slice for it and then looks at the server. Only for who leads.</summary>
    /// <param name="limitNanoseconds">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal void Pump(long limitNanoseconds, CancellationToken cancellationToken)
    {
        if (IsLost)
        {
            return;
        }

        long slice = Math.Clamp(limitNanoseconds, 0, IsOwed ? SliceNanoseconds / 5 : SliceNanoseconds);
        try
        {
            ReadOutcome outcome = Answers.Read(out Frame frame, TimeSpan.FromTicks((slice + 99) / 100),
                cancellationToken);
            switch (outcome)
            {
                case ReadOutcome.Frame:
                    Dispatch(frame);
                    break;
                case ReadOutcome.WriterClosed:
                    Lose(DuplexOutcome.ServerClosed);
                    break;
                case ReadOutcome.WriterDied:
                    Lose(DuplexOutcome.ServerDied);
                    break;
                default:
                    LookAtServer();
                    break;
            }
        }
        catch (ObjectDisposedException)
        {
            Lose(DuplexOutcome.ServerClosed);
        }
        catch (SegmentCorruptedException)
        {
            Lose(DuplexOutcome.ServerDied);
            throw;
        }
    }

    /// <summary>The server is gone, or the client was disposed: ends every call in flight. The first reason
    /// stays.</summary>
    internal void Lose(DuplexOutcome outcome, bool disposed = false)
    {
        if (Interlocked.CompareExchange(ref _lost, 1, 0) == 0)
        {
            Loss = outcome;
        }

        foreach (PendingCall call in _calls)
        {
            if (call.IsPending)
            {
                call.TryGiveUp(call.Sequence, outcome, disposed);
            }
        }

        if (Interlocked.Exchange(ref _owed, 0) != 0)
        {
            _room.Release();
        }
    }

    /// <summary>Ends asynchronous calls whose time is over.</summary>
    /// <returns>The next time to look, in monotonic nanoseconds.</returns>
    internal long Expire(long now)
    {
        long next = now + SliceNanoseconds;
        foreach (PendingCall call in _calls)
        {
            if (!call.IsPending || !call.IsAsynchronous)
            {
                continue;
            }

            ulong sequence = call.Sequence;
            long deadline = call.Deadline;
            if (deadline <= now)
            {
                call.TryGiveUp(sequence, DuplexOutcome.TimedOut);
            }
            else
            {
                next = Math.Min(next, deadline);
            }
        }

        return next;
    }

    internal void Close()
    {
        Lose(DuplexOutcome.ServerClosed);

        // The writer first: a server that sees no writer does not answer any more.
        Requests.Dispose();
        StepHook.At("call.requests-left");
        Answers.Dispose();
    }

    /// <summary>Asks whether the server lives; ends every call when it does not.</summary>
    internal void LookAtServer()
    {
        if (IsOwed)
        {
            SettleDebt();
        }

        if (Requests.IsReaderConnected)
        {
            return;
        }

        SharedSegment segment = Requests.Endpoint.Connection.Segment;
        try
        {
            segment.AddReference();
        }
        catch (ObjectDisposedException)
        {
            Lose(DuplexOutcome.ServerClosed);
            return;
        }

        bool died = _serverPid.ReadAcquire() != 0;
        segment.ReleaseReference();
        Lose(died ? DuplexOutcome.ServerDied : DuplexOutcome.ServerClosed);
    }

    private void Dispatch(scoped Frame frame)
    {
        bool taken = false;
        try
        {
            taken = IsCorrelated ? DispatchCorrelated(frame) : DispatchInOrder(frame);
        }
        finally
        {
            if (!taken)
            {
                Interlocked.Increment(ref _lateAnswers);
                frame.Dispose();
            }
        }
    }

    private bool DispatchCorrelated(scoped Frame frame)
    {
        if (!DuplexWire.TryDecodePrefix(frame.Span, out ulong sequence, out uint status)
            || status > DuplexWire.StatusFailed)
        {
            throw new SegmentCorruptedException(
                $"Could not read an answer from '{Answers.Name}': a frame of {frame.SizeBytes} bytes has no valid "
                + "answer prefix (status "
                + $"{status}). The server is faulty or speaks a newer convention; connect again.",
                "read answer",
                Answers.Name,
                "status",
                status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        DuplexOutcome outcome = status == DuplexWire.StatusAnswered
            ? DuplexOutcome.Answered : DuplexOutcome.HandlerFailed;
        int start = (int)(sequence % (ulong)_calls.Length);
        for (int i = 0; i < _calls.Length; i++)
        {
            PendingCall call = _calls[(start + i) % _calls.Length];
            if (call.Sequence == sequence)
            {
                return call.TryAnswer(sequence, frame.Hold(), DuplexWire.PrefixBytes, outcome);
            }
        }

        return false;
    }

    // A foreign server: the one call in flight, unless an earlier one that was given up is still owed its answer.
    private bool DispatchInOrder(scoped Frame frame)
    {
        if (Interlocked.Exchange(ref _owed, 0) != 0)
        {
            _room.Release();
            return false;
        }

        PendingCall call = _calls[0];
        return call.TryAnswer(call.Sequence, frame.Hold(), 0, DuplexOutcome.Answered);
    }

    /// <summary>
    /// A foreign server gives a request back after its handler: when all requests were given back and no answer is
    /// there, none will come.
    /// </summary>
    private void SettleDebt()
    {
        if (!Requests.Endpoint.Peer.TryReadFree(out ulong free) || free != (ulong)Requests.PayloadSizeBytes)
        {
            return;
        }

        if (Answers.TryRead(out Frame late))
        {
            Interlocked.Increment(ref _lateAnswers);
            late.Dispose();
        }

        if (Interlocked.Exchange(ref _owed, 0) != 0)
        {
            _room.Release();
        }
    }

    private void WakeFollower()
    {
        foreach (PendingCall call in _calls)
        {
            if (call.IsPending && call.TryWake())
            {
                return;
            }
        }

        PumpSignal.Set();
    }
}
