namespace Plenum.ZeroIpc;

/// <summary>Values computed one by one, each only when it is pulled.</summary>
internal sealed class EnumerableCursor<T>(IEnumerator<T> values) : StreamCursor<T>
{
    internal override Pull TryPull(out T value)
    {
        bool any = values.MoveNext();
        value = any ? values.Current : default!;
        return any ? Pull.Value : Pull.Completed;
    }

    internal override void AddLeaves(List<IStreamLeaf> leaves)
    {
        // Never pending.
    }

    public override void Dispose() => values.Dispose();
}
