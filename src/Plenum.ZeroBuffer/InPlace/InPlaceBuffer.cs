using System.Buffers;
using System.Text;
using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>One frame of an in-place channel as an object, for asynchronous code; see
/// <see cref="InPlaceExchange"/>.</summary>
/// <remarks>One thread at a time. Dispose it, else its bytes are never free again.</remarks>
public sealed class InPlaceBuffer : IMemoryOwner<byte>
{
    private readonly InPlaceFrame _frame;
    private readonly int _ticket;
    private readonly TimeSpan _timeout;
    private readonly IMemoryOwner<byte> _memory;

    internal InPlaceBuffer(InPlaceFrame frame, int ticket, TimeSpan timeout)
    {
        _frame = frame;
        _ticket = ticket;
        _timeout = timeout;
        _memory = frame.Link.MemoryOf(frame);
    }

    /// <summary>False after <see cref="Dispose"/>, and after a call that ended without an answer.</summary>
    public bool IsValid => _frame.IsOut(_ticket);

    /// <summary>The frame's memory: the request before a call, the answer after it. Its content is undefined at
    /// first.</summary>
    /// <exception cref="ObjectDisposedException">See <see cref="IsValid"/>.</exception>
    public Memory<byte> Memory => IsValid ? _memory.Memory : throw new ObjectDisposedException(nameof(InPlaceBuffer));

    /// <summary>Sends the request at the start of <see cref="Memory"/> and waits for the answer without blocking a
    /// thread.</summary>
    /// <param name="requestBytes">Bytes of the request, 0 to the length of <see cref="Memory"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer, in the same memory.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative or larger than the frame.</exception>
    /// <exception cref="DuplexHandlerException">The server's handler failed.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="PeerClosedException">The server closed.</exception>
    /// <exception cref="PeerTerminatedException">The server died.</exception>
    /// <exception cref="SegmentCorruptedException">The server broke the protocol.</exception>
    /// <exception cref="ObjectDisposedException">See <see cref="IsValid"/>; or the client was disposed, also during the
    /// call.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<Memory<byte>> CallAsync(int requestBytes, CancellationToken cancellationToken = default)
    {
        Memory<byte> memory = Memory;
        ArgumentOutOfRangeException.ThrowIfNegative(requestBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(requestBytes, memory.Length);
        (DuplexOutcome outcome, int size) = await InPlaceCall
            .RunAsync(_frame, _ticket, requestBytes, MonotonicClock.Deadline(_timeout),
                cancellationToken).ConfigureAwait(false);
        if (outcome != DuplexOutcome.Answered)
        {
            string text = outcome == DuplexOutcome.HandlerFailed
                ? Encoding.UTF8.GetString(memory.Span[..size]) : string.Empty;
            InPlaceCall.ThrowFailed(_frame.Link.Name, outcome, text);
        }

        return memory[..size];
    }

    /// <summary>Gives the frame back. Does nothing when that happened before. Never blocks.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _frame.Link.GiveBack(_frame, _ticket);
    }
}
