namespace Plenum.ZeroIpc;

/// <summary>A structure that elements go into and come out of, as its waiting forms see it.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal interface ITransfer<T> : IWaitWatch
    where T : unmanaged
{
    /// <summary>Where those sleep who wait for an element.</summary>
    public WaitSite Items { get; }

    /// <summary>Where those sleep who wait for room.</summary>
    public WaitSite Room { get; }

    /// <summary>Takes an element, without waiting.</summary>
    public bool TryTake(out T item);

    /// <summary>Adds an element, without waiting.</summary>
    public bool TryPut(T item);

    /// <summary>Whether an element, or room, is promised by an operation in progress: worth another look before
    /// sleeping.</summary>
    public bool IsInMotion(bool taking);
}
