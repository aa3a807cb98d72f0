using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Lets one operation at a time into an endpoint, and lets it be closed while an operation is in
/// progress.</summary>
/// <remarks>An endpoint is not made for two threads; the gate turns that mistake, and a Dispose during a blocked call,
/// into an exception. Costs one uncontended interlocked instruction per operation.</remarks>
internal sealed class UseGate(object owner)
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Closed = 2;

    // A blocked operation looks at the closing flag at least every 50 ms; this bound is only ever reached by user code
    // that closes the endpoint from inside one of its own operations.
    private const long MaxCloseWaitNanoseconds = 10_000_000_000;

    private int _state;
    private bool _closing;

    internal bool IsClosing => Volatile.Read(ref _closing);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter()
    {
        // CLAIM [use] One operation at a time; Exit releases it.
        if (Interlocked.CompareExchange(ref _state, Busy, Idle) != Idle)
        {
            ThrowRefused();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit() => Volatile.Write(ref _state, Idle);

    internal void ThrowIfClosing() => ObjectDisposedException.ThrowIf(IsClosing, owner);

    /// <summary>Keeps further operations out and waits for the one in progress.</summary>
    /// <returns>
    /// True when the caller is the one that closes; false when it was closed before, or when the operation in progress
    /// did not end.
    /// </returns>
    internal bool TryClose()
    {
        Volatile.Write(ref _closing, true);
        long deadline = MonotonicClock.Nanoseconds + MaxCloseWaitNanoseconds;
        var spin = new SpinWait();
        while (true)
        {
            int found = Interlocked.CompareExchange(ref _state, Closed, Idle);
            if (found == Idle)
            {
                return true;
            }

            if (found == Closed || MonotonicClock.Nanoseconds > deadline)
            {
                return false;
            }

            spin.SpinOnce();
        }
    }

    [DoesNotReturn]
    private void ThrowRefused()
    {
        ObjectDisposedException.ThrowIf(IsClosing, owner);
        throw new InvalidOperationException(
            $"{owner.GetType().Name} is in use by another operation: an endpoint serves one thread at a time, and one "
            + "asynchronous operation must end before the next one starts.");
    }
}
