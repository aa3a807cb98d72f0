namespace Plenum.ZeroIpc;

/// <summary>Sending one value as an alternative of a select.</summary>
internal sealed class SendingCase<T>(ChannelCore<T> core, T item) : ISelectable<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public WaitSite Site => core.Room;

    /// <inheritdoc/>
    public SelectState TryComplete(out T value)
    {
        value = item;
        return core.TrySend(item);
    }

    /// <inheritdoc/>
    public OwnerRecord? Arm() => null;

    /// <inheritdoc/>
    public void Disarm(OwnerRecord? armed)
    {
        // Nothing was raised.
    }

    /// <inheritdoc/>
    public void Look() => core.Look();
}
