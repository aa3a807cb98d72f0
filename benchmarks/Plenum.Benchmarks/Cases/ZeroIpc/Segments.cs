using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>Segments that only this library uses, as a case wants them.</summary>
internal static class Segments
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal static SharedMemory Create(string name, WaitStrategy? strategy = null) =>
        Ours(SharedMemory.Create(name, 16 << 20, new SharedMemoryOptions { Prefault = true }), strategy);

    internal static SharedMemory Open(string name, WaitStrategy? strategy = null) =>
        Ours(SharedMemory.Open(name), strategy);

    private static SharedMemory Ours(SharedMemory memory, WaitStrategy? strategy)
    {
        memory.HasForeignPeers = false;
        memory.WaitStrategy = strategy ?? WaitStrategy.Balanced;
        return memory;
    }
}
