using System.Buffers;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Sends requests on a duplex channel and receives their answers.</summary>
/// <remarks>
/// <para>Thread-safe: any number of threads may call at the same time, synchronously and asynchronously, without locks
/// of their own. Up to <see cref="DuplexClientOptions.MaxInFlight"/> calls are in flight; each gets its own answer,
/// also after time-outs, cancellations and errors of others: an answer that comes too late is thrown away.</para>
/// <para>With a foreign server (C++, C#, Python) answers do not say what they answer. One call is in flight then, and
/// after a call that timed out the next one first waits until the late answer has come or the server has given the
/// request back without one. A failing handler of such a server shows as a time-out.</para>
/// <para>A synchronous call by one thread allocates nothing.</para>
/// <example>
/// <code>
/// using DuplexClient client = DuplexClient.Connect("filter", TimeSpan.FromSeconds(5));
/// using (DuplexAnswer answer = client.Call("hello"u8))
/// {
///     Console.WriteLine(answer.Data.Length);
/// }
///
/// int size = await client.CallAsync(request, buffer);
/// </code>
/// </example>
/// </remarks>
public sealed class DuplexClient : IDisposable
{
    private readonly ClientChannel _channel;
    private readonly DuplexClientOptions _options;

    private DuplexClient(ClientChannel channel, DuplexClientOptions options)
    {
        _channel = channel;
        _options = options;
    }

    /// <summary>The channel's name without a leading slash.</summary>
    public string Channel => _channel.Name;

    /// <summary>Whether the server is there at this moment.</summary>
    public bool IsServerConnected => _channel.Link is { IsLost: false } link && link.Requests.IsReaderConnected;

    /// <summary>
    /// Whether the server is one of this library: it reports handlers' errors and takes several requests at a time.
    /// </summary>
    public bool IsServerCorrelated => _channel.Link is { IsCorrelated: true };

    /// <summary>Answers that came after their call had been given up, since the last connection.</summary>
    public long LateAnswers => _channel.Link?.LateAnswers ?? 0;

