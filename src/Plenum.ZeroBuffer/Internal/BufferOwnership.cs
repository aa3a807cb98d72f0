using Plenum.Platform;
using Plenum.ZeroBuffer.InPlace;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>What a reader owns: the two lock files, the two semaphores and the segment, created and removed in a fixed
/// order.</summary>
/// <remarks>
/// Creation: sweep, both locks, judge what exists, semaphores, and the segment last, complete and atomically. A writer
/// that sees the segment therefore finds its semaphores: a C# peer would crash without them, a C++ or Python peer
/// would lock itself out (spec zerobuffer facts 4 and 5). Removal: the segment first, for the same reason, the locks
/// last.
/// </remarks>
internal sealed class BufferOwnership : IDisposable
{
    private const string Operation = "create buffer";

    private readonly BufferNames _names;
    private readonly BufferLocks _locks;
    private bool _removed;

    private BufferOwnership(
        BufferNames names,
        BufferLocks locks,
        SharedSegment segment,
        SharedSegment payload,
        BufferLayout layout,
        NamedSemaphore dataAvailable,
        NamedSemaphore spaceFreed)
    {
        _names = names;
        _locks = locks;
        Segment = segment;
        Payload = payload;
        Layout = layout;
        DataAvailable = dataAvailable;
        SpaceFreed = spaceFreed;
    }

    internal SharedSegment Segment { get; }

    /// <summary>The segment of the ring: <see cref="Segment"/>, or one of its own.</summary>
    internal SharedSegment Payload { get; }

    internal BufferLayout Layout { get; }

    internal NamedSemaphore DataAvailable { get; }

    internal NamedSemaphore SpaceFreed { get; }

    internal static BufferOwnership Create(BufferNames names, ZeroBufferOptions options)
    {
        var layout = BufferLayout.ForNew(options);
        if (options.SweepStaleBuffers)
        {
            StaleSweep.Run(options.Segment.Permission);
        }

        StepHook.At("create.swept");
        BufferLocks locks = BufferLocks.Take(Operation, names, options.Segment.Permission, options.CreateTimeout);
        BufferOwnership? result = null;
        try
        {
            StepHook.At("create.locked");
            RequireReplaceable(names);
            StepHook.At("create.cleared");
            result = CreateObjects(names, locks, layout, options);
            return result;
        }
        finally
        {
            if (result is null)
            {
                locks.Dispose();
            }
        }
    }

    /// <summary>Removes every name of a buffer; the segment first, so that nobody finds it without its
    /// semaphores.</summary>
    internal static void RemoveNames(BufferNames names)
    {
        SharedSegment.Remove(names.Segment);
        StepHook.At("remove.segment");
        NamedSemaphore.Remove(names.DataSemaphore);
        StepHook.At("remove.data-semaphore");
        NamedSemaphore.Remove(names.SpaceSemaphore);
        PayloadSegment.TryRemove(names);
    }

    /// <summary>Says that the reader is gone, wakes a blocked writer, and removes the names. Idempotent.</summary>
    public void Dispose()
    {
        if (_removed)
        {
            return;
        }

        _removed = true;

        // PUBLISH [owner] The field is cleared before the lock of its bytes goes with the segment: a set field without
        //   a lock is a dead reader.
        StepHook.At("close-reader.begin");
        Segment.UInt64(OperationInfoBlock.ReaderPidOffset).WriteRelease(0);
        StepHook.At("close-reader.pid");

        // One token wakes a blocked writer, which then sees the cleared field. A surplus token there is harmless:
        // writers take tokens as a hint to look at the free bytes again. The data semaphore is never posted by a
        // closing end.
        SpaceFreed.TryPost();
        StepHook.At("close-reader.woken");
        RemoveOwnNames();
        StepHook.At("close-reader.unnamed");
        DataAvailable.Dispose();
        SpaceFreed.Dispose();
        if (!ReferenceEquals(Payload, Segment))
        {
            Payload.Dispose();
        }

        Segment.Dispose();
        StepHook.At("close-reader.unmapped");
        _locks.Dispose();
        StepHook.At("close-reader.end");
    }

    private void RemoveOwnNames()
    {
        try
        {
            // A C++ reader may have taken the name over by force; its segment and semaphores are not ours to remove.
            if (Segment.RemoveName())
            {
                StepHook.At("close-reader.segment");
                NamedSemaphore.Remove(_names.DataSemaphore);
                NamedSemaphore.Remove(_names.SpaceSemaphore);
                if (!ReferenceEquals(Payload, Segment))
                {
                    StepHook.At("close-reader.semaphores");
                    Payload.RemoveName();
                }
            }
        }
        catch (SharedMemoryException)
        {
            // The folder refuses the removal; the next reader of this name sweeps what is left.
        }
    }

