using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>One generation of an in-place channel, mapped: headers, request queue, metadata and payload.</summary>
/// <remarks>A generation serves one client; the server replaces it by a new segment of the same name for the next one.
/// Who uses the memory outside of a lock holds it (<see cref="TryHold"/>), so that nobody's Dispose takes it
/// away.</remarks>
internal sealed class InPlaceMemory : IDisposable
{
    internal const int ServerPidOffset = OperationInfoBlock.ReaderPidOffset;
    internal const int ClientPidOffset = InPlaceLayout.AnswersOffset + OperationInfoBlock.ReaderPidOffset;

    private readonly SharedSegment _payload;

    private InPlaceMemory(
        BufferNames names, in InPlaceLayout layout, SharedSegment control, SharedSegment payload,
        NamedSemaphore requests)
    {
        Name = names.Value;
        Layout = layout;
        Control = control;
        _payload = payload;
        Requests = requests;
        FreeBytes = control.UInt64(OperationInfoBlock.PayloadFreeBytesOffset);
        WrittenCount = control.UInt64(OperationInfoBlock.PayloadWrittenCountOffset);
        ReadCount = control.UInt64(OperationInfoBlock.PayloadReadCountOffset);
        AnsweredCount = control.UInt64(InPlaceLayout.AnswersOffset + OperationInfoBlock.PayloadWrittenCountOffset);
        TakenCount = control.UInt64(InPlaceLayout.AnswersOffset + OperationInfoBlock.PayloadReadCountOffset);
    }

    internal string Name { get; }

    internal InPlaceLayout Layout { get; }

    internal SharedSegment Control { get; }

    /// <summary>One token per request.</summary>
    internal NamedSemaphore Requests { get; }

    /// <summary>Free bytes of the payload; stored by the client for observers.</summary>
    internal SharedUInt64 FreeBytes { get; }

    /// <summary>Requests sent, by the client.</summary>
    internal SharedUInt64 WrittenCount { get; }

    /// <summary>Requests taken, by the server.</summary>
    internal SharedUInt64 ReadCount { get; }

    /// <summary>Answers given, by the server.</summary>
    internal SharedUInt64 AnsweredCount { get; }

    /// <summary>Frames given back, by the client.</summary>
    internal SharedUInt64 TakenCount { get; }

    /// <summary>Creates a generation; the caller holds both locks of the name and has removed what was there.</summary>
    internal static InPlaceMemory Create(BufferNames names, InPlaceServerOptions options)
    {
        var layout = InPlaceLayout.ForNew(options);
        NamedSemaphore? requests = null;
        SharedSegment? payload = null;
        SharedSegment? control = null;
        try
        {
            // "Space freed" is created and never posted: a C# peer of version 1 that comes by would crash without it.
            requests = NamedSemaphore.Create(names.DataSemaphore, 0, options.Segment.Permission);
            StepHook.At("in-place-create.data-semaphore");
            NamedSemaphore.Create(names.SpaceSemaphore, 0, options.Segment.Permission).Dispose();
            StepHook.At("in-place-create.space-semaphore");
            if (layout.Location == PayloadLocation.OwnSegment)
            {
                payload = PayloadSegment.Create(names, layout.PayloadSizeBytes, options.Segment);
                StepHook.At("in-place-create.payload");
            }

            control = SharedSegment.Create(
                names.Segment, layout.ControlSizeBytes, created => Initialize(created, layout, names), options.Segment);
            StepHook.At("in-place-create.published");
            return new InPlaceMemory(names, layout, control, payload ?? control, requests);
        }
        finally
        {
            if (control is null)
            {
                payload?.Dispose();
                requests?.Dispose();
                BufferOwnership.RemoveNames(names);
            }
        }
    }

