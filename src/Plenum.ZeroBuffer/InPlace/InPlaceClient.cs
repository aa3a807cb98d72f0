using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>Sends requests whose answers come in the request's own memory; see <see cref="InPlaceServer"/>.</summary>
/// <remarks>
/// <para>Thread-safe: any number of threads may hold frames and call at the same time. A synchronous call allocates
/// nothing.</para>
/// <example>
/// <code>
/// using InPlaceClient client = InPlaceClient.Connect("filter", TimeSpan.FromSeconds(5));
/// using InPlaceExchange frame = client.Reserve(1920 * 1080 * 3);
/// Render(frame.Data);
/// Span&lt;byte&gt; filtered = frame.Call(frame.Data.Length);
/// </code>
/// </example>
/// </remarks>
public sealed class InPlaceClient : IDisposable
{
    private readonly InPlaceClientOptions _options;
    private readonly InPlaceConnector _connector;
    private readonly Lock _connectLock = new();
    private readonly CancellationTokenSource _disposing = new();
    private volatile InPlaceLink _link;
    private volatile bool _disposed;

    private InPlaceClient(string channel, InPlaceClientOptions options, InPlaceConnector connector, InPlaceLink link)
    {
        Channel = channel;
        _options = options;
        _connector = connector;
        _link = link;
    }

    /// <summary>The channel's name without a leading slash.</summary>
    public string Channel { get; }

    /// <summary>Size of the payload that all frames share, in bytes; each takes 64 bytes more than its data, rounded up
    /// to 64.</summary>
    public long PayloadSizeBytes => _link.PayloadSizeBytes;

    /// <summary>Whether the server is there at this moment.</summary>
    public bool IsServerConnected => !_disposed && _link.LookAtServer();

