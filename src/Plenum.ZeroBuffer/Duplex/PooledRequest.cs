namespace Plenum.ZeroBuffer.Duplex;

/// <summary>A request whose handler runs on the thread pool. Reused by its server.</summary>
internal sealed class PooledRequest : IThreadPoolWorkItem
{
    private readonly ServerLoop _server;
    private readonly RequestHandlers _handlers;
    private readonly BufferedAnswer _answer = new();
    private ClientSession? _session;
    private HeldFrame _frame;
    private OwnedFrame? _owned;
    private Exception? _error;
    private int _edited = -1;

    internal PooledRequest(ServerLoop server, RequestHandlers handlers)
    {
        _server = server;
        _handlers = handlers;
    }

    internal ulong Sequence => _frame.Sequence;

    internal bool IsDone { get; set; }

    internal void Start(ClientSession session, in HeldFrame frame)
    {
        _session = session;
        _frame = frame;
        IsDone = false;
        session.Add(this);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Execute()
    {
        ValueTask running = default;
        try
        {
            running = Handle();
        }
        catch (Exception e)
        {
            // A boundary: the handler's failure becomes an error answer.
            _error = e;
        }

        if (running.IsCompletedSuccessfully)
        {
            _session!.Complete(this);
        }
        else
        {
            _ = FinishAsync(running);
        }
    }

    internal void SendTo(AnswerLink link)
    {
        if (_error is not null)
        {
            _server.ReportHandler(_error, Sequence);
            link.SendError(Sequence, _error);
        }
        else if (_edited >= 0)
        {
            link.Send(Sequence, _frame.Data[.._edited]);
        }
        else
        {
            link.Send(Sequence, _answer.Data);
        }
    }

    /// <summary>Gives the request back to the client and this object back to the server.</summary>
    internal void Finish()
    {
        _owned?.Dispose();
        _frame.Release();
        _answer.Clear();
        _owned = null;
        _session = null;
        _error = null;
        _edited = -1;
        _frame = default;
        _server.Return(this);
    }

    private ValueTask Handle()
    {
        if (_handlers.Asynchronous is { } handler)
        {
            _owned = _frame.ToOwned();
            return handler(new DuplexExchange(_owned, _answer, _server.Stopping));
        }

        if (_handlers.Edit is { } edit)
        {
            _edited = RequestHandlers.RequireSize(edit(_frame.MutableData), _frame.Data.Length);
        }
        else
        {
            _handlers.Read!(new DuplexRequest(_frame.Data, Sequence, _server.Stopping), new DuplexResponse(_answer));
        }

        return default;
    }

    private async Task FinishAsync(ValueTask running)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A boundary: the handler's failure becomes an error answer.
            _error = e;
        }

        _session!.Complete(this);
    }
}
