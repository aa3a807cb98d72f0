using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Plenum.ZeroIpc;

/// <summary>A shared queue as the reading side of a channel.</summary>
internal sealed class QueueChannelReader<T> : ChannelReader<T>
    where T : unmanaged
{
    private readonly SharedQueue<T> _queue;

    internal QueueChannelReader(SharedQueue<T> queue) => _queue = queue;

    public override bool CanCount => true;

    public override bool CanPeek => true;

    public override int Count => _queue.Count;

    public override bool TryRead(out T item) => _queue.TryDequeue(out item);

    public override bool TryPeek(out T item) => _queue.TryPeek(out item);

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        ITransfer<T> transfer = _queue;
        return transfer.Items.WaitAsync(
            new HasItem(_queue), transfer, long.MaxValue, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<T> ReadAsync(CancellationToken cancellationToken = default) =>
        (await _queue.DequeueAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false))!.Value;

    private readonly struct HasItem(SharedQueue<T> queue) : IWaitCondition
    {
        public bool IsMet() => queue.TryPeek(out _);
    }
}
