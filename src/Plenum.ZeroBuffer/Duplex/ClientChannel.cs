using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>What the calls of one client share: the present connection, its replacement, and the sending of
/// requests.</summary>
[SuppressMessage(
    "Usage",
    "CA2213:Disposable fields should be disposed",
    Justification = "The signal holds nothing native unless its wait handle is asked for, and a late caller may still "
        + "use it.")]
internal sealed class ClientChannel : IDisposable
{
    /// <summary>How long a sender waits for room before it looks whether answers must be read first.</summary>
    internal const long RoomSliceNanoseconds = 5_000_000;

    // How long somebody sleeps before it looks whether the connection still is one.
    private const long SliceNanoseconds = 50_000_000;

    private readonly DuplexClientOptions _options;
    private readonly ClientConnector _connector;
    private readonly ManualResetEventSlim _pumpSignal = new();
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _connectLock = new();
    private readonly SemaphoreSlim _sendGate = new(1, 1);
    private volatile ClientLink? _link;
    private AnswerPump? _pump;
    private volatile bool _disposed;

    internal ClientChannel(string name, DuplexClientOptions options)
    {
        Name = name;
        _options = options;
        _connector = new ClientConnector(name, options, _pumpSignal);
    }

    internal string Name { get; }

    internal ClientLink? Link => _link;

    internal static long Left(long deadline) =>
        deadline == long.MaxValue ? long.MaxValue : deadline - MonotonicClock.Nanoseconds;

    internal static TimeSpan Span(long nanoseconds) => TimeSpan.FromTicks(Math.Max(0, nanoseconds) / 100);

    internal void Connect(TimeSpan timeout, CancellationToken cancellationToken) =>
        _link = _connector.Connect(timeout, cancellationToken);

    /// <summary>The present connection, or a new one.</summary>
    /// <param name="deadline">Monotonic nanoseconds.</param>
    /// <param name="outcome">Why there is none.</param>
    /// <param name="cancellationToken">Ends the wait for a server.</param>
    internal ClientLink? RequireLink(long deadline, out DuplexOutcome outcome, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        outcome = DuplexOutcome.TimedOut;
        return _link is { IsLost: false } link ? link : Reconnect(deadline, out outcome, cancellationToken);
    }

