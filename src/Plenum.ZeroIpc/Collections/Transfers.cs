using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The waiting forms of all structures that elements go into and come out of.</summary>
/// <remarks>
/// <para>A waiter raises the site's counter and then looks at the structure's counters; an operation moves those
/// counters with a full fence and then looks at the site. So one of the two sees the other. While an operation is
/// between moving a counter and publishing its slot, the waiter looks again instead of sleeping.</para>
/// </remarks>
internal static class Transfers
{
    // About two microseconds: far longer than a store stays invisible, far shorter than a sleep.
    private const int MotionLooks = 48;

    internal static bool Take<T>(
        ITransfer<T> subject, out T item, TimeSpan timeout, CancellationToken cancellationToken)
        where T : unmanaged
    {
        long deadline = DeadlineOf(timeout);
        var condition = new Taking<T>(subject);
        bool taken = subject.Items.Wait(ref condition, subject, deadline, cancellationToken);
        item = condition.Item;
        return taken;
    }

    internal static bool Put<T>(ITransfer<T> subject, T item, TimeSpan timeout, CancellationToken cancellationToken)
        where T : unmanaged
    {
        long deadline = DeadlineOf(timeout);
        var condition = new Putting<T>(subject, item);
        return subject.Room.Wait(ref condition, subject, deadline, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<T?> TakeAsync<T>(
        ITransfer<T> subject, TimeSpan timeout, CancellationToken cancellationToken)
        where T : unmanaged
    {
        long deadline = DeadlineOf(timeout);
        TakeBox<T> box = TakeBox<T>.Rent(subject);
        try
        {
            return await subject.Items.WaitAsync(box, subject, deadline, cancellationToken).ConfigureAwait(false)
                ? box.Item
                : null;
        }
        finally
        {
            box.Return();
        }
    }

    internal static ValueTask<bool> PutAsync<T>(
        ITransfer<T> subject, T item, TimeSpan timeout, CancellationToken cancellationToken)
        where T : unmanaged =>
        subject.Room.WaitAsync(new Putting<T>(subject, item), subject, DeadlineOf(timeout), cancellationToken);

    private static long DeadlineOf(TimeSpan timeout) => timeout == TimeSpan.Zero ? 0 : MonotonicClock.Deadline(timeout);

    private static bool TryTake<T>(ITransfer<T> subject, out T item)
        where T : unmanaged
    {
        for (int i = 0; i < MotionLooks; i++)
        {
            if (subject.TryTake(out item))
            {
                return true;
            }

            if (!subject.IsInMotion(taking: true))
            {
                return false;
            }

            SpinWaiter.Pause();
        }

        item = default;
        return false;
    }

    private static bool TryPut<T>(ITransfer<T> subject, T item)
        where T : unmanaged
    {
        for (int i = 0; i < MotionLooks; i++)
        {
            if (subject.TryPut(item))
            {
                return true;
            }

            if (!subject.IsInMotion(taking: false))
            {
                return false;
            }

            SpinWaiter.Pause();
        }

        return false;
    }

    private struct Taking<T>(ITransfer<T> subject) : IWaitCondition
        where T : unmanaged
    {
        private T _item;

        internal readonly T Item => _item;

        public bool IsMet() => TryTake(subject, out _item);
    }

    private readonly struct Putting<T>(ITransfer<T> subject, T item) : IWaitCondition
        where T : unmanaged
    {
        public bool IsMet() => TryPut(subject, item);
    }

    // An asynchronous wait keeps its element on the heap; boxes are used again.
    private sealed class TakeBox<T> : IWaitCondition
        where T : unmanaged
    {
        private static TakeBox<T>? s_spare;

        private ITransfer<T>? _subject;
        private T _item;

        internal T Item => _item;

        public bool IsMet() => TryTake(_subject!, out _item);

        internal static TakeBox<T> Rent(ITransfer<T> subject)
        {
            TakeBox<T> box = Interlocked.Exchange(ref s_spare, null) ?? new TakeBox<T>();
            box._subject = subject;
            return box;
        }

        internal void Return()
        {
            _subject = null;
            Volatile.Write(ref s_spare, this);
        }
    }
}
