using System.Numerics;
using System.Text;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The cells of a broadcast that publishers and subscribers share, whatever the element type.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class BroadcastCore
{
    internal const string Kind = "broadcast";
    internal const int MaxCapacity = 1 << 30;
    internal const int MaxSubscriberLines = 4096;

    private readonly SubscriberLine[] _lines;

    private BroadcastCore(SharedMemory memory, in SharedEntry entry, uint capacity, uint subscribers, uint[] places)
    {
        Memory = memory;
        Entry = entry;
        Capacity = capacity;
        SharedSegment segment = memory.Segment;
        Segment = segment;
        Closed = segment.UInt32(entry.Offset + BroadcastHeader.ClosedOffset);
        Control = entry.Offset + places[0];
        Position = segment.UInt64(Control);
        Claimed = segment.UInt64(Control + BroadcastControl.ClaimedOffset);
        Publisher = segment.UInt64(Control + BroadcastControl.PublisherOffset);
        PublisherTicks = segment.UInt64(Control + BroadcastControl.StartTicksOffset);
        Generation = segment.UInt64(Control + BroadcastControl.GenerationOffset);
        SlotsOffset = entry.Offset + places[2];
        _lines = new SubscriberLine[subscribers];
        for (int i = 0; i < _lines.Length; i++)
        {
            _lines[i] = new SubscriberLine(segment,
                entry.Offset + places[1] + ((long)i * BroadcastSubscriber.SizeBytes));
        }

        Items = memory.Waits().Site(Control);
        Room = memory.Waits().Site(Control + 8);
        Items.HasLightWakers = true;
        Room.HasLightWakers = true;
        TransformedBy = Encoding.UTF8.GetString(EntryName.Stored(segment.ReadOnlySpan(
            entry.Offset + BroadcastHeader.TransformOffset, BroadcastHeader.TransformSizeBytes)));
    }

    internal SharedMemory Memory { get; }

    internal SharedSegment Segment { get; }

    internal SharedEntry Entry { get; }

    internal uint Capacity { get; }

    internal long Control { get; }

    internal long SlotsOffset { get; }

    internal SharedUInt32 Closed { get; }

    internal SharedUInt64 Position { get; }

    internal SharedUInt64 Claimed { get; }

    internal SharedUInt64 Publisher { get; }

    internal SharedUInt64 PublisherTicks { get; }

    internal SharedUInt64 Generation { get; }

    internal WaitSite Items { get; }

    internal WaitSite Room { get; }

    internal string TransformedBy { get; }

    internal ReadOnlySpan<SubscriberLine> Lines => _lines;

    // OBSERVE [broadcast-closed] What was published before is visible.
    internal bool IsClosed => Closed.ReadAcquire() != 0;

    internal long PublisherRole => Control + BroadcastControl.PublisherOffset;

    /// <summary>Whether the holder of a role that names itself in shared memory is gone.</summary>
    internal static bool IsGone(SharedSegment segment, long role, ProcessIdentity process) => OperatingSystem.IsLinux()
        ? !StreamRoles.IsTaken(segment, role)
        : process.Check() == ProcessLiveness.Dead;

    /// <summary>Whether a publisher is named whose process is gone.</summary>
    internal bool IsPublisherDead()
    {
        ulong process = Publisher.ReadAcquire();
        return process != 0
            && IsGone(Segment, PublisherRole, new ProcessIdentity((long)process, PublisherTicks.ReadAcquire()));
    }

    internal void Close()
    {
        // PUBLISH [broadcast-closed] Behind what this publisher has published.
        Closed.WriteRelease(1);
        StepHook.At("broadcast-close-stored");
        Items.FenceAndWakeAll();
        Room.FenceAndWakeAll();
        GC.KeepAlive(this);
    }

    internal static void Create<T>(SharedMemory memory, string name, BroadcastOptions options, string transform)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1, "options.Capacity");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Capacity, MaxCapacity, "options.Capacity");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSubscribers, 1, "options.MaxSubscribers");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxSubscribers, MaxSubscriberLines,
            "options.MaxSubscribers");
        uint capacity = Math.Max(2, BitOperations.RoundUpToPowerOf2((uint)options.Capacity));
        long total = BroadcastHeader.TotalBytes(capacity, options.MaxSubscribers, size);
        _ = memory.Allocate(new EntryRequest(
            name, total, (segment, at) =>
            Initialize(segment, at, capacity, (uint)options.MaxSubscribers, size, transform)));
    }

    internal static BroadcastCore Open<T>(SharedMemory memory, string name)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        SharedEntry entry = memory.OpenEntry(Kind, name, BroadcastHeader.SizeBytes);
        SharedSegment segment = memory.Segment;
        uint Word(long field) => segment.ReadOnlyUInt32(entry.Offset + field).ReadAcquire();
        ulong magic = segment.ReadOnlyUInt64(entry.Offset).ReadAcquire();
        uint version = Word(BroadcastHeader.VersionOffset);
        if (magic != BroadcastHeader.MagicValue || version != BroadcastHeader.CurrentVersion)
        {
            throw memory.WrongLayout(
                Kind, entry, "magic \"PLNBCAST\" and version 2", $"magic 0x{magic:X16} and version {version}", 0);
        }

        uint found = Word(BroadcastHeader.ElementSizeOffset);
        if (found != size)
        {
            throw memory.WrongLayout(Kind, entry, $"elem_size {size}", $"elem_size {found}",
                BroadcastHeader.ElementSizeOffset);
        }

        uint capacity = Word(BroadcastHeader.CapacityOffset);
        uint lines = Word(BroadcastHeader.MaxSubscribersOffset);
        uint[] places =
        [
            Word(BroadcastHeader.ControlOffsetOffset), Word(BroadcastHeader.SubscribersOffsetOffset),
            Word(BroadcastHeader.SlotsOffsetOffset), Word(BroadcastHeader.StrideOffset),
        ];
        bool fits = capacity is >= 2 and <= MaxCapacity && BitOperations.IsPow2(capacity)
            && lines is >= 1 and <= MaxSubscriberLines
            && entry.SizeBytes == BroadcastHeader.TotalBytes(capacity, (int)lines, size)
            && places.AsSpan().SequenceEqual(Places(entry.Offset, lines, size));
        return fits
            ? new BroadcastCore(memory, entry, capacity, lines, places)
            : throw memory.WrongLayout(
                Kind,
                entry,
                "a power-of-two capacity and offsets that fill the entry",
                $"capacity {capacity}, max_subscribers {lines}, offsets {string.Join(", ", places)} "
                + $"in {entry.SizeBytes} bytes",
                BroadcastHeader.CapacityOffset);
    }

    // Control, subscribers, slots (from the entry's start) and the stride, for an entry that begins at an offset.
    private static uint[] Places(long offset, uint subscribers, int size)
    {
        uint control = (uint)(StructureSize.Up(offset + BroadcastHeader.SizeBytes, BroadcastHeader.LineBytes) - offset);
        uint lines = control + BroadcastControl.SizeBytes;
        return [control, lines, lines + (subscribers * BroadcastSubscriber.SizeBytes), (uint)size];
    }

    private static void Initialize(
        SharedSegment segment, long offset, uint capacity, uint subscribers, int size, string transform)
    {
        // PLAIN nobody can find the entry yet.
        uint[] places = Places(offset, subscribers, size);
        segment.UInt64(offset).WriteOwned(BroadcastHeader.MagicValue);
        segment.UInt32(offset + BroadcastHeader.VersionOffset).WriteOwned(BroadcastHeader.CurrentVersion);
        segment.UInt32(offset + BroadcastHeader.ElementSizeOffset).WriteOwned((uint)size);
        segment.UInt32(offset + BroadcastHeader.CapacityOffset).WriteOwned(capacity);
        segment.UInt32(offset + BroadcastHeader.MaxSubscribersOffset).WriteOwned(subscribers);
        for (int i = 0; i < places.Length; i++)
        {
            segment.UInt32(offset + BroadcastHeader.ControlOffsetOffset + (4 * i)).WriteOwned(places[i]);
        }

        Span<byte> text = segment.Span(offset + BroadcastHeader.TransformOffset,
            BroadcastHeader.TransformSizeBytes - 1);
        _ = Encoding.UTF8.TryGetBytes(transform, text, out _);
    }
}
