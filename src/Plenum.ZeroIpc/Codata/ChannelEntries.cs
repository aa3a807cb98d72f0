using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Creates and opens the entries of a channel in either layout.</summary>
internal static class ChannelEntries
{
    private const string Kind = "channel";

    /// <summary>Whether entries of that name form a channel.</summary>
    internal static bool Exists(SharedMemory memory, string name) =>
        memory.Table.TryFind(name + ChannelHeader.Suffix, out _)
        || memory.Table.TryFind(name + PythonChannelSync.Suffix, out _);

    internal static void Create<T>(SharedMemory memory, string name, int capacity, CodataLayout layout)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)layout, (uint)CodataLayout.Python, nameof(layout));
        int size = StructureSize.OfElement<T>();
        if (layout == CodataLayout.Python)
        {
            _ = memory.Allocate(
                QueueOf<T>(name, SharedQueue<T>.RoundCapacity(Math.Max(capacity, 2))),
                new EntryRequest(
                    name + PythonChannelSync.Suffix,
                    PythonChannelSync.SizeBytes,
                    (segment, offset) =>
                        segment.UInt32(offset + PythonChannelSync.CapacityOffset).WriteOwned((uint)capacity)));
            return;
        }

        uint slots = capacity == 0 ? 0 : SharedQueue<T>.RoundCapacity(capacity);
        EntryRequest second = capacity == 0
            ? new EntryRequest(
                name + RendezvousSlot.Suffix, RendezvousSlot.TotalBytes(size, ShareableType.AlignmentOf<T>()))
            : QueueOf<T>(name + ChannelHeader.BufferSuffix, slots);
        _ = memory.Allocate(
            new EntryRequest(
                name + ChannelHeader.Suffix,
                ChannelHeader.SizeBytes,
                (segment, offset) => segment.UInt32(offset + ChannelHeader.CapacityOffset).WriteOwned(slots)),
            second);
    }

    /// <summary>Opens whichever layout there is.</summary>
    internal static ChannelCore<T> Open<T>(SharedMemory memory, string name, out CodataLayout layout, out int capacity)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(name);
        ShareableType.Check<T>();
        layout = memory.Table.TryFind(name + ChannelHeader.Suffix, out _) ? CodataLayout.Native : CodataLayout.Python;
        if (layout == CodataLayout.Native)
        {
            return OpenNative<T>(memory, name, out capacity);
        }

        if (memory.Table.TryFind(name + PythonChannelSync.Suffix, out _))
        {
            return OpenPython<T>(memory, name, out capacity);
        }

        throw new EntryNotFoundException(
            $"Could not open channel '{name}' in segment '{memory.Name}': there is neither "
            + $"'{name}{ChannelHeader.Suffix}' (C++ layout) "
            + $"nor '{name}{PythonChannelSync.Suffix}' (Python layout). Create it first, or check the name.",
            "open channel", memory.Name, name);
    }

    private static ChannelCore<T> OpenNative<T>(SharedMemory memory, string name, out int capacity)
        where T : unmanaged
    {
        long header = SyncEntry.Find(memory, name + ChannelHeader.Suffix, Kind, ChannelHeader.SizeBytes);
        SharedSegment segment = memory.Segment;
        uint stored = segment.UInt32(header + ChannelHeader.CapacityOffset).ReadAcquire();
        if (stored == 0)
        {
            capacity = 0;
            long size = RendezvousSlot.TotalBytes(ShareableType.SizeOf<T>(), ShareableType.AlignmentOf<T>());
            long slot = SyncEntry.Find(memory, name + RendezvousSlot.Suffix, Kind, size);
            return new SlotRendezvous<T>(memory, header, slot);
        }

        SharedQueue<T> queue = SharedQueue<T>.Open(memory, name + ChannelHeader.BufferSuffix);
        capacity = queue.Capacity;
        return stored == (uint)capacity
            ? new BufferedChannel<T>(memory, header + ChannelHeader.ClosedOffset, queue)
            : throw SyncEntry.BadField(
                memory, Kind, name, "capacity", $"that of its buffer ({capacity})", Format.Number(stored), header);
    }

    private static ChannelCore<T> OpenPython<T>(SharedMemory memory, string name, out int capacity)
        where T : unmanaged
    {
        long sync = SyncEntry.Find(memory, name + PythonChannelSync.Suffix, Kind, PythonChannelSync.SizeBytes);
        SharedSegment segment = memory.Segment;
        SharedQueue<T> queue = SharedQueue<T>.Open(memory, name);
        uint stored = segment.UInt32(sync + PythonChannelSync.CapacityOffset).ReadAcquire();
        capacity = stored <= (uint)queue.Capacity
            ? (int)stored
            : throw SyncEntry.BadField(
                memory, Kind, name, "capacity", $"at most that of its queue ({queue.Capacity})",
                Format.Number(stored), sync);
        return stored == 0
            ? new QueueRendezvous<T>(memory, queue, sync)
            : new BufferedChannel<T>(memory, sync + PythonChannelSync.ClosedOffset, queue);
    }

    private static EntryRequest QueueOf<T>(string name, uint slots)
        where T : unmanaged
    {
        int size = ShareableType.SizeOf<T>();
        return new EntryRequest(
            name,
            QueueHeader.TotalBytes(slots, size),
            (segment, offset) => QueueSlots<T>.Initialize(segment, offset, slots, size));
    }
}
