using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Cases.Codata;

/// <summary>Futures, channels, selects, streams and broadcasts.</summary>
internal static class CodataCases
{
    internal static IEnumerable<PairCase> All =>
    [
        new BroadcastCase(batch: 1), new BroadcastCase(batch: 64),
        new BroadcastCostCase(0), new BroadcastCostCase(1), new BroadcastCostCase(2), new BroadcastCostCase(8),
        new StreamOneWayCase(sole: false), new StreamOneWayCase(sole: true),
        new FutureCase(), new RendezvousCase(), new ChannelOneWayCase(),
        new SelectCase(1), new SelectCase(8), new SelectCase(64),
        .. SingleCase.All,
    ];
}
