namespace Plenum.ZeroIpc;

/// <summary>Windows of a number of values, a number of values apart.</summary>
internal sealed class CountWindowCursor<T>(StreamCursor<T> source, int count, int step,
    bool keepsPartial) : StreamCursor<T[]>
{
    private readonly Queue<T> _held = new();
    private int _skip;
    private bool _ended;

    internal override TimeSpan? DueIn => source.DueIn;

    internal override Pull TryPull(out T[] value)
    {
        value = [];
        while (!_ended)
        {
            Pull pull = source.TryPull(out T next);
            if (pull == Pull.Pending)
            {
                return Pull.Pending;
            }

            if (pull == Pull.Completed)
            {
                _ended = true;
                if (keepsPartial && _held.Count > 0)
                {
                    value = [.. _held];
                    return Pull.Value;
                }
            }
            else if (_skip > 0)
            {
                _skip--;
            }
            else
            {
                _held.Enqueue(next);
                if (_held.Count == count)
                {
                    value = [.. _held];
                    Advance();
                    return Pull.Value;
                }
            }
        }

        return Pull.Completed;
    }

    internal override void AddLeaves(List<IStreamLeaf> leaves) => source.AddLeaves(leaves);

    public override void Dispose() => source.Dispose();

    private void Advance()
    {
        for (int i = 0; i < step && _held.Count > 0; i++)
        {
            _ = _held.Dequeue();
        }

        _skip = Math.Max(0, step - count);
    }
}
