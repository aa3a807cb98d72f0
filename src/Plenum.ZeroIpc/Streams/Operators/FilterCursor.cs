namespace Plenum.ZeroIpc;

/// <summary>Keeps the values that a predicate holds for.</summary>
internal sealed class FilterCursor<T>(StreamCursor<T> source, Func<T, bool> predicate) : PerValueCursor<T, T>(source)
{
    protected override bool TryPass(T next, out T value)
    {
        value = next;
        return predicate(next);
    }
}
