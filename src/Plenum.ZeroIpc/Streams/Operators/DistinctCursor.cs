namespace Plenum.ZeroIpc;

/// <summary>Skips values equal to the one before.</summary>
internal sealed class DistinctCursor<T>(StreamCursor<T> source, IEqualityComparer<T> comparer) : PerValueCursor<T,
    T>(source)
{
    private bool _any;
    private T _last = default!;

    protected override bool TryPass(T next, out T value)
    {
        value = next;
        if (_any && comparer.Equals(_last, next))
        {
            return false;
        }

        _any = true;
        _last = next;
        return true;
    }
}
