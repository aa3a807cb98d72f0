namespace Plenum.ZeroIpc;

/// <summary>A run that looks at one value of its source at a time and keeps, changes or skips it.</summary>
internal abstract class PerValueCursor<TIn, TOut>(StreamCursor<TIn> source) : StreamCursor<TOut>
{
    internal override TimeSpan? DueIn => source.DueIn;

    protected StreamCursor<TIn> Source => source;

    internal override Pull TryPull(out TOut value)
    {
        while (true)
        {
            Pull pull = source.TryPull(out TIn next);
            if (pull != Pull.Value)
            {
                value = default!;
                return pull;
            }

            if (TryPass(next, out value))
            {
                return Pull.Value;
            }
        }
    }

    internal override void AddLeaves(List<IStreamLeaf> leaves) => source.AddLeaves(leaves);

    public override void Dispose() => source.Dispose();

    /// <summary>What becomes of a value; false to skip it.</summary>
    protected abstract bool TryPass(TIn next, out TOut value);
}
