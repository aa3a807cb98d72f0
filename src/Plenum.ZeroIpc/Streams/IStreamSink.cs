namespace Plenum.ZeroIpc;

/// <summary>Where a pump puts the values of a derived stream.</summary>
internal interface IStreamSink<T>
{
    /// <summary>Puts a value without waiting.</summary>
    public EmitOutcome TryPut(T value);

    /// <summary>Puts a value; waits for room.</summary>
    public ValueTask<EmitOutcome> PutAsync(T value, CancellationToken cancellationToken);

    /// <summary>No more values will come.</summary>
    public void Complete();

    /// <summary>This process does not put any more; another one may.</summary>
    public void Leave();
}
