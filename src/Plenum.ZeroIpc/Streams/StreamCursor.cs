namespace Plenum.ZeroIpc;

/// <summary>One run through a source: values are pulled, never pushed, so a consumer decides the pace and infinite
/// sources work.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>One thread at a time.</remarks>
internal abstract class StreamCursor<T> : IDisposable
{
    /// <summary>After how long a look may give something although no source has a new value; null for never.</summary>
    internal virtual TimeSpan? DueIn => null;

    /// <summary>Looks for a value without waiting.</summary>
    internal abstract Pull TryPull(out T value);

    /// <summary>Adds the places whose change can end a <see cref="Pull.Pending"/>.</summary>
    internal abstract void AddLeaves(List<IStreamLeaf> leaves);

    /// <summary>Ends the run.</summary>
    public abstract void Dispose();

    /// <summary>The earlier of two times.</summary>
    protected static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null || a < b ? a : b;
}
