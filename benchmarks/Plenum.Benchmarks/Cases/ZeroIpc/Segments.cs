using Plenum.ZeroIpc;

namespace Plenum.Benchmarks.Cases.ZeroIpc;

/// <summary>Segments that only this library uses, as a case wants them.</summary>
internal static class Segments
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal static SharedMemory Create(string name)
    {
        SharedMemory memory = SharedMemory.Create(name, 16 << 20, new SharedMemoryOptions { Prefault = true });
        memory.HasForeignPeers = false;
        return memory;
    }

    internal static SharedMemory Open(string name)
    {
        SharedMemory memory = SharedMemory.Open(name);
        memory.HasForeignPeers = false;
        return memory;
    }
}
