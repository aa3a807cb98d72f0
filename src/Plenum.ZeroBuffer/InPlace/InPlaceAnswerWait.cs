using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>The client's waiting for answers: it looks at the state of its own frame, spins, then sleeps on it, and
/// looks at the server every 50 ms. Thread-safe.</summary>
internal sealed class InPlaceAnswerWait
{
    private const long SliceNanoseconds = 50_000_000;

    private readonly InPlaceLink _link;
    private readonly InPlaceMemory _memory;
    private readonly WaitStrategy _strategy;

    internal InPlaceAnswerWait(InPlaceLink link, InPlaceMemory memory, WaitStrategy strategy)
    {
        _link = link;
        _memory = memory;
        _strategy = strategy;
    }

    /// <summary>Waits for the answer of a request that was sent.</summary>
    internal DuplexOutcome Wait(InPlaceFrame frame, long deadline, CancellationToken cancellationToken)
    {
        SharedUInt32 word = _memory.FrameState(frame.Offset);
        var spinner = new SpinWaiter(_strategy);
        while (true)
        {
            if (TryFinish(frame, word, out DuplexOutcome outcome))
            {
                return outcome;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (_link.IsLost)
            {
                return TryFinish(frame, word, out outcome) ? outcome : _link.Loss;
            }

            if (spinner.SpinOnce())
            {
                continue;
            }

            long now = MonotonicClock.Nanoseconds;
            if (now >= deadline)
            {
                return DuplexOutcome.TimedOut;
            }

            uint sleeping = AnnounceSleeper(word);
            if (IsOver(sleeping))
            {
                continue;
            }

            if (SharedFutex.WaitUntil(word, sleeping, Slice(now, deadline), cancellationToken) == WaitResult.TimedOut)
            {
                _link.LookAtServer();
            }
        }
    }

    /// <summary>Waits for the answer without a thread.</summary>
    internal async ValueTask<DuplexOutcome> WaitAsync(InPlaceFrame frame, long deadline,
        CancellationToken cancellationToken)
    {
        SharedUInt32 word = _memory.FrameState(frame.Offset);
        while (true)
        {
            if (TryFinish(frame, word, out DuplexOutcome outcome))
            {
                return outcome;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (_link.IsLost)
            {
                return TryFinish(frame, word, out outcome) ? outcome : _link.Loss;
            }

            long now = MonotonicClock.Nanoseconds;
            if (now >= deadline)
            {
                return DuplexOutcome.TimedOut;
            }

            uint sleeping = AnnounceSleeper(word);
            if (IsOver(sleeping))
            {
                continue;
            }

            TimeSpan slice = TimeSpan.FromTicks(((Slice(now, deadline) - now) / 100) + 1);
            WaitResult result = await SharedFutex.WaitAsync(_memory.Payload, word, sleeping, slice, cancellationToken)
                .ConfigureAwait(false);
            if (result == WaitResult.TimedOut)
            {
                _link.LookAtServer();
            }
        }
    }

    internal static bool IsOver(uint word) =>
        (word & ~InPlaceFrameHeader.SleeperFlag) is InPlaceFrameHeader.StateAnswered or InPlaceFrameHeader.StateFailed;

    private static long Slice(long now, long deadline) => Math.Min(deadline, now + SliceNanoseconds);

    // The state with the sleeper's flag, as it stands after the announcement.
    private static uint AnnounceSleeper(SharedUInt32 word)
    {
        // CLAIM [in-place-answer] An interlocked operation: whoever changes the state later sees the flag, and a state
        //   that was changed before is returned.
        uint before = word.Or(InPlaceFrameHeader.SleeperFlag);
        StepHook.At("in-place-wait.announced");
        return before | InPlaceFrameHeader.SleeperFlag;
    }

    private static bool TryFinish(InPlaceFrame frame, SharedUInt32 word, out DuplexOutcome outcome)
    {
        // OBSERVE [in-place-answer] Size and data of the answer are visible with its state.
        uint state = word.ReadAcquire() & ~InPlaceFrameHeader.SleeperFlag;
        outcome = state == InPlaceFrameHeader.StateFailed ? DuplexOutcome.HandlerFailed : DuplexOutcome.Answered;
        if (state is not (InPlaceFrameHeader.StateAnswered or InPlaceFrameHeader.StateFailed))
        {
            return false;
        }

        frame.IsSent = false;
        StepHook.At("in-place-wait.answered");
        return true;
    }
}
