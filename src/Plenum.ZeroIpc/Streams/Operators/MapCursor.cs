namespace Plenum.ZeroIpc;

/// <summary>Changes each value.</summary>
internal sealed class MapCursor<TIn, TOut>(StreamCursor<TIn> source, Func<TIn, TOut> map) : PerValueCursor<TIn,
    TOut>(source)
{
    protected override bool TryPass(TIn next, out TOut value)
    {
        value = map(next);
        return true;
    }
}
