using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>The segment that holds nothing but a payload (version 2, payload_location 1).</summary>
/// <remarks>It belongs to the buffer whose name it extends: who holds that buffer's locks may replace and remove
/// it.</remarks>
internal static class PayloadSegment
{
    private const string Suffix = "_payload";
    private const string Operation = "create payload segment";

    internal static SegmentName NameFor(BufferNames names) => SegmentName.Parse(names.Value + Suffix);

    /// <summary>Creates it; one that a dead owner left is replaced.</summary>
    /// <exception cref="SegmentExistsException">The name belongs to something else.</exception>
    internal static SharedSegment Create(BufferNames names, long payloadBytes, SegmentOptions options)
    {
        SegmentName name = NameFor(names);
        if (!TryRemove(names))
        {
            throw new SegmentExistsException(
                $"Could not {Operation} '{name}': a segment of that name exists and is not a payload of version 2. "
                + "Choose another "
                + "name for the buffer, or remove the segment first.",
                Operation,
                name.Value);
        }

        return SharedSegment.Create(
            name,
            checked(PayloadSegmentHeader.SizeBytes + payloadBytes),
            created =>
            {
                if (!options.ReservePages)
                {
                    created.ReservePages(0, PayloadSegmentHeader.SizeBytes);
                }

                // PLAIN nobody else can reach the memory yet.
                created.UInt64(PayloadSegmentHeader.PayloadSizeOffset).WriteOwned((ulong)payloadBytes);
                created.UInt64(PayloadSegmentHeader.CreatorPidOffset).WriteOwned((ulong)Environment.ProcessId);
                created.UInt64(0).WriteOwned(PayloadSegmentHeader.Magic);
            },
            options);
    }

    /// <summary>Removes what a buffer's dead owner left; the caller holds the buffer's locks.</summary>
    /// <returns>False when the name belongs to something else.</returns>
    internal static bool TryRemove(BufferNames names)
    {
        if (!SegmentName.TryParse(names.Value + Suffix, out SegmentName? name)
            || !SegmentFile.TryOpen(name!, out SegmentFile? file))
        {
            return true;
        }

        Span<byte> header = stackalloc byte[PayloadSegmentHeader.SizeBytes];
        using (file)
        {
            int read = file.Read(0, header);
            if (read < header.Length || BinaryPrimitives.ReadUInt64LittleEndian(header) != PayloadSegmentHeader.Magic)
            {
                return false;
            }
        }

        SharedSegment.Remove(name!);
        return true;
    }

    /// <summary>Opens the segment that a header names.</summary>
    /// <param name="nameBytes">The name as the header has it.</param>
    /// <param name="payloadBytes">The size the header states.</param>
    /// <param name="options">Page reservation and pre-fault.</param>
    /// <param name="segment">The segment.</param>
    /// <returns>False when it does not exist (any more).</returns>
    /// <exception cref="SegmentFormatException">The name is not valid, or the segment is no payload of that
    /// size.</exception>
    internal static bool TryOpen(
        ReadOnlySpan<byte> nameBytes,
        long payloadBytes,
        SegmentOptions options,
        [NotNullWhen(true)] out SharedSegment? segment)
    {
        string text = System.Text.Encoding.UTF8.GetString(nameBytes);
        if (!SegmentName.TryParse(text, out SegmentName? name))
        {
            throw Format(text, "payload_shm_name is not a segment name", "a segment name");
        }

        if (!SharedSegment.TryOpen(name!, out segment, SegmentAccess.ReadWrite, PayloadSegmentHeader.SizeBytes,
            options))
        {
            return false;
        }

        ulong magic = segment.UInt64(0).ReadAcquire();
        ulong size = segment.UInt64(PayloadSegmentHeader.PayloadSizeOffset).ReadAcquire();
        if (magic == PayloadSegmentHeader.Magic && size == (ulong)payloadBytes
            && segment.SizeBytes - PayloadSegmentHeader.SizeBytes >= payloadBytes)
        {
            return true;
        }

        segment.Dispose();
        throw Format(text, $"it is no payload of {payloadBytes} bytes (magic 0x{magic:X16}, size {size})",
            "magic and size of the header");
    }

    private static SegmentFormatException Format(string name, string found, string expected) => new(
        $"Could not open payload segment '{name}': {found}. Remove the buffer and let its owner create it again.",
        "open payload segment",
        name,
        expected,
        found,
        0);
}
