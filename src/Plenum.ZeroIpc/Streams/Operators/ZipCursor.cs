namespace Plenum.ZeroIpc;

/// <summary>The n-th value of one source with the n-th of another. Ends as soon as one of them has no partner to
/// give.</summary>
internal sealed class ZipCursor<TLeft, TRight, TOut>(
    StreamCursor<TLeft> left, StreamCursor<TRight> right, Func<TLeft, TRight, TOut> join) : StreamCursor<TOut>
{
    private (bool Has, TLeft Value) _left;
    private (bool Has, TRight Value) _right;

    internal override TimeSpan? DueIn => Earlier(_left.Has ? null : left.DueIn, _right.Has ? null : right.DueIn);

    internal override Pull TryPull(out TOut value)
    {
        value = default!;
        Pull one = _left.Has ? Pull.Value : left.TryPull(out _left.Value);
        _left.Has = one == Pull.Value;
        if (one == Pull.Completed)
        {
            return Pull.Completed;
        }

        Pull two = _right.Has ? Pull.Value : right.TryPull(out _right.Value);
        _right.Has = two == Pull.Value;
        if (!_left.Has || !_right.Has)
        {
            return two == Pull.Completed ? Pull.Completed : Pull.Pending;
        }

        _left.Has = false;
        _right.Has = false;
        value = join(_left.Value, _right.Value);
        return Pull.Value;
    }

    internal override void AddLeaves(List<IStreamLeaf> leaves)
    {
        if (!_left.Has)
        {
            left.AddLeaves(leaves);
        }

        if (!_right.Has)
        {
            right.AddLeaves(leaves);
        }
    }

    public override void Dispose()
    {
        left.Dispose();
        right.Dispose();
    }
}
