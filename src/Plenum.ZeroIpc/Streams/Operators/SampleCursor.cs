namespace Plenum.ZeroIpc;

/// <summary>The latest value of each period in which one came; the first period begins with the first value.</summary>
internal sealed class SampleCursor<T>(StreamCursor<T> source, TimeSpan period, TimeProvider clock) : StreamCursor<T>
{
    private readonly long _start = clock.GetTimestamp();
    private TimeSpan _due = TimeSpan.MinValue;
    private T _latest = default!;
    private bool _has;
    private bool _ended;

    internal override TimeSpan? DueIn =>
        !_has ? source.DueIn : Earlier(source.DueIn, _due > Now ? _due - Now : TimeSpan.Zero);

    private TimeSpan Now => clock.GetElapsedTime(_start);

    internal override Pull TryPull(out T value)
    {
        while (true)
        {
            if (_has && (_ended || Now >= _due))
            {
                _has = false;
                value = _latest;
                return Pull.Value;
            }

            value = default!;
            if (_ended)
            {
                return Pull.Completed;
            }

            Pull pull = source.TryPull(out T next);
            if (pull == Pull.Pending)
            {
                return Pull.Pending;
            }

            if (pull == Pull.Completed)
            {
                _ended = true;
                continue;
            }

            Keep(next);
        }
    }

    internal override void AddLeaves(List<IStreamLeaf> leaves) => source.AddLeaves(leaves);

    public override void Dispose() => source.Dispose();

    private void Keep(T next)
    {
        TimeSpan now = Now;
        if (!_has && (_due == TimeSpan.MinValue || now >= _due))
        {
            _due = _due == TimeSpan.MinValue ? now + period : _due + (period * (1 + Math.Floor((now - _due) / period)));
        }

        _latest = next;
        _has = true;
    }
}
