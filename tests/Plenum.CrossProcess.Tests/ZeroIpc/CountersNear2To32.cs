using Plenum.Platform;
using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.ZeroIpc;

/// <summary>Puts counters of an unused structure shortly before they wrap, by the byte maps.</summary>
internal static class CountersNear2To32
{
    /// <summary>Head, tail and sequences of an empty queue of 4-byte elements.</summary>
    internal static void Set(SharedMemory memory, in SharedEntry entry, uint capacity, uint start)
    {
        using SharedSegment raw = Open(memory);
        raw.UInt32(entry.Offset).WriteRelease(start);
        raw.UInt32(entry.Offset + 4).WriteRelease(start);
        for (uint i = 0; i < capacity; i++)
        {
            raw.UInt32(entry.Offset + 16 + (4 * capacity) + (4 * ((start + i) % capacity))).WriteRelease(start + i);
        }
    }

    /// <summary>The generation of a pool's free list.</summary>
    internal static void SetGeneration(SharedMemory memory, in SharedEntry entry, uint generation)
    {
        using SharedSegment raw = Open(memory);
        SharedUInt64 head = raw.UInt64(entry.Offset);
        head.WriteRelease(((ulong)generation << 32) | (uint)head.ReadAcquire());
    }

    /// <summary>The version of a signal, or the positions of a ring.</summary>
    internal static void Set64(SharedMemory memory, long offset, ulong value)
    {
        using SharedSegment raw = Open(memory);
        raw.UInt64(offset).WriteRelease(value);
    }

    private static SharedSegment Open(SharedMemory memory) =>
        SharedSegment.Open(SegmentName.Parse(memory.Name), SegmentAccess.ReadWrite);
}
