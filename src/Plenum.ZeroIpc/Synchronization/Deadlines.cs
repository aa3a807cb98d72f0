using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Time-outs as deadlines of the waiting layer: 0 means one look without spinning.</summary>
internal static class Deadlines
{
    /// <summary>The deadline of a time-out that starts now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative and not infinite.</exception>
    internal static long From(TimeSpan timeout) => timeout == TimeSpan.Zero ? 0 : MonotonicClock.Deadline(timeout);
}
