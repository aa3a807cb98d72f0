using System.Threading.Channels;

namespace Plenum.ZeroIpc;

/// <summary>A shared channel as the reading side of a .NET channel.</summary>
internal sealed class SharedChannelReader<T> : ChannelReader<T>
    where T : unmanaged
{
    private readonly SharedChannel<T> _channel;
    private readonly Lazy<Task> _completion;

    internal SharedChannelReader(SharedChannel<T> channel)
    {
        _channel = channel;
        _completion = new Lazy<Task>(WatchAsync);
    }

    public override bool CanCount => true;

    public override int Count => _channel.Count;

    public override Task Completion => _completion.Value;

    public override bool TryRead(out T item) => _channel.TryReceive(out item);

    public override async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        await _channel.WaitReadableAsync(cancellationToken).ConfigureAwait(false);
        return _channel.Count > 0 || !_channel.IsClosed;
    }

    public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default) =>
        _channel.ReceiveAsync(cancellationToken);

    // Closed and drained; who drains it wakes those who wait for room.
    private async Task WatchAsync()
    {
        while (!_channel.IsClosed || _channel.Count > 0)
        {
            await _channel.Core.WaitDrainedAsync().ConfigureAwait(false);
        }
    }
}
