using System.Runtime.CompilerServices;
using Plenum.ZeroIpc;

namespace Plenum.Conformance.Tests.ZeroIpc;

/// <summary>Creates with our library what the foreign peers create by <c>KIND-create</c>.</summary>
internal static class ContentionStructures
{
    internal static void Create(SharedMemory memory, string structure, string[] shape)
    {
        string Option(string name, string otherwise) =>
            Array.IndexOf(shape, name) is var at and >= 0 ? shape[at + 1] : otherwise;
        int capacity = int.Parse(Option("--capacity", "16"));
        string type = Option("--type", "i32");
        _ = structure switch
        {
            "queue" => type switch
            {
                "u64" => SharedQueue<ulong>.Create(memory, structure, capacity),
                "f64" => SharedQueue<double>.Create(memory, structure, capacity),
                _ => (object)SharedQueue<Bytes24>.Create(memory, structure, capacity),
            },
            "stack" => type == "u64"
                ? SharedStack<ulong>.Create(memory, structure, capacity)
                : SharedStack<int>.Create(memory, structure, capacity),
            "ring" => SharedRing<ulong>.Create(memory, structure, capacity),
            "map" => SharedMap<long, double>.Create(memory, structure, capacity),
            "set" => SharedSet<long>.Create(memory, structure, capacity),
            "pool" => SharedPool<Bytes16>.Create(memory, structure, capacity),
            "mutex" => SharedMutex.Create(memory, structure),
            "semaphore" => SharedSemaphore.Create(memory, structure, 1, 1),
            "monitor" => SharedMonitor.Create(memory, structure),
            "rwlock" => SharedReaderWriterLock.Create(memory, structure),
            "once" => SharedOnce.Create(memory, structure),
            "barrier" => SharedBarrier.Create(memory, structure, 2),
            "event" => SharedEvent.Create(memory, structure, EventMode.Auto),
            "signal" => SharedSignal<Bytes40>.Create(memory, structure, default),
            _ => throw new ArgumentException($"no structure {structure}"),
        };
    }

    [InlineArray(16)]
    private struct Bytes16
    {
        private byte _first;
    }

    [InlineArray(24)]
    private struct Bytes24
    {
        private byte _first;
    }

    [InlineArray(40)]
    private struct Bytes40
    {
        private byte _first;
    }
}