    /// <summary>Connects; waits until the server is there.</summary>
    /// <param name="channel">The channel, with or without a leading slash.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="options">Metadata, waiting; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No server appeared in time.</exception>
    /// <exception cref="SegmentBusyException">Another client is connected to the server.</exception>
    /// <exception cref="SegmentFormatException">It is no in-place channel of version 2.</exception>
    /// <exception cref="SegmentCorruptedException">The headers contradict themselves.</exception>
    /// <exception cref="ArgumentException">The name is not valid, or the metadata does not fit.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static InPlaceClient Connect(
        string channel, TimeSpan timeout, InPlaceClientOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= InPlaceClientOptions.Default;
        options.Validate();
        var names = BufferNames.Parse(channel);
        var connector = new InPlaceConnector(names, options);
        InPlaceLink link = connector.Connect(MonotonicClock.Deadline(timeout), cancellationToken);
        return new InPlaceClient(names.Value, options, connector, link);
    }

    /// <summary>Takes a frame; waits for room up to <see cref="InPlaceClientOptions.CallTimeout"/>.</summary>
    /// <param name="capacityBytes">Bytes of data there shall be room for, at least 1: the larger of request and
    /// answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No room came free in time; or there is no server to connect to
    /// again.</exception>
    /// <exception cref="FrameSizeException">A frame of this size never fits the payload.</exception>
    /// <exception cref="PeerClosedException">The server has gone, and the client does not connect again.</exception>
    /// <exception cref="SegmentBusyException">On reconnection: another client is connected by now.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public InPlaceExchange Reserve(int capacityBytes, CancellationToken cancellationToken = default)
    {
        InPlaceFrame frame = Take(capacityBytes, out int ticket, cancellationToken);
        return new InPlaceExchange(frame, ticket, _options.CallTimeout);
    }

    /// <summary>Takes a frame as an object for asynchronous code; waits for room as <see cref="Reserve"/> does, without
    /// blocking a thread.</summary>
    /// <inheritdoc cref="Reserve"/>
    public async ValueTask<InPlaceBuffer> ReserveAsync(int capacityBytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, 1);
        long deadline = MonotonicClock.Deadline(_options.CallTimeout);
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            InPlaceLink link = _link;
            if (link.IsLost)
            {
                link = await Task.Run(() =>
                    Reconnect(deadline, cancellationToken), cancellationToken).ConfigureAwait(false);
            }

            RequireFits(link, capacityBytes);
            if (link.TryTake(capacityBytes, out int ticket) is { } free)
            {
                return new InPlaceBuffer(free, ticket, _options.CallTimeout);
            }

            long left = RequireTime(deadline, capacityBytes);
            if (!link.LookAtServer())
            {
                continue;
            }

            (InPlaceFrame? frame, ticket) =
                await link.TakeOrSleepAsync(capacityBytes, left, cancellationToken).ConfigureAwait(false);
            if (frame is not null)
            {
                return new InPlaceBuffer(frame, ticket, _options.CallTimeout);
            }
        }
    }

    /// <summary>Sends a copy of a request and copies its answer: for small data, where a copy costs nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">Where the answer goes; the frame has room for the larger of both.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Size of the answer in bytes.</returns>
    /// <exception cref="DuplexHandlerException">The server's handler failed.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <inheritdoc cref="Reserve" path="/exception"/>
    public int Call(ReadOnlySpan<byte> request, Span<byte> answer, CancellationToken cancellationToken = default)
    {
        using InPlaceExchange frame = Reserve(Math.Max(1, Math.Max(request.Length, answer.Length)), cancellationToken);
        request.CopyTo(frame.Data);
        Span<byte> found = frame.Call(request.Length, cancellationToken);
        found.CopyTo(answer);
        return found.Length;
    }

    /// <summary>Leaves the channel. Calls of other threads end with <see cref="ObjectDisposedException"/>; frames that
    /// are out stay readable. Idempotent, never throws.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        _disposing.Cancel();
        lock (_connectLock)
        {
            _link.Close(disposed: true);
        }

        _disposing.Dispose();
    }

    private InPlaceFrame Take(int capacityBytes, out int ticket, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, 1);
        long deadline = MonotonicClock.Deadline(_options.CallTimeout);
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            InPlaceLink link = _link;
            if (link.IsLost)
            {
                link = Reconnect(deadline, cancellationToken);
            }

            RequireFits(link, capacityBytes);
            if (link.TryTake(capacityBytes, out ticket) is { } frame)
            {
                return frame;
            }

            long left = RequireTime(deadline, capacityBytes);
            if (link.LookAtServer()
                && link.TakeOrSleep(capacityBytes, out ticket, left, cancellationToken) is { } freed)
            {
                return freed;
            }
        }
    }

    private long RequireTime(long deadline, int capacityBytes)
    {
        long left = deadline == long.MaxValue ? long.MaxValue : deadline - MonotonicClock.Nanoseconds;
        return left > 0
            ? left
            : throw new TimeoutException(
                $"Could not reserve {capacityBytes} bytes in '{Channel}': no room came free in time. Dispose frames, "
                + "or let the server "
                + "create a larger payload or queue.");
    }

    private void RequireFits(InPlaceLink link, int capacityBytes)
    {
        long room = link.PayloadSizeBytes - Layout.InPlaceFrameHeader.SizeBytes;
        if (capacityBytes > room)
        {
            throw new FrameSizeException(
                $"Could not reserve {capacityBytes} bytes in '{Channel}': the payload has room for one frame of "
                + $"{room} bytes at most. Let the "
                + "server create a larger payload.",
                Channel,
                FrameSizeError.LargerThanRing,
                capacityBytes,
                room);
        }
    }

    private InPlaceLink Reconnect(long deadline, CancellationToken cancellationToken)
    {
        if (!_options.Reconnect)
        {
            InPlaceCall.ThrowFailed(Channel, _link.Loss, string.Empty);
        }

        lock (_connectLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_link.IsLost)
            {
                return _link;
            }

            _link.Close(disposed: false);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
            InPlaceLink link = _connector.Connect(deadline, either.Token);
            _link = link;
            return link;
        }
    }
}
