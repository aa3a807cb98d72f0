namespace Plenum.ZeroBuffer.Duplex;

/// <summary>One call of a thread that waits for its answer: sends, then reads itself or lets another waiting thread
/// read.</summary>
internal ref struct SynchronousCall
{
    private const long SliceNanoseconds = 50_000_000;

    private readonly ClientChannel _channel;
    private readonly long _deadline;
    private readonly CancellationToken _cancellationToken;
    private ClientLink? _link;
    private PendingCall? _call;

    internal SynchronousCall(ClientChannel channel, long deadline, CancellationToken cancellationToken)
    {
        _channel = channel;
        _deadline = deadline;
        _cancellationToken = cancellationToken;
    }

    internal readonly bool IsSent => _call is not null;

    /// <summary>Sends the request.</summary>
    /// <returns>Why it was not sent; meaningless when <see cref="IsSent"/>.</returns>
    internal DuplexOutcome Send<TSource>(scoped in TSource request)
        where TSource : IRequestSource, allows ref struct
    {
        while (true)
        {
            _link = _channel.RequireLink(_deadline, out DuplexOutcome outcome, _cancellationToken);
            if (_link is null)
            {
                return outcome;
            }

            if (TryEnterRoom())
            {
                outcome = SendEntered(in request);
                if (IsSent)
                {
                    return outcome;
                }
            }
            else
            {
                outcome = _link.IsLost ? DuplexOutcome.ServerClosed : DuplexOutcome.TimedOut;
            }

            // A request that was not sent because the server had closed goes to its successor.
            if (outcome != DuplexOutcome.ServerClosed)
            {
                return outcome;
            }
        }
    }

    /// <summary>Waits for the answer of the request that was sent.</summary>
    internal readonly DuplexOutcome Await(out DuplexAnswer answer)
    {
        answer = default;
        PendingCall call = _call!;
        ulong sequence = call.Sequence;
        bool answered = false;
        try
        {
            WaitForEnd(call, sequence);
            answered = call.Frame.IsValid;
            if (call.IsDisposed)
            {
                throw new ObjectDisposedException(nameof(DuplexClient));
            }

            if (answered)
            {
                answer = new DuplexAnswer(call.Frame, call.PrefixBytes, call.Outcome);
            }

            return call.Outcome;
        }
        finally
        {
            if (!call.IsEnded)
            {
                call.TryGiveUp(sequence, DuplexOutcome.TimedOut);
                SpinUntilEnded(call);
            }

            if (!answered && call.Frame.IsValid)
            {
                call.Frame.Release();
                answered = true;
            }

            _link!.Return(call, answered);
        }
    }

    private readonly bool TryEnterRoom()
    {
        ClientLink link = _link!;
        while (!link.IsLost)
        {
            // While an answer is owed nobody else may be reading it.
            bool led = link.IsOwed && link.TryLead();
            if (led)
            {
                Drain(Math.Min(ClientChannel.Left(_deadline), ClientChannel.RoomSliceNanoseconds), _cancellationToken);
            }

            long limit = link.IsOwed ? ClientChannel.RoomSliceNanoseconds : SliceNanoseconds;
            long wait = led ? 0 : Math.Min(ClientChannel.Left(_deadline), limit);
            if (link.TryEnterRoom(ClientChannel.Span(wait), _cancellationToken))
            {
                return true;
            }

            if (ClientChannel.Left(_deadline) <= 0)
            {
                return false;
            }
        }

        return false;
    }

    private DuplexOutcome SendEntered<TSource>(scoped in TSource request)
        where TSource : IRequestSource, allows ref struct
    {
        ClientLink link = _link!;
        try
        {
            while (!_channel.TrySend(link, in request, _deadline, out _call, _cancellationToken))
            {
                if (link.IsLost)
                {
                    return link.Loss;
                }

                if (ClientChannel.Left(_deadline) <= 0)
                {
                    return DuplexOutcome.TimedOut;
                }

                // The server may be waiting for room for answers that nobody reads at this moment.
                if (link.TryLead())
                {
                    Drain(0, _cancellationToken);
                }
            }

            return DuplexOutcome.Answered;
        }
        finally
        {
            if (_call is null)
            {
                link.LeaveRoom();
            }
        }
    }

    private readonly void WaitForEnd(PendingCall call, ulong sequence)
    {
        ClientLink link = _link!;
        while (!call.IsEnded)
        {
            long left = ClientChannel.Left(_deadline);
            if (left <= 0)
            {
                // What has arrived in time counts, even if nobody has looked at it.
                if (link.TryLead())
                {
                    Drain(0, CancellationToken.None);
                }

                call.TryGiveUp(sequence, DuplexOutcome.TimedOut);
                SpinUntilEnded(call);
            }
            else if (link.TryLead())
            {
                Lead(call);
            }
            else
            {
                int milliseconds = (int)Math.Clamp(left / 1_000_000, 1, SliceNanoseconds / 1_000_000);
                call.Follow(link, milliseconds, _cancellationToken);
            }
        }
    }

    private readonly void Lead(PendingCall call)
    {
        ClientLink link = _link!;
        try
        {
            long left = ClientChannel.Left(_deadline);
            while (left > 0 && !call.IsEnded)
            {
                link.Pump(left, _cancellationToken);
                left = call.IsEnded ? 0 : ClientChannel.Left(_deadline);
            }
        }
        finally
        {
            link.EndLead();
        }
    }

    // Takes the lead that was won for one look.
    private readonly void Drain(long limitNanoseconds, CancellationToken cancellationToken)
    {
        ClientLink link = _link!;
        try
        {
            link.Pump(limitNanoseconds, cancellationToken);
        }
        finally
        {
            link.EndLead();
        }
    }

    // Between the claim of an end and its completion stand a few stores of another thread.
    private static void SpinUntilEnded(PendingCall call)
    {
        var spin = new SpinWait();
        while (!call.IsEnded)
        {
            spin.SpinOnce();
        }
    }
}
