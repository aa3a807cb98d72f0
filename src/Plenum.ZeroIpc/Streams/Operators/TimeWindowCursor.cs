namespace Plenum.ZeroIpc;

/// <summary>Windows of the values that arrived in a span of time; the first window begins with the first
/// value.</summary>
/// <remarks>A window that ends at t holds what arrived at or after t - length and before t. Empty windows are left out.
/// At the end of the source the window under way is given as it is.</remarks>
internal sealed class TimeWindowCursor<T>(StreamCursor<T> source, TimeSpan length, TimeSpan step, TimeProvider clock)
    : StreamCursor<T[]>
{
    private readonly Queue<(TimeSpan At, T Value)> _held = new();
    private readonly long _start = clock.GetTimestamp();
    private TimeSpan _end = TimeSpan.MinValue;
    private bool _ended;
    private bool _hasNew;

    internal override TimeSpan? DueIn => _held.Count == 0
        ? source.DueIn
        : Earlier(source.DueIn, _end > Now ? _end - Now : TimeSpan.Zero);

    private TimeSpan Now => clock.GetElapsedTime(_start);

    internal override Pull TryPull(out T[] value)
    {
        while (true)
        {
            if (_held.Count > 0 && Now >= _end && TryCut(out value))
            {
                return Pull.Value;
            }

            value = [];
            if (_ended)
            {
                return Pull.Completed;
            }

            Pull pull = source.TryPull(out T next);
            if (pull == Pull.Value)
            {
                Add(next);
            }
            else if (pull == Pull.Pending)
            {
                return Pull.Pending;
            }
            else
            {
                _ended = true;

                // Values between two windows that do not meet are in neither.
                value = _hasNew ? [.. _held.Where(held => held.At >= _end - length).Select(held => held.Value)] : [];
                _held.Clear();
                return value.Length > 0 ? Pull.Value : Pull.Completed;
            }
        }
    }

    internal override void AddLeaves(List<IStreamLeaf> leaves) => source.AddLeaves(leaves);

    public override void Dispose() => source.Dispose();

    private void Add(T next)
    {
        TimeSpan now = Now;
        if (_held.Count == 0 && (_end == TimeSpan.MinValue || now >= _end))
        {
            // The grid of windows stays the one that the first value began.
            _end = _end == TimeSpan.MinValue ? now + length : _end + (step * (1 + Math.Floor((now - _end) / step)));
        }

        _held.Enqueue((now, next));
        _hasNew = true;
    }

    // Ends the window that is due; false when it is empty.
    private bool TryCut(out T[] value)
    {
        TimeSpan from = _end - length;
        T[] cut = [.. _held.Where(held => held.At >= from && held.At < _end).Select(held => held.Value)];
        _end += step;
        while (_held.Count > 0 && _held.Peek().At < _end - length)
        {
            _ = _held.Dequeue();
        }

        _hasNew = _held.Any(held => held.At >= _end - step);
        value = cut;
        return cut.Length > 0;
    }
}