    /// <summary>Writes a request if there is room, or soon is.</summary>
    /// <param name="link">The connection, whose room was entered.</param>
    /// <param name="request">The request.</param>
    /// <param name="deadline">Monotonic nanoseconds.</param>
    /// <param name="call">The call when it was sent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal bool TrySend<TSource>(
        ClientLink link,
        scoped in TSource request,
        long deadline,
        [NotNullWhen(true)] out PendingCall? call,
        CancellationToken cancellationToken)
        where TSource : IRequestSource, allows ref struct
    {
        call = null;
        TimeSpan wait = Span(Math.Min(Left(deadline), RoomSliceNanoseconds));
        if (!_sendGate.Wait(wait, cancellationToken))
        {
            return false;
        }

        try
        {
            call = Write(link, in request, new SendTerms(deadline, wait, IsAsynchronous: false), cancellationToken);
            return call is not null;
        }
        finally
        {
            _sendGate.Release();
        }
    }

    /// <summary>Writes a request as soon as there is room, without blocking a thread and without polling: who is next
    /// sleeps on the buffer's own "space freed".</summary>
    /// <returns>The call; null when the connection was lost or the time is over.</returns>
    internal async ValueTask<PendingCall?> SendAsync(
        ClientLink link, ReadOnlyMemory<byte> request, long deadline, CancellationToken cancellationToken)
    {
        while (!await _sendGate.WaitAsync(Slice(deadline), cancellationToken).ConfigureAwait(false))
        {
            if (link.IsLost || Left(deadline) <= 0)
            {
                return null;
            }
        }

        try
        {
            var terms = new SendTerms(deadline, TimeSpan.Zero, IsAsynchronous: true);
            while (true)
            {
                if (Write(link, new CopiedRequest(request.Span), terms, cancellationToken) is { } call)
                {
                    return call;
                }

                if (link.IsLost || Left(deadline) <= 0)
                {
                    return null;
                }

                await link.WaitForSpaceAsync(Slice(deadline), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _sendGate.Release();
        }
    }

    /// <summary>The thread that reads for asynchronous calls.</summary>
    internal AnswerPump RequirePump()
    {
        ThrowIfDisposed();
        if (_pump is { } present)
        {
            return present;
        }

        lock (_connectLock)
        {
            ThrowIfDisposed();
            return _pump ??= new AnswerPump(Name, () => _link, _pumpSignal);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        _disposing.Cancel();
        ClientLink? link;
        lock (_connectLock)
        {
            link = _link;
            _link = null;
        }

        link?.Lose(DuplexOutcome.ServerClosed, disposed: true);
        link?.Close();
        _pump?.Stop();
        _disposing.Dispose();
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, typeof(DuplexClient));

    internal TimeoutException TimedOut() => new(
        $"Could not call '{Name}': no answer came in time. The server is too slow, its handler failed without an "
        + "answer (foreign "
        + "servers), or it does not run; a late answer is thrown away.");

    [DoesNotReturn]
    internal void ThrowFailed(DuplexOutcome outcome, scoped DuplexAnswer answer)
    {
        const string operation = "call";
        switch (outcome)
        {
            case DuplexOutcome.HandlerFailed:
                string text = answer.ErrorText;
                answer.Dispose();
                throw new DuplexHandlerException(
                    $"Could not {operation} '{Name}': the server's handler failed: {text}", Name, text);
            case DuplexOutcome.ServerClosed:
                throw new PeerClosedException(
                    $"Could not {operation} '{Name}': the server closed the channel. Call again when it runs again.",
                    operation, Name);
            case DuplexOutcome.ServerDied:
                throw new PeerTerminatedException(
                    $"Could not {operation} '{Name}': the server died. Call again when it runs again.", operation,
                    Name, 0);
            default:
                throw TimedOut();
        }
    }

    private static TimeSpan Slice(long deadline) => Span(Math.Min(Left(deadline), SliceNanoseconds));

    // The send gate is held.
    private PendingCall? Write<TSource>(
        ClientLink link, scoped in TSource request, SendTerms terms, CancellationToken cancellationToken)
        where TSource : IRequestSource, allows ref struct
    {
        PendingCall? call = null;
        try
        {
            if (!link.IsLost
                && link.Requests.TryReserve(request.SizeBytes, out FrameReservation room, terms.Wait, cancellationToken))
            {
                Fill(in request, room);
                call = link.Arm(room.Sequence, terms.Deadline, terms.IsAsynchronous);
                StepHook.At("call.armed");
                room.Commit();
                StepHook.At("call.sent");
                return call;
            }
        }
        catch (PeerClosedException)
        {
            // The server will not read it: the request counts as not sent.
            link.Lose(DuplexOutcome.ServerClosed);
        }
        catch (PeerTerminatedException)
        {
            link.Lose(DuplexOutcome.ServerDied);
        }
        catch (ObjectDisposedException)
        {
            link.Lose(DuplexOutcome.ServerClosed, _disposed);
        }
        catch (SegmentCorruptedException)
        {
            // Nothing in this connection can be trusted any more; the next call makes a new one.
            link.Lose(DuplexOutcome.ServerDied);
            call?.Release();
            throw;
        }

        call?.Release();
        ThrowIfDisposed();
        return null;
    }

    private static void Fill<TSource>(scoped in TSource request, FrameReservation room)
        where TSource : IRequestSource, allows ref struct
    {
        bool filled = false;
        try
        {
            request.WriteTo(room.Span);
            filled = true;
        }
        finally
        {
            if (!filled)
            {
                // The user's function failed: nothing is sent.
                room.Dispose();
            }
        }
    }

    private ClientLink? Reconnect(long deadline, out DuplexOutcome outcome, CancellationToken cancellationToken)
    {
        outcome = _link?.Loss ?? DuplexOutcome.ServerClosed;
        long left = Left(deadline);
        if (!_options.Reconnect || !_connectLock.TryEnter(left > TimeSpan.MaxValue.Ticks / 2
            ? Timeout.InfiniteTimeSpan : Span(left)))
        {
            return null;
        }

        try
        {
            ThrowIfDisposed();
            if (_link is { IsLost: false } present)
            {
                return present;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
            _link?.Close();
            left = Left(deadline);
            ClientLink link = _connector.Connect(left == long.MaxValue
                ? Timeout.InfiniteTimeSpan : Span(left), either.Token);
            _link = link;
            return link;
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            ThrowIfDisposed();
            throw;
        }
        finally
        {
            _connectLock.Exit();
        }
    }

    /// <summary>How one request is sent.</summary>
    /// <param name="Deadline">End of the call in monotonic nanoseconds.</param>
    /// <param name="Wait">How long to wait for room.</param>
    /// <param name="IsAsynchronous">Whether the caller waits without a thread.</param>
    private readonly record struct SendTerms(long Deadline, TimeSpan Wait, bool IsAsynchronous);
}
