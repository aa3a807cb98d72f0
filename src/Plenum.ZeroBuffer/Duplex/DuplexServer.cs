namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Answers requests on a duplex channel: owns <c>{channel}_request</c>, writes to its client's
/// <c>{channel}_response</c>.</summary>
/// <remarks>
/// <para>One client at a time, because a buffer has one writer: a second client is refused when it connects (an error
/// of its own; the first one notices nothing). When a client has closed or died, the next one is served; the server
/// never has to be restarted.</para>
/// <para>Start-up in either order: the server waits for a client, a client of this library for the server.</para>
/// <para>A handler's exception is answered: clients of this library get it as an error of their call, foreign clients
/// (C++, C#, Python) as a text that begins with <c>PLENUM-DUPLEX-ERROR</c>, because their protocol knows no
/// errors.</para>
/// <para>Thread-safe. <see cref="Stop"/> and <see cref="Dispose"/> never throw.</para>
/// <example>
/// <code>
/// using DuplexServer server = DuplexServer.Start("filter", (request, response) =&gt;
/// {
///     Span&lt;byte&gt; answer = response.Reserve(request.Data.Length);
///     for (int i = 0; i &lt; answer.Length; i++)
///     {
///         answer[i] = (byte)~request.Data[i];
///     }
/// });
/// </code>
/// </example>
/// </remarks>
public sealed class DuplexServer : IDisposable
{
    private readonly ServerLoop _loop;
    private readonly Thread _thread;
    private readonly TimeSpan _stopTimeout;

    private DuplexServer(string channel, RequestHandlers handlers, DuplexServerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(channel);
        options ??= DuplexServerOptions.Default;
        options.Validate();
        Channel = channel.TrimStart('/');
        _stopTimeout = options.StopTimeout;
        _loop = new ServerLoop(Channel, handlers, options, RaiseError);
        _thread = new Thread(_loop.Run) { IsBackground = true, Name = "duplex " + Channel };
        _thread.Start();
    }

    /// <summary>Raised, on a thread of the server, for every handler's exception and for what goes wrong with a client.
    /// The server goes on. Exceptions of subscribers are ignored.</summary>
    public event EventHandler<DuplexServerError>? Error;

    /// <summary>The channel's name without a leading slash.</summary>
    public string Channel { get; }

    /// <summary>True until the server was stopped.</summary>
    public bool IsRunning => _thread.IsAlive && !_loop.Stopping.IsCancellationRequested;

    /// <summary>Whether a client is connected at this moment.</summary>
    public bool IsClientConnected => _loop.IsClientConnected;

    /// <summary>Requests handled so far, failed ones included.</summary>
    public long RequestsHandled => _loop.Handled;

    /// <summary>Requests whose handler failed.</summary>
    public long HandlerFailures => _loop.Failures;

    /// <summary>Starts a server whose handler reads requests in place and writes answers in place.</summary>
    /// <param name="channel">The channel; at most 236 bytes in UTF-8.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="options">Buffer, processing, time-outs; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="Platform.SegmentBusyException">Another server owns the channel.</exception>
    /// <exception cref="Platform.SharedMemoryException">The system refused.</exception>
    public static DuplexServer Start(string channel, DuplexHandler handler, DuplexServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new DuplexServer(channel, new RequestHandlers(handler, null, null), options);
    }

    /// <summary>Starts a server whose handler edits requests in place; the edited bytes are copied once, into the
    /// response buffer.</summary>
    /// <param name="channel">The channel; at most 236 bytes in UTF-8.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="options">Buffer, processing, time-outs; null for the defaults.</param>
    /// <inheritdoc cref="Start(string, DuplexHandler, DuplexServerOptions?)" path="/exception"/>
    public static DuplexServer StartEditing(string channel, DuplexEditHandler handler,
        DuplexServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new DuplexServer(channel, new RequestHandlers(null, handler, null), options);
    }

    /// <summary>Starts a server with an asynchronous handler; up to <see cref="DuplexServerOptions.MaxConcurrency"/>
    /// run side by side.</summary>
    /// <param name="channel">The channel; at most 236 bytes in UTF-8.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="options">Buffer, processing, time-outs; null for the defaults.</param>
    /// <inheritdoc cref="Start(string, DuplexHandler, DuplexServerOptions?)" path="/exception"/>
    public static DuplexServer StartAsynchronous(
        string channel, DuplexAsyncHandler handler, DuplexServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new DuplexServer(channel, new RequestHandlers(null, null, handler), options);
    }

    /// <summary>
    /// Takes no further request, lets running handlers end and answers them, then removes the request buffer. The
    /// client finds the server closed. Idempotent.
    /// </summary>
    /// <param name="timeout">How long to wait for running handlers; null for
    /// <see cref="DuplexServerOptions.StopTimeout"/>.</param>
    /// <returns>False when a handler still runs (or this is the handler): the names are removed anyway, its memory
    /// stays until it ends.</returns>
    public bool Stop(TimeSpan? timeout = null)
    {
        _loop.RequestStop();
        if (Environment.CurrentManagedThreadId == _thread.ManagedThreadId)
        {
            return false;
        }

        if (_thread.Join(timeout ?? _stopTimeout))
        {
            return true;
        }

        _loop.RemoveBuffer();
        return false;
    }

    /// <summary>Stops the server; see <see cref="Stop"/>.</summary>
    public void Dispose() => Stop();

    private void RaiseError(DuplexServerError error)
    {
        try
        {
            Error?.Invoke(this, error);
        }
        catch (Exception)
        {
            // A subscriber's failure must not end the server's thread, and there is nobody left to tell.
        }
    }
}