    /// <summary>Opens the present generation.</summary>
    /// <returns>False when there is none, or it is just being replaced.</returns>
    internal static bool TryOpen(BufferNames names, SegmentOptions options,
        [NotNullWhen(true)] out InPlaceMemory? memory)
    {
        memory = null;
        if (!SharedSegment.TryOpen(
            names.Segment, out SharedSegment? control, SegmentAccess.ReadWrite, OperationInfoBlock.SizeBytes, options))
        {
            return false;
        }

        SharedSegment? payload = null;
        NamedSemaphore? requests = null;
        try
        {
            if (control.SizeBytes < InPlaceLayout.QueueOffset)
            {
                throw TooSmall(names, control.SizeBytes);
            }

            var layout = InPlaceLayout.Read(control, names.Value);
            if ((layout.Location == PayloadLocation.OwnSegment
                && !TryOpenPayload(control, layout, options, out payload))
                || !NamedSemaphore.TryOpen(names.DataSemaphore, out requests))
            {
                return false;
            }

            memory = new InPlaceMemory(names, layout, control, payload ?? control, requests);
            return true;
        }
        finally
        {
            if (memory is null)
            {
                requests?.Dispose();
                payload?.Dispose();
                control.Dispose();
            }
        }
    }

    /// <summary>Removes the names of this generation, the control segment's first, unless they lead to a
    /// successor.</summary>
    internal void RemoveNames(BufferNames names)
    {
        try
        {
            if (Control.RemoveName())
            {
                StepHook.At("in-place-retire.segment");
                NamedSemaphore.Remove(names.DataSemaphore);
                StepHook.At("in-place-retire.data-semaphore");
                NamedSemaphore.Remove(names.SpaceSemaphore);
                StepHook.At("in-place-retire.space-semaphore");
                if (!ReferenceEquals(_payload, Control))
                {
                    _payload.RemoveName();
                }
            }
        }
        catch (SharedMemoryException)
        {
            // The folder refuses the removal; the next server of this name removes what is left.
        }
    }

