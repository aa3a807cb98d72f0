using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>One call in flight. Reused by its client.</summary>
/// <remarks>
/// Number and state are one word, so that an answer, a time-out, a cancellation and the loss of the server that come at
/// the same time are decided by one compare-exchange, also when the object already serves a later call.
/// </remarks>
[SuppressMessage(
    "Reliability",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "It holds nothing native unless its wait handle is asked for, and a late caller may still use it.")]
internal sealed class PendingCall : IValueTaskSource
{
    private const int StateBits = 2;
    private const ulong StateMask = (1UL << StateBits) - 1;
    private const ulong Free = 0;
    private const ulong Pending = 1;
    private const ulong Ending = 2;
    private const ulong Ended = 3;

    private readonly ManualResetEventSlim _signal = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private ulong _word;
    private bool _asynchronous;
    private int _following;

    /// <summary>The answer's frame, when there is one.</summary>
    internal HeldFrame Frame { get; private set; }

    /// <summary>How the call ended.</summary>
    internal DuplexOutcome Outcome { get; private set; }

    /// <summary>Bytes of the frame before the answer's data.</summary>
    internal int PrefixBytes { get; private set; }

    /// <summary>True when the client was disposed during the call.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>Monotonic nanoseconds when an asynchronous call times out.</summary>
    internal long Deadline { get; private set; }

    internal ulong Sequence => Volatile.Read(ref _word) >> StateBits;

    internal bool IsFree => (Volatile.Read(ref _word) & StateMask) == Free;

    internal bool IsPending => (Volatile.Read(ref _word) & StateMask) == Pending;

    internal bool IsEnded => (Volatile.Read(ref _word) & StateMask) == Ended;

    internal bool IsAsynchronous => _asynchronous;

    /// <summary>Starts a call; the object is free and the caller holds the send lock.</summary>
    internal void Arm(ulong sequence, long deadline, bool asynchronous)
    {
        Frame = default;
        Outcome = DuplexOutcome.Answered;
        PrefixBytes = 0;
        IsDisposed = false;
        Deadline = deadline;
        _asynchronous = asynchronous;
        _source.Reset();

        // PUBLISH [call] Who finds the number finds the fields of this call.
        Volatile.Write(ref _word, (sequence << StateBits) | Pending);
    }

    /// <summary>Ends the call with its answer.</summary>
    /// <returns>False when the call has ended before, or the object serves another call by now.</returns>
    internal bool TryAnswer(ulong sequence, in HeldFrame frame, int prefixBytes, DuplexOutcome outcome)
    {
        if (!TryClaim(sequence))
        {
            return false;
        }

        Frame = frame;
        PrefixBytes = prefixBytes;
        Outcome = outcome;
        End(sequence);
        return true;
    }

    /// <summary>Ends the call without an answer.</summary>
    /// <returns>False when the call has ended before, or the object serves another call by now.</returns>
    internal bool TryGiveUp(ulong sequence, DuplexOutcome outcome, bool disposed = false)
    {
        if (!TryClaim(sequence))
        {
            return false;
        }

        Outcome = outcome;
        IsDisposed = disposed;
        End(sequence);
        return true;
    }

    /// <summary>Frees the object for the next call.</summary>
    internal void Release()
    {
        Frame = default;
        Volatile.Write(ref _word, Free);
    }

    internal ValueTask WaitAsync() => new(this, _source.Version);

    /// <summary>Sleeps until the call has ended or the caller should try to read itself.</summary>
    internal void Follow(ClientLink link, int milliseconds, CancellationToken cancellationToken)
    {
        _signal.Reset();
        Interlocked.Exchange(ref _following, 1);
        link.AddFollower();
        try
        {
            // Looked at after the announcement: who leaves the lead before sees the follower, who leaves it after is
            // seen here.
            if (!IsEnded && link.IsLed)
            {
                _signal.Wait(milliseconds, cancellationToken);
            }
        }
        finally
        {
            link.RemoveFollower();
            Volatile.Write(ref _following, 0);
        }
    }

    /// <summary>Wakes the call's thread if it sleeps in <see cref="Follow"/>.</summary>
    internal bool TryWake()
    {
        if (Volatile.Read(ref _following) == 0)
        {
            return false;
        }

        _signal.Set();
        return true;
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    private bool TryClaim(ulong sequence)
    {
        ulong pending = (sequence << StateBits) | Pending;

        // OBSERVE [call] The exchange that finds the number is ordered before every look at the call's fields.
        // CLAIM [call] One of answer, time-out, cancellation and loss ends the call.
        return Interlocked.CompareExchange(ref _word, (sequence << StateBits) | Ending, pending) == pending;
    }

    private void End(ulong sequence)
    {
        // Read before the word is released: the owner may start the next call right after.
        bool asynchronous = _asynchronous;

        // The exchange orders this store before the look at the sleeper; Follow does the opposite with the same
        // strength.
        Interlocked.Exchange(ref _word, (sequence << StateBits) | Ended);
        if (asynchronous)
        {
            _source.SetResult(true);
        }
        else if (Volatile.Read(ref _following) != 0)
        {
            _signal.Set();
        }
    }
}
