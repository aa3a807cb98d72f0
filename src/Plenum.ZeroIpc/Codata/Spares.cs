namespace Plenum.ZeroIpc;

/// <summary>A few objects of one class that waits use one after another.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Spares<T>
    where T : class
{
    private readonly T?[] _items = new T?[16];

    /// <summary>One that nobody uses; null when a new one is needed.</summary>
    internal T? Take()
    {
        for (int i = 0; i < _items.Length; i++)
        {
            if (Volatile.Read(ref _items[i]) is not null && Interlocked.Exchange(ref _items[i], null) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Keeps one for the next; drops it when there are enough.</summary>
    internal void Keep(T item)
    {
        for (int i = 0; i < _items.Length; i++)
        {
            if (Volatile.Read(ref _items[i]) is null
                && Interlocked.CompareExchange(ref _items[i], item, null) is null)
            {
                return;
            }
        }
    }
}
