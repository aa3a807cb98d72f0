namespace Plenum.ZeroIpc;

/// <summary>The values of several sources as they come; each source gets its turn. Ends when all have ended.</summary>
internal sealed class MergeCursor<T>(StreamCursor<T>[] sources) : StreamCursor<T>
{
    private readonly bool[] _ended = new bool[sources.Length];
    private int _next;

    internal override TimeSpan? DueIn
    {
        get
        {
            TimeSpan? due = null;
            for (int i = 0; i < sources.Length; i++)
            {
                due = _ended[i] ? due : Earlier(due, sources[i].DueIn);
            }

            return due;
        }
    }

    internal override Pull TryPull(out T value)
    {
        bool any = false;
        for (int turn = 0; turn < sources.Length; turn++)
        {
            int i = _next;
            _next = i + 1 == sources.Length ? 0 : i + 1;
            if (_ended[i])
            {
                continue;
            }

            Pull pull = sources[i].TryPull(out value);
            if (pull == Pull.Value)
            {
                return Pull.Value;
            }

            _ended[i] = pull == Pull.Completed;
            any |= !_ended[i];
        }

        value = default!;
        return any ? Pull.Pending : Pull.Completed;
    }

    internal override void AddLeaves(List<IStreamLeaf> leaves)
    {
        for (int i = 0; i < sources.Length; i++)
        {
            if (!_ended[i])
            {
                sources[i].AddLeaves(leaves);
            }
        }
    }

    public override void Dispose() => Array.ForEach(sources, source => source.Dispose());
}