    /// <summary>Connects; waits until the server is there.</summary>
    /// <param name="channel">The channel, with or without a leading slash; at most 236 bytes in UTF-8.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="options">Response buffer, metadata, waiting; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No server appeared in time.</exception>
    /// <exception cref="SegmentBusyException">Another client is connected to the server.</exception>
    /// <exception cref="SegmentFormatException">The request buffer is not of this protocol version.</exception>
    /// <exception cref="SharedMemorySpaceException">There is not enough shared memory for the response
    /// buffer.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DuplexClient Connect(
        string channel, TimeSpan timeout, DuplexClientOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        options ??= DuplexClientOptions.Default;
        options.Validate();
        var connected = new ClientChannel(channel.TrimStart('/'), options);
        connected.Connect(timeout, cancellationToken);
        return new DuplexClient(connected, options);
    }

    /// <summary>Connects without blocking the caller's thread.</summary>
    /// <inheritdoc cref="Connect(string, TimeSpan, DuplexClientOptions?, CancellationToken)"/>
    public static Task<DuplexClient> ConnectAsync(
        string channel, TimeSpan timeout, DuplexClientOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Task.Factory.StartNew(
            () => Connect(channel, timeout, options, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <summary>Sends a request and waits for its answer, up to
    /// <see cref="DuplexClientOptions.CallTimeout"/>.</summary>
    /// <param name="request">The request, at least 1 byte.</param>
    /// <param name="cancellationToken">Ends the wait; the answer is thrown away when it comes.</param>
    /// <returns>The answer in shared memory; dispose it.</returns>
    /// <exception cref="DuplexHandlerException">The server's handler failed.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="PeerClosedException">The server closed.</exception>
    /// <exception cref="PeerTerminatedException">The server died.</exception>
    /// <exception cref="FrameSizeException">The request buffer can not hold such a request.</exception>
    /// <exception cref="SegmentBusyException">On reconnection: another client is connected by now.</exception>
    /// <exception cref="SegmentCorruptedException">The server broke the protocol.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed, also during the call.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DuplexAnswer Call(ReadOnlySpan<byte> request, CancellationToken cancellationToken = default)
    {
        DuplexOutcome outcome = TryCall(request, out DuplexAnswer answer, _options.CallTimeout, cancellationToken);
        if (outcome != DuplexOutcome.Answered)
        {
            _channel.ThrowFailed(outcome, answer);
        }

        return answer;
    }

    /// <summary>Sends a request and copies its answer.</summary>
    /// <param name="request">The request, at least 1 byte.</param>
    /// <param name="answer">Where the answer goes.</param>
    /// <param name="cancellationToken">Ends the wait; the answer is thrown away when it comes.</param>
    /// <returns>Size of the answer in bytes.</returns>
    /// <exception cref="ArgumentException">The answer is larger than <paramref name="answer"/>.</exception>
    /// <inheritdoc cref="Call(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public int Call(ReadOnlySpan<byte> request, Span<byte> answer, CancellationToken cancellationToken = default)
    {
        using DuplexAnswer found = Call(request, cancellationToken);
        return AsyncAnswer.Copy(found.Data, answer);
    }

    /// <summary>Sends a request and waits for its answer; says how that ended instead of throwing.</summary>
    /// <param name="request">The request, at least 1 byte.</param>
    /// <param name="answer">
    /// The answer, or the error text when the handler failed; dispose it. A default value when there is neither.
    /// </param>
    /// <param name="timeout">How long to wait at most, reconnection included; <see cref="Timeout.InfiniteTimeSpan"/>
    /// for ever.</param>
    /// <param name="cancellationToken">Ends the wait; the answer is thrown away when it comes.</param>
    /// <returns>How the call ended.</returns>
    /// <exception cref="FrameSizeException">The request buffer can not hold such a request.</exception>
    /// <exception cref="SegmentBusyException">On reconnection: another client is connected by now.</exception>
    /// <exception cref="SegmentCorruptedException">The server broke the protocol.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed, also during the call.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DuplexOutcome TryCall(
        ReadOnlySpan<byte> request, out DuplexAnswer answer, TimeSpan timeout,
        CancellationToken cancellationToken = default) =>
        Run(new CopiedRequest(request), out answer, timeout, cancellationToken);

    /// <summary>Writes a request in place and waits for its answer, up to
    /// <see cref="DuplexClientOptions.CallTimeout"/>: large requests are built where the server reads them.</summary>
    /// <typeparam name="TState">What the function needs; a ref struct is possible.</typeparam>
    /// <param name="requestBytes">Size of the request, at least 1 byte.</param>
    /// <param name="state">Handed to the function.</param>
    /// <param name="fill">Writes the request; the room's content is undefined at first. Other callers wait meanwhile.
    /// When it throws, nothing is sent; when the connection is replaced, it runs again.</param>
    /// <param name="cancellationToken">Ends the wait; the answer is thrown away when it comes.</param>
    /// <inheritdoc cref="Call(ReadOnlySpan{byte}, CancellationToken)"/>
    public DuplexAnswer Call<TState>(
        int requestBytes, TState state, SpanAction<byte, TState> fill, CancellationToken cancellationToken = default)
        where TState : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(fill);
        var request = new FilledRequest<TState>(requestBytes, state, fill);
        DuplexOutcome outcome = Run(in request, out DuplexAnswer answer, _options.CallTimeout, cancellationToken);
        if (outcome != DuplexOutcome.Answered)
        {
            _channel.ThrowFailed(outcome, answer);
        }

        return answer;
    }

    /// <summary>Sends a request and copies its answer, without blocking a thread while it waits.</summary>
    /// <param name="request">The request, at least 1 byte.</param>
    /// <param name="answer">Where the answer goes; not touched any more once the call has ended.</param>
    /// <param name="cancellationToken">Ends the wait; the answer is thrown away when it comes.</param>
    /// <returns>Size of the answer in bytes.</returns>
    /// <exception cref="ArgumentException">The answer is larger than <paramref name="answer"/>.</exception>
    /// <inheritdoc cref="Call(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> CallAsync(
        ReadOnlyMemory<byte> request, Memory<byte> answer, CancellationToken cancellationToken = default)
    {
        AsyncAnswer found = await RunAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return found.CopyTo(answer.Span);
        }
        finally
        {
            found.Frame.Release();
        }
    }

    /// <summary>Sends a request and returns its answer in place, without blocking a thread while it waits.</summary>
    /// <param name="request">The request, at least 1 byte.</param>
    /// <param name="cancellationToken">Ends the wait; the answer is thrown away when it comes.</param>
    /// <returns>The answer in shared memory; dispose it.</returns>
    /// <inheritdoc cref="Call(ReadOnlySpan{byte}, CancellationToken)" path="/exception"/>
    public async ValueTask<DuplexReply> CallAsync(ReadOnlyMemory<byte> request,
        CancellationToken cancellationToken = default)
    {
        AsyncAnswer found = await RunAsync(request, cancellationToken).ConfigureAwait(false);
        return new DuplexReply(found.Frame.ToOwned(), found.PrefixBytes);
    }

    /// <summary>Leaves the channel and removes the response buffer. Calls of other threads end with
    /// <see cref="ObjectDisposedException"/>; answers that are held stay valid. Idempotent, never throws.</summary>
    public void Dispose() => _channel.Dispose();

    private DuplexOutcome Run<TSource>(
        scoped in TSource request, out DuplexAnswer answer, TimeSpan timeout, CancellationToken cancellationToken)
        where TSource : IRequestSource, allows ref struct
    {
        answer = default;
        var call = new SynchronousCall(_channel, MonotonicClock.Deadline(timeout), cancellationToken);
        DuplexOutcome outcome = call.Send(in request);
        return call.IsSent ? call.Await(out answer) : outcome;
    }

    /// <summary>Runs an asynchronous call; the caller releases the answer's frame.</summary>
    internal ValueTask<AsyncAnswer> RunAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken) =>
        AsynchronousCall.RunAsync(_channel, request, _options.CallTimeout, cancellationToken);
}
