using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>One client of a server, from its first sign until it is gone and its last handler has ended.</summary>
/// <remarks>The link belongs to the server's thread until handlers run side by side; then every send is under the
/// lock.</remarks>
internal sealed class ClientSession
{
    private readonly Lock _lock = new();
    private readonly Queue<PooledRequest> _order = new();
    private readonly ServerLoop _server;
    private AnswerLink? _link;
    private int _pending;
    private bool _ended;

    internal ClientSession(ServerLoop server) => _server = server;

    /// <summary>Requests taken from this client.</summary>
    internal long Requests { get; set; }

    internal AnswerLink? Link => _link is { IsGone: false } ? _link : null;

    /// <summary>Whether this client's response buffer was found once.</summary>
    internal bool WasLinked { get; private set; }

    /// <summary>Replaces the link; the session is not answering anything at this moment.</summary>
    internal void Attach(AnswerLink link)
    {
        lock (_lock)
        {
            _link?.Close();
            _link = link;
            WasLinked = true;
        }
    }

    /// <summary>Gives up a link that leads to the present response buffer: it is the next client's, whose requests
    /// have begun to arrive. Closing it would tell that client that the server has gone.</summary>
    internal AnswerLink? TakeCurrent()
    {
        lock (_lock)
        {
            AnswerLink? link = _link is { } found && found.IsCurrent() ? found : null;
            _link = link is null ? _link : null;
            return link;
        }
    }

    /// <summary>As <see cref="TakeCurrent"/> for a client that left without a request: what was linked meanwhile may
    /// be its successor's.</summary>
    internal AnswerLink? TakeUnused() => Requests == 0 ? TakeCurrent() : null;

    /// <summary>Registers a request whose handler runs elsewhere.</summary>
    internal void Add(PooledRequest request)
    {
        lock (_lock)
        {
            _pending++;
            if (_link is { IsCorrelated: false })
            {
                _order.Enqueue(request);
            }
        }
    }

    /// <summary>Sends the answer of a handled request: at once to a client of this library, in the order of requests to
    /// others.</summary>
    internal void Complete(PooledRequest request)
    {
        lock (_lock)
        {
            request.IsDone = true;
            if (_order.Count == 0)
            {
                SendOne(request);
                return;
            }

            while (_order.TryPeek(out PooledRequest? first) && first.IsDone)
            {
                SendOne(_order.Dequeue());
            }
        }
    }

    /// <summary>The client is gone, or the server stops: the link closes with the last handler.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _ended = true;
            CloseIfOver();
        }
    }

    private void SendOne(PooledRequest request)
    {
        _server.CountHandled();
        try
        {
            if (Link is { } link)
            {
                request.SendTo(link);
            }
        }
        catch (Exception e)
        {
            // A boundary: whatever keeps an answer from its client is reported and must not end the pool's thread.
            AnswerFailure(request, e);
        }
        finally
        {
            request.Finish();
            _pending--;
            CloseIfOver();
        }
    }

    private void AnswerFailure(PooledRequest request, Exception error)
    {
        _server.Report(error, request.Sequence);
        if (Link is not { } link || error is OperationCanceledException)
        {
            return;
        }

        try
        {
            link.SendError(request.Sequence, error);
        }
        catch (SharedMemoryException e)
        {
            _server.Report(e, request.Sequence);
        }
    }

    private void CloseIfOver()
    {
        if (_ended && _pending == 0)
        {
            _link?.Close();
            _link = null;
        }
    }
}
