namespace Plenum.ZeroIpc;

/// <summary>Operators over streams: the specification's names, and LINQ's for the same where LINQ has one.</summary>
/// <remarks>Every operator is lazy: it runs in whoever pulls its result. Functions run on the pulling thread, one call
/// at a time. None of them waits. Thread-safe.</remarks>
public static class StreamOperators
{
    /// <summary>Changes each value (LINQ: <see cref="Select"/>).</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="map">The change.</param>
    public static StreamSource<TResult> Map<T, TResult>(this StreamSource<T> source, Func<T, TResult> map)
    {
        Require(source, map);
        return new OperatorSource<TResult>("map", () => new MapCursor<T, TResult>(source.OpenCursor(), map));
    }

    /// <inheritdoc cref="Map"/>
    public static StreamSource<TResult> Select<T, TResult>(this StreamSource<T> source, Func<T, TResult> map) =>
        source.Map(map);

    /// <summary>Keeps the values that a predicate holds for (LINQ: <see cref="Where"/>).</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="predicate">The predicate.</param>
    public static StreamSource<T> Filter<T>(this StreamSource<T> source, Func<T, bool> predicate)
    {
        Require(source, predicate);
        return new OperatorSource<T>("filter", () => new FilterCursor<T>(source.OpenCursor(), predicate));
    }

    /// <inheritdoc cref="Filter"/>
    public static StreamSource<T> Where<T>(this StreamSource<T> source, Func<T, bool> predicate) =>
        source.Filter(predicate);

    /// <inheritdoc cref="Take{T}(StreamSource{T}, long)"/>
    public static StreamSource<T> Take<T>(this StreamSource<T> source, int count) =>
        source.Take((long)count);

    /// <summary>The first values; the rest stays in the source.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="count">How many.</param>
    public static StreamSource<T> Take<T>(this StreamSource<T> source, long count)
    {
        Require(source, source);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new OperatorSource<T>("take", () => new TakeCursor<T>(source.OpenCursor(), count));
    }

    /// <inheritdoc cref="Skip{T}(StreamSource{T}, long)"/>
    public static StreamSource<T> Skip<T>(this StreamSource<T> source, int count) =>
        source.Skip((long)count);

    /// <summary>All but the first values.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="count">How many are left out.</param>
    public static StreamSource<T> Skip<T>(this StreamSource<T> source, long count)
    {
        Require(source, source);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new OperatorSource<T>("skip", () => new SkipCursor<T>(source.OpenCursor(), count));
    }

    /// <summary>Every intermediate result of a fold.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="seed">The result before the first value.</param>
    /// <param name="step">The next result from the one before and a value.</param>
    public static StreamSource<TResult> Scan<T, TResult>(
        this StreamSource<T> source, TResult seed, Func<TResult, T, TResult> step)
    {
        Require(source, step);
        return new OperatorSource<TResult>("scan", () => new ScanCursor<T, TResult>(source.OpenCursor(), seed, step));
    }

    /// <summary>Skips values equal to the one before.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="comparer">How values are compared; null for their own equality.</param>
    public static StreamSource<T> DistinctUntilChanged<T>(this StreamSource<T> source,
        IEqualityComparer<T>? comparer = null)
    {
        Require(source, source);
        return new OperatorSource<T>(
            "distinct", () => new DistinctCursor<T>(source.OpenCursor(), comparer ?? EqualityComparer<T>.Default));
    }

    /// <summary>Full windows of a number of values, one after another; an incomplete one at the end is left
    /// out.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="count">Values in a window, at least 1.</param>
    /// <param name="step">Values from the start of one window to that of the next: less than <paramref name="count"/>
    /// slides, more leaves values out; 0 for <paramref name="count"/>.</param>
    public static StreamSource<T[]> Window<T>(this StreamSource<T> source, int count, int step = 0)
    {
        Require(source, source);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        int stride = step == 0 ? count : step;
        return new OperatorSource<T[]>(
            "window", () => new CountWindowCursor<T>(source.OpenCursor(), count, stride, keepsPartial: false));
    }

    /// <summary>Windows of the values that arrived within a span of time; the first begins with the first value. Empty
    /// windows are left out; the window under way at the end of the source is given as it is.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="length">Length of a window.</param>
    /// <param name="step">From the end of one window to that of the next: less than <paramref name="length"/> slides;
    /// zero for <paramref name="length"/>.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    public static StreamSource<T[]> Window<T>(
        this StreamSource<T> source, TimeSpan length, TimeSpan step = default, TimeProvider? clock = null)
    {
        Require(source, source);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.Zero);
        TimeSpan stride = step == TimeSpan.Zero ? length : step;
        return new OperatorSource<T[]>(
            "window",
            () => new TimeWindowCursor<T>(source.OpenCursor(), length, stride, clock ?? TimeProvider.System));
    }

    /// <summary>Groups of a number of values; the last may be smaller (LINQ: <see cref="Chunk"/>).</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="size">Values in a group, at least 1.</param>
    public static StreamSource<T[]> Batch<T>(this StreamSource<T> source, int size)
    {
        Require(source, source);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return new OperatorSource<T[]>(
            "batch", () => new CountWindowCursor<T>(source.OpenCursor(), size, size, keepsPartial: true));
    }

    /// <inheritdoc cref="Batch"/>
    public static StreamSource<T[]> Chunk<T>(this StreamSource<T> source, int size) => source.Batch(size);

    /// <summary>The values of two sources as they come. Ends when both have ended.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="other">The other source.</param>
    public static StreamSource<T> Merge<T>(this StreamSource<T> source, StreamSource<T> other)
    {
        Require(source, other);
        return StreamSources.Merge(source, other);
    }

    /// <summary>The n-th value of one source with the n-th of another. Ends as soon as one of them has ended.</summary>
    /// <typeparam name="TLeft">The type of the values.</typeparam>
    /// <typeparam name="TRight">The type of the other source's values.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="other">The other source.</param>
    /// <param name="join">Joins two values.</param>
    public static StreamSource<TResult> Zip<TLeft, TRight, TResult>(
        this StreamSource<TLeft> source, StreamSource<TRight> other, Func<TLeft, TRight, TResult> join)
    {
        Require(source, other);
        ArgumentNullException.ThrowIfNull(join);
        return new OperatorSource<TResult>(
            "zip", () => new ZipCursor<TLeft, TRight, TResult>(source.OpenCursor(), other.OpenCursor(), join));
    }

    /// <summary>Lets a value pass, then none for a time.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="interval">The least time between two values.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    public static StreamSource<T> Throttle<T>(this StreamSource<T> source, TimeSpan interval,
        TimeProvider? clock = null)
    {
        Require(source, source);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return new OperatorSource<T>(
            "throttle", () => new ThrottleCursor<T>(source.OpenCursor(), interval, clock ?? TimeProvider.System));
    }

    /// <summary>The latest value of each period in which one came; the first period begins with the first
    /// value.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="period">The period.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    public static StreamSource<T> Sample<T>(this StreamSource<T> source, TimeSpan period, TimeProvider? clock = null)
    {
        Require(source, source);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        return new OperatorSource<T>(
            "sample", () => new SampleCursor<T>(source.OpenCursor(), period, clock ?? TimeProvider.System));
    }

    private static void Require(object source, object function)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(function);
    }
}
