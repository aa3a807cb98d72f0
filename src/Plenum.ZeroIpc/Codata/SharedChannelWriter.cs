using System.Threading.Channels;

namespace Plenum.ZeroIpc;

/// <summary>A shared channel as the writing side of a .NET channel.</summary>
internal sealed class SharedChannelWriter<T> : ChannelWriter<T>
    where T : unmanaged
{
    private readonly SharedChannel<T> _channel;

    internal SharedChannelWriter(SharedChannel<T> channel) => _channel = channel;

    public override bool TryWrite(T item) => _channel.TrySend(item);

    public override bool TryComplete(Exception? error = null) => error is null
        ? _channel.Close()
        : throw new NotSupportedException("A shared channel cannot carry an exception; close it without one.");

    public override async ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        await _channel.WaitWritableAsync(cancellationToken).ConfigureAwait(false);
        return !_channel.IsClosed;
    }

    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default) =>
        _channel.SendAsync(item, cancellationToken);
}
