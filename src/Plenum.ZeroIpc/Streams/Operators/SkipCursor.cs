namespace Plenum.ZeroIpc;

/// <summary>Skips the first values.</summary>
internal sealed class SkipCursor<T>(StreamCursor<T> source, long count) : PerValueCursor<T, T>(source)
{
    private long _left = count;

    protected override bool TryPass(T next, out T value)
    {
        value = next;
        if (_left == 0)
        {
            return true;
        }

        _left--;
        return false;
    }
}
