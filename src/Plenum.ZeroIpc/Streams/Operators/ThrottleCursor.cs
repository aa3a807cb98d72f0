namespace Plenum.ZeroIpc;

/// <summary>Lets a value pass, then none for a time.</summary>
internal sealed class ThrottleCursor<T>(StreamCursor<T> source, TimeSpan interval, TimeProvider clock)
    : PerValueCursor<T, T>(source)
{
    private bool _any;
    private long _last;

    protected override bool TryPass(T next, out T value)
    {
        value = next;
        long now = clock.GetTimestamp();
        if (_any && clock.GetElapsedTime(_last, now) < interval)
        {
            return false;
        }

        _any = true;
        _last = now;
        return true;
    }
}
