namespace Plenum.ZeroIpc;

/// <summary>The first values, then the end; leaves the rest in the source.</summary>
internal sealed class TakeCursor<T>(StreamCursor<T> source, long count) : StreamCursor<T>
{
    private long _left = count;

    internal override TimeSpan? DueIn => source.DueIn;

    internal override Pull TryPull(out T value)
    {
        if (_left == 0)
        {
            value = default!;
            return Pull.Completed;
        }

        Pull pull = source.TryPull(out value);
        if (pull == Pull.Value)
        {
            _left--;
        }

        return pull;
    }

    internal override void AddLeaves(List<IStreamLeaf> leaves) => source.AddLeaves(leaves);

    public override void Dispose() => source.Dispose();
}
