namespace Plenum.ZeroIpc;

/// <summary>Every intermediate result of a fold.</summary>
internal sealed class ScanCursor<TIn, TOut>(StreamCursor<TIn> source, TOut seed, Func<TOut, TIn, TOut> step)
    : PerValueCursor<TIn, TOut>(source)
{
    private TOut _state = seed;

    protected override bool TryPass(TIn next, out TOut value)
    {
        value = _state = step(_state, next);
        return true;
    }
}
