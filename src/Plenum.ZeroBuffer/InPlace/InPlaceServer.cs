using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>Answers requests by editing them where they are: the answer is the request's own memory, nothing is
/// copied.</summary>
/// <remarks>
/// <para>Protocol version 2 of ZeroBuffer (docs/protocols/zerobuffer-v2.md); both ends are of this library. Peers of
/// version 1 refuse the channel. Client and server trust each other with the same bytes: a client can change a request
/// while it is handled.</para>
/// <para>One client at a time; a second one is refused when it connects. When a client has closed or died, the server
/// makes a fresh channel of the same name for the next one.</para>
/// <para>Thread-safe. <see cref="Stop"/> and <see cref="Dispose"/> never throw.</para>
/// <example>
/// <code>
/// using InPlaceServer server = InPlaceServer.Start("filter", (data, requestBytes) =&gt;
/// {
///     Invert(data[..requestBytes]);
///     return requestBytes;
/// });
/// </code>
/// </example>
/// </remarks>
public sealed class InPlaceServer : IDisposable
{
    private readonly InPlaceServerLoop _loop;
    private readonly Thread _thread;
    private readonly TimeSpan _stopTimeout;

    private InPlaceServer(string channel, InPlaceHandler handler, InPlaceServerOptions options)
    {
        var names = BufferNames.Parse(channel);
        Channel = names.Value;
        _stopTimeout = options.StopTimeout;
        _loop = new InPlaceServerLoop(names, handler, options, RaiseError);
        _thread = new Thread(_loop.Run) { IsBackground = true, Name = "in-place " + Channel };
        _thread.Start();
    }

    /// <summary>Raised, on a thread of the server, for every handler's exception and for what goes wrong with a client.
    /// The server goes on. Exceptions of subscribers are ignored.</summary>
    public event EventHandler<DuplexServerError>? Error;

    /// <summary>The channel's name without a leading slash.</summary>
    public string Channel { get; }

    /// <summary>True until the server was stopped.</summary>
    public bool IsRunning => _thread.IsAlive && !_loop.Stopping.IsCancellationRequested;

    /// <summary>Requests handled so far, failed ones included.</summary>
    public long RequestsHandled => _loop.Handled;

    /// <summary>Requests whose handler failed.</summary>
    public long HandlerFailures => _loop.Failures;

    /// <summary>Starts a server.</summary>
    /// <param name="channel">The channel; at most 245 bytes in UTF-8, 237 with a payload segment of its own.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="options">Sizes, payload location, processing; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="Platform.SegmentBusyException">Another server, or a reader of version 1, owns the
    /// name.</exception>
    /// <exception cref="Platform.SegmentExistsException">A segment of that name exists and is not a buffer.</exception>
    /// <exception cref="Platform.SharedMemorySpaceException">There is not enough shared memory.</exception>
    /// <exception cref="Platform.SharedMemoryException">The system refused.</exception>
    public static InPlaceServer Start(string channel, InPlaceHandler handler, InPlaceServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(handler);
        options ??= InPlaceServerOptions.Default;
        options.Validate();
        return new InPlaceServer(channel, handler, options);
    }

    /// <summary>
    /// Takes no further request, lets running handlers end, then removes the channel. The client finds the server
    /// closed. Idempotent.
    /// </summary>
    /// <param name="timeout">How long to wait for running handlers; null for
    /// <see cref="InPlaceServerOptions.StopTimeout"/>.</param>
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

        _loop.RemoveChannel();
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
