namespace Plenum.ZeroBuffer.InPlace;

/// <summary>A request whose handler runs on the thread pool. Reused by its server.</summary>
internal sealed class InPlaceWorkItem(InPlaceServerLoop server) : IThreadPoolWorkItem
{
    private InPlaceRequest _request;

    internal void Start(in InPlaceRequest request)
    {
        _request = request;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Execute()
    {
        InPlaceRequest request = _request;
        _request = default;
        try
        {
            server.Handle(request);
        }
        catch (ObjectDisposedException)
        {
            // The client is gone and its channel was replaced: there is nobody to answer.
        }
        finally
        {
            request.Memory.Release();
            server.Return(this);
        }
    }
}
