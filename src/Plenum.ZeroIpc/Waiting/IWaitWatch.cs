namespace Plenum.ZeroIpc;

/// <summary>Looked at now and then by sleeping waiters: settles what a dead process left in the structure waited
/// for.</summary>
internal interface IWaitWatch
{
    /// <summary>Whether everything a look could settle is stated in owner records, so that it need not be made while no
    /// owner of records is dead (<see cref="DeathRecovery.MayHaveDead"/>).</summary>
    public bool ReadsRecordsOnly => false;

    /// <summary>Looks for the dead. Called before the first sleep and at most every 50 ms after it.</summary>
    public void Look();
}
