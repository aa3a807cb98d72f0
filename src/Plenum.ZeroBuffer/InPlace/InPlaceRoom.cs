using System.Diagnostics.CodeAnalysis;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>Wakes callers that wait until a frame is given back.</summary>
/// <remarks>A caller announces itself before its last look, and who gives a frame back wakes after it: one of the two
/// sees the other. Thread-safe.</remarks>
[SuppressMessage(
    "Reliability",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The semaphore holds nothing native unless its wait handle is asked for, and a late caller may use it.")]
internal sealed class InPlaceRoom
{
    // A frame of an abandoned call comes back without a signal, when the server is done with it.
    private const int AbandonedMilliseconds = 5;
    private const int SliceMilliseconds = 50;

    private readonly SemaphoreSlim _freed = new(0);
    private int _waiting;

    internal void Announce() => Interlocked.Increment(ref _waiting);

    internal void Withdraw() => Interlocked.Decrement(ref _waiting);

    internal void Wait(long nanoseconds, bool abandoned, CancellationToken cancellationToken) =>
        _freed.Wait(Milliseconds(nanoseconds, abandoned), cancellationToken);

    internal Task<bool> WaitAsync(long nanoseconds, bool abandoned, CancellationToken cancellationToken) =>
        _freed.WaitAsync(Milliseconds(nanoseconds, abandoned), cancellationToken);

    /// <summary>A frame was given back, or there will be none any more.</summary>
    internal void Wake()
    {
        // A surplus token costs its taker one more look.
        int waiting = Volatile.Read(ref _waiting);
        if (waiting > 0)
        {
            _freed.Release(waiting);
        }
    }

    private static int Milliseconds(long nanoseconds, bool abandoned) =>
        (int)Math.Clamp(nanoseconds / 1_000_000, 1, abandoned ? AbandonedMilliseconds : SliceMilliseconds);
}
