namespace Plenum.ZeroIpc;

/// <summary>How a <see cref="SharedEvent"/> releases its waiters. The values lie in memory (spec zeroipc
/// 2.14).</summary>
public enum EventMode
{
    /// <summary>Each signal releases one waiter; signals count.</summary>
    Auto = 0,

    /// <summary>A signal releases all waiters until the event is reset.</summary>
    Manual = 1,
}
