using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Plenum.ZeroIpc;

/// <summary>A shared queue as the writing side of a channel.</summary>
internal sealed class QueueChannelWriter<T> : ChannelWriter<T>
    where T : unmanaged
{
    private readonly SharedQueue<T> _queue;

    internal QueueChannelWriter(SharedQueue<T> queue) => _queue = queue;

    public override bool TryWrite(T item) => _queue.TryEnqueue(item);

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        ITransfer<T> transfer = _queue;
        return transfer.Room.WaitAsync(new HasRoom(_queue), transfer, long.MaxValue, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(T item, CancellationToken cancellationToken = default) =>
        _ = await _queue.EnqueueAsync(item, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    private readonly struct HasRoom(SharedQueue<T> queue) : IWaitCondition
    {
        public bool IsMet() => queue.Count < queue.Capacity;
    }
}
