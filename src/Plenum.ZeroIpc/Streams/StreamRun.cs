namespace Plenum.ZeroIpc;

/// <summary>One run over a stream; counts as a subscriber while it lasts.</summary>
internal sealed class StreamRun<T>(StreamCore<T> stream) : StreamCursor<T>
    where T : unmanaged
{
    private OwnerRecord? _record = stream.Enlist();

    internal override Pull TryPull(out T value) => stream.Poll(out value) switch
    {
        NextOutcome.Value => Pull.Value,
        NextOutcome.Closed => Pull.Completed,
        _ => Pull.Pending,
    };

    internal override void AddLeaves(List<IStreamLeaf> leaves) => leaves.Add(stream);

    public override void Dispose() => stream.Discharge(Interlocked.Exchange(ref _record, null));
}
