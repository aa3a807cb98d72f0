namespace Plenum.ZeroIpc;

/// <summary>Looked at now and then by sleeping waiters: settles what a dead process left in the structure waited
/// for.</summary>
internal interface IWaitWatch
{
    /// <summary>Looks for the dead. Called before the first sleep and at most every 50 ms after it.</summary>
    public void Look();
}