    private static BufferOwnership CreateObjects(
        BufferNames names, BufferLocks locks, BufferLayout layout, ZeroBufferOptions options)
    {
        NamedSemaphore? data = null;
        NamedSemaphore? space = null;
        SharedSegment? payload = null;
        SharedSegment? segment = null;
        try
        {
            data = NamedSemaphore.Create(names.DataSemaphore, 0, options.Segment.Permission);
            StepHook.At("create.data-semaphore");
            space = NamedSemaphore.Create(names.SpaceSemaphore, 0, options.Segment.Permission);
            StepHook.At("create.space-semaphore");
            if (layout.Location == PayloadLocation.OwnSegment)
            {
                payload = PayloadSegment.Create(names, layout.PayloadSizeBytes, options.Segment);
                StepHook.At("create.payload");
            }

            segment = SharedSegment.Create(
                names.Segment,
                layout.TotalSizeBytes,
                created => Initialize(created, layout, options, names),
                options.Segment);
            StepHook.At("create.published");
            return new BufferOwnership(names, locks, segment, payload ?? segment, layout, data, space);
        }
        catch (SegmentExistsException)
        {
            // Only a peer that ignores both locks can come in between.
            BufferInspection.Look(names, out ulong owner);
            throw Busy(names, owner);
        }
        finally
        {
            if (segment is null)
            {
                RemoveSemaphores(names, data, space);
                payload?.RemoveName();
                payload?.Dispose();
            }
        }
    }

    private static void RemoveSemaphores(BufferNames names, NamedSemaphore? data, NamedSemaphore? space)
    {
        if (data is not null)
        {
            data.Dispose();
            NamedSemaphore.Remove(names.DataSemaphore);
        }

        if (space is not null)
        {
            space.Dispose();
            NamedSemaphore.Remove(names.SpaceSemaphore);
        }
    }

    // Runs before the segment has a name: plain stores, published by the name itself ([segment-name] in SharedSegment).
    private static void Initialize(
        SharedSegment segment, BufferLayout layout, ZeroBufferOptions options, BufferNames names)
    {
        if (!options.Segment.ReservePages)
        {
            segment.ReservePages(0, layout.MetadataOffset + layout.MetadataSizeBytes);
        }

        // PLAIN nobody else can reach the memory yet.
        segment.UInt64(OperationInfoBlock.MetadataSizeOffset).WriteOwned((ulong)layout.MetadataSizeBytes);
        segment.UInt64(OperationInfoBlock.MetadataFreeBytesOffset).WriteOwned((ulong)layout.MetadataSizeBytes);
        segment.UInt64(OperationInfoBlock.PayloadSizeOffset).WriteOwned((ulong)layout.PayloadSizeBytes);
        segment.UInt64(OperationInfoBlock.PayloadFreeBytesOffset).WriteOwned((ulong)layout.PayloadSizeBytes);
        if (layout.Location == PayloadLocation.OwnSegment)
        {
            BufferLayoutV2.Initialize(segment, names);
        }

        segment.UInt64(BufferLayoutV2.AnnouncementOffset(layout)).WriteOwned(options.Announcement);
        segment.UInt32(OperationInfoBlock.VersionOffset).WriteOwned(layout.Version.ToWord());
        // The metadata begins right behind the header.
        segment.UInt32(0).WriteOwned((uint)layout.MetadataOffset);
        segment.TryLockRole(OperationInfoBlock.ReaderPidOffset, sizeof(ulong));
        segment.UInt64(OperationInfoBlock.ReaderPidOffset).WriteOwned((ulong)Environment.ProcessId);
        StepHook.At("create.initialised");
    }

    internal static void RequireReplaceable(BufferNames names)
    {
        ExistingBuffer existing = BufferInspection.Look(names, out ulong owner);
        if (existing == ExistingBuffer.Owned)
        {
            throw Busy(names, owner);
        }

        if (existing == ExistingBuffer.Foreign)
        {
            throw new SegmentExistsException(
                $"Could not {Operation} '{names.Value}': a segment of that name exists and is not a ZeroBuffer. "
                + "Choose another "
                + "name, or remove the segment first.",
                Operation,
                names.Value);
        }

        // Also without a segment: semaphores that a Python reader left behind would make a C# peer crash (spec 1.8).
        RemoveNames(names);
    }

    private static SegmentBusyException Busy(BufferNames names, ulong owner) => new(
        $"Could not {Operation} '{names.Value}': another reader owns it"
        + (owner == 0 ? string.Empty : $" (process {owner})") + ". Stop that reader, or choose another name.",
        Operation,
        names.Value,
        (long)owner);
}
