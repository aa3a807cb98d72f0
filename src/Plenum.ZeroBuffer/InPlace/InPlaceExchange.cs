using System.Text;
using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>One frame of an in-place channel: filled by the client, edited by the server, read by the client, then
/// given back.</summary>
/// <remarks>Belongs to one thread. Copies of this struct count as one. A frame may be used for several calls, one after
/// the other. Dispose it, else its bytes are never free again.</remarks>
public readonly ref struct InPlaceExchange
{
    private readonly InPlaceFrame? _frame;
    private readonly int _ticket;
    private readonly TimeSpan _timeout;
    private readonly Span<byte> _data;

    internal InPlaceExchange(InPlaceFrame frame, int ticket, TimeSpan timeout)
    {
        _frame = frame;
        _ticket = ticket;
        _timeout = timeout;
        _data = frame.Link.DataOf(frame);
    }

    /// <summary>False for a default value, after <see cref="Dispose"/>, and after a call that ended without an
    /// answer.</summary>
    public bool IsValid => _frame is not null && _frame.IsOut(_ticket);

    /// <summary>The frame's memory: the request before a call, the answer after it. Its content is undefined at
    /// first.</summary>
    /// <exception cref="ObjectDisposedException">See <see cref="IsValid"/>.</exception>
    public Span<byte> Data => IsValid ? _data : throw new ObjectDisposedException(nameof(InPlaceExchange));

    /// <summary>Sends the request at the start of <see cref="Data"/> and waits for the answer, which replaces
    /// it.</summary>
    /// <param name="requestBytes">Bytes of the request, 0 to the length of <see cref="Data"/>.</param>
    /// <param name="answer">The answer, in the same memory.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How the call ended. Without an answer the frame is no longer valid: the server may still write to
    /// it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative or larger than the frame.</exception>
    /// <exception cref="SegmentCorruptedException">The server broke the protocol.</exception>
    /// <exception cref="ObjectDisposedException">See <see cref="IsValid"/>; or the client was disposed, also during the
    /// call.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DuplexOutcome TryCall(
        int requestBytes, out Span<byte> answer, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        answer = default;
        ArgumentOutOfRangeException.ThrowIfNegative(requestBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(requestBytes, Data.Length);
        DuplexOutcome outcome = InPlaceCall.Run(_frame!, _ticket, requestBytes, MonotonicClock.Deadline(timeout),
            cancellationToken, out int size);
        answer = _data[..size];
        return outcome;
    }

    /// <summary>Sends the request and waits for the answer, up to
    /// <see cref="InPlaceClientOptions.CallTimeout"/>.</summary>
    /// <param name="requestBytes">Bytes of the request, 0 to the length of <see cref="Data"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer, in the same memory.</returns>
    /// <exception cref="DuplexHandlerException">The server's handler failed.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="PeerClosedException">The server closed.</exception>
    /// <exception cref="PeerTerminatedException">The server died.</exception>
    /// <inheritdoc cref="TryCall" path="/exception"/>
    public Span<byte> Call(int requestBytes, CancellationToken cancellationToken = default)
    {
        DuplexOutcome outcome = TryCall(requestBytes, out Span<byte> answer, _timeout, cancellationToken);
        if (outcome != DuplexOutcome.Answered)
        {
            string name = _frame!.Link.Name;
            InPlaceCall.ThrowFailed(name, outcome, outcome == DuplexOutcome.HandlerFailed
                ? Encoding.UTF8.GetString(answer) : string.Empty);
        }

        return answer;
    }

    /// <summary>Gives the frame back. Does nothing when that happened before. Never blocks.</summary>
    public void Dispose() => _frame?.Link.GiveBack(_frame, _ticket);
}
