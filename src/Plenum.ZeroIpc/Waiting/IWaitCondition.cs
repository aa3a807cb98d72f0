namespace Plenum.ZeroIpc;

/// <summary>What a waiter waits for. A struct, so that waiting allocates nothing.</summary>
internal interface IWaitCondition
{
    /// <summary>
    /// Looks whether the wait is over, with acquire loads. May take what it waits for (then it returns true once).
    /// Called often, by
    /// the waiting thread only.
    /// </summary>
    public bool IsMet();
}
