namespace Plenum.ZeroIpc;

/// <summary>A place in shared memory that values come from, as the waits of operators see it.</summary>
internal interface IStreamLeaf
{
    /// <summary>Waits until a look would give a value, or the end.</summary>
    /// <returns>False when the time was over.</returns>
    public bool Wait(long deadlineNanoseconds, CancellationToken cancellationToken);

    /// <summary>The same without holding a thread.</summary>
    public ValueTask<bool> WaitAsync(long deadlineNanoseconds, CancellationToken cancellationToken);
}
