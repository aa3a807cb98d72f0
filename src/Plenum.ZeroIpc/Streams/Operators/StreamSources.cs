namespace Plenum.ZeroIpc;

/// <summary>Sources that are no stream yet: values computed on demand, also without end.</summary>
/// <remarks>Thread-safe; each run computes its own values.</remarks>
public static class StreamSources
{
    /// <summary>The values of a sequence.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="values">The sequence; enumerated anew by each run.</param>
    public static StreamSource<T> From<T>(IEnumerable<T> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new OperatorSource<T>("from", () => new EnumerableCursor<T>(values.GetEnumerator()));
    }

    /// <summary>A seed, then each value computed from the one before, without end.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="seed">The first value.</param>
    /// <param name="next">Computes the next value.</param>
    public static StreamSource<T> Generate<T>(T seed, Func<T, T> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new OperatorSource<T>("generate", () => new EnumerableCursor<T>(Endless(seed, next)));
    }

    /// <summary>Values unfolded from a state.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="seed">The first state.</param>
    /// <param name="step">A value and the state after it; null ends the source.</param>
    public static StreamSource<T> Unfold<TState, T>(TState seed, Func<TState, (T Value, TState Next)?> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new OperatorSource<T>("unfold", () => new EnumerableCursor<T>(Unfolded(seed, step)));
    }

    /// <summary>The values of several sources as they come. Ends when all have ended.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="sources">The sources.</param>
    public static StreamSource<T> Merge<T>(params StreamSource<T>[] sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return new OperatorSource<T>(
            "merge", () => new MergeCursor<T>(Array.ConvertAll(sources, source => source.OpenCursor())));
    }

    private static IEnumerator<T> Endless<T>(T seed, Func<T, T> next)
    {
        for (T value = seed; ; value = next(value))
        {
            yield return value;
        }
    }

    private static IEnumerator<T> Unfolded<TState, T>(TState seed, Func<TState, (T Value, TState Next)?> step)
    {
        TState state = seed;
        while (step(state) is { } made)
        {
            yield return made.Value;
            state = made.Next;
        }
    }
}
