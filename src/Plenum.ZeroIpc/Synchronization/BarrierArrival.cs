using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>One arrival at a barrier: over when the generation has moved on.</summary>
internal readonly struct BarrierArrival(SharedUInt64 state, uint generation, OwnerRecord record) : IWaitCondition
{
    internal uint Generation => generation;

    internal OwnerRecord Record => record;

    // OBSERVE [barrier] Pairs with the last arrival: what every party stored before it arrived is visible.
    public bool IsMet() => (uint)(state.ReadAcquire() >> 32) != generation;
}
