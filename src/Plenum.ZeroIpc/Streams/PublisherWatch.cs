namespace Plenum.ZeroIpc;

/// <summary>What a sleeping subscriber looks at now and then: whether the publisher died, and what dead sleepers
/// left.</summary>
internal sealed class PublisherWatch(BroadcastCore core) : IWaitWatch
{
    private ulong _reported = ulong.MaxValue;
    private bool _died;

    /// <summary>Looks at the publisher and at the sites.</summary>
    public void Look()
    {
        if (SitePump.Of(core.Items).TryTakeLook())
        {
            _ = core.Items.Table.Recovery.SettleSite(core.Items);
        }

        ulong generation = core.Generation.ReadAcquire();
        if (generation != _reported && core.IsPublisherDead())
        {
            _reported = generation;
            _died = true;
        }
    }

    /// <summary>Whether a death was noticed since the last call.</summary>
    internal bool TakeDeath()
    {
        bool died = _died;
        _died = false;
        return died;
    }
}