    /// <summary>Keeps both mappings until <see cref="Release"/>; false after <see cref="Dispose"/>.</summary>
    internal bool TryHold()
    {
        try
        {
            Control.AddReference();
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        if (ReferenceEquals(_payload, Control))
        {
            return true;
        }

        try
        {
            _payload.AddReference();
            return true;
        }
        catch (ObjectDisposedException)
        {
            Control.ReleaseReference();
            return false;
        }
    }

    internal void Release()
    {
        if (!ReferenceEquals(_payload, Control))
        {
            _payload.ReleaseReference();
        }

        Control.ReleaseReference();
    }

    /// <summary>Entry of the request queue.</summary>
    internal SharedUInt64 QueueEntry(ulong index) => Control.UInt64(
        InPlaceLayout.QueueOffset + ((long)(index & (ulong)(Layout.QueueSize - 1)) * sizeof(ulong)));

    /// <summary>A 64-bit field of a frame's header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SharedUInt64 FrameField(long frame, int field) => _payload.UInt64(Layout.PayloadOffset + frame + field);

    /// <summary>The state of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SharedUInt32 FrameState(long frame) =>
        _payload.UInt32(Layout.PayloadOffset + frame + InPlaceFrameHeader.StateOffset);

    /// <summary>The data of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> FrameData(long frame, int sizeBytes) =>
        _payload.Span(Layout.PayloadOffset + frame + InPlaceFrameHeader.SizeBytes, sizeBytes);

    /// <summary>The data of a frame as memory that keeps the mapping.</summary>
    internal System.Buffers.IMemoryOwner<byte> FrameMemory(long frame, int sizeBytes) =>
        _payload.Memory(Layout.PayloadOffset + frame + InPlaceFrameHeader.SizeBytes, sizeBytes);

    /// <summary>The segment that frames lie in.</summary>
    internal SharedSegment Payload => _payload;

    public void Dispose()
    {
        Requests.Dispose();
        if (!ReferenceEquals(_payload, Control))
        {
            _payload.Dispose();
        }

        Control.Dispose();
    }

    private static bool TryOpenPayload(
        SharedSegment control, in InPlaceLayout layout, SegmentOptions options,
        [NotNullWhen(true)] out SharedSegment? payload)
    {
        ulong size = control.UInt64(OperationInfoBlockV2.PayloadNameSizeOffset).ReadAcquire();
        if (size is 0 or > OperationInfoBlockV2.PayloadNameMaxBytes)
        {
            throw new SegmentCorruptedException(
                $"Could not {InPlaceLayout.OpenOperation} '{control.Name}': payload_shm_name has {size} bytes, 1 to "
                + "256 are possible. "
                + "Remove the channel and let its server create it again.",
                InPlaceLayout.OpenOperation,
                control.Name.Value,
                "payload_shm_name",
                size.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        ReadOnlySpan<byte> name = control.ReadOnlySpan(OperationInfoBlockV2.PayloadNameOffset, (int)size);
        return PayloadSegment.TryOpen(name, layout.PayloadSizeBytes, options, out payload);
    }

    // Runs before the segment has a name: plain stores, published by the name itself.
    private static void Initialize(SharedSegment segment, InPlaceLayout layout, BufferNames names)
    {
        WriteHeader(segment, 0, layout, names, OperationInfoBlockV2.RoleRequests, layout.MetadataSizeBytes);
        WriteHeader(segment, InPlaceLayout.AnswersOffset, layout, names, OperationInfoBlockV2.RoleAnswers, 0);

        // PLAIN nobody else can reach the memory yet.
        segment.UInt64(OperationInfoBlockV2.QueueSizeOffset).WriteOwned((ulong)layout.QueueSize);
        segment.UInt64(InPlaceLayout.AnswersOffset + OperationInfoBlock.WriterPidOffset).WriteOwned((
            ulong)Environment.ProcessId);
        segment.TryLockRole(ServerPidOffset, sizeof(ulong));
        segment.UInt64(ServerPidOffset).WriteOwned((ulong)Environment.ProcessId);
    }

    private static void WriteHeader(
        SharedSegment segment, long at, in InPlaceLayout layout, BufferNames names, ulong role, long metadataBytes)
    {
        // PLAIN nobody else can reach the memory yet.
        segment.UInt32(at).WriteOwned(OperationInfoBlockV2.SizeBytes);
        segment.UInt32(at + OperationInfoBlock.VersionOffset).WriteOwned(OperationInfoBlockV2.Version.ToWord());
        segment.UInt64(at + OperationInfoBlock.MetadataSizeOffset).WriteOwned((ulong)metadataBytes);
        segment.UInt64(at + OperationInfoBlock.MetadataFreeBytesOffset).WriteOwned((ulong)metadataBytes);
        segment.UInt64(at + OperationInfoBlock.PayloadSizeOffset).WriteOwned((ulong)layout.PayloadSizeBytes);
        segment.UInt64(at + OperationInfoBlock.PayloadFreeBytesOffset).WriteOwned((ulong)layout.PayloadSizeBytes);
        segment.UInt64(at + OperationInfoBlockV2.RoleOffset).WriteOwned(role);
        segment.UInt64(at + OperationInfoBlockV2.PayloadLocationOffset).WriteOwned((ulong)layout.Location);
        if (layout.Location == PayloadLocation.OwnSegment)
        {
            string name = PayloadSegment.NameFor(names).Value;
            int size = System.Text.Encoding.UTF8.GetBytes(
                name, segment.Span(at + OperationInfoBlockV2.PayloadNameOffset,
                OperationInfoBlockV2.PayloadNameMaxBytes));
            segment.UInt64(at + OperationInfoBlockV2.PayloadNameSizeOffset).WriteOwned((ulong)size);
        }
    }

    private static SegmentFormatException TooSmall(BufferNames names, long sizeBytes) => new(
        $"Could not {InPlaceLayout.OpenOperation} '{names.Value}': the segment has {sizeBytes} bytes, the headers of "
        + "version 2 alone have "
        + "2048. Connect to an in-place server, or use a duplex client.",
        InPlaceLayout.OpenOperation,
        names.Value,
        "at least 2048 bytes",
        $"{sizeBytes} bytes",
        0);
}
