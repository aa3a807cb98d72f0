using System.Text;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Creates and checks the table entries of streams.</summary>
internal static class StreamEntries
{
    internal const string Kind = "stream";

    /// <summary>Creates the entries of an empty stream.</summary>
    internal static void Create<T>(SharedMemory memory, string name, int capacity, StreamLayout layout,
        string transform)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(memory);
        int size = StructureSize.OfElement<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)capacity * size, int.MaxValue, nameof(capacity));
        uint bytes = (uint)(capacity * size);
        string ring = layout == StreamLayout.Python ? name : name + StreamHeader.BufferSuffix;
        EntryName.Validate(name, layout == StreamLayout.Python ? string.Empty : StreamHeader.HeaderSuffix);
        var buffer = new EntryRequest(
            ring, RingHeader.SizeBytes + (long)bytes, (segment, at) => InitializeRing(segment, at, bytes, size));
        if (layout == StreamLayout.Python)
        {
            _ = memory.Allocate(buffer);
            return;
        }

        _ = memory.Allocate(
            new EntryRequest(
                name + StreamHeader.HeaderSuffix,
                StreamHeader.SizeBytes,
                (segment, at) => InitializeHeader(segment, at, (uint)capacity, transform)),
            buffer);
    }

    /// <summary>The header of a stream in the C++ layout.</summary>
    /// <exception cref="EntryNotFoundException">No such stream; says so when there is one in the Python
    /// layout.</exception>
    internal static SharedEntry Header(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(name);
        string header = name + StreamHeader.HeaderSuffix;
        if (!memory.Table.TryFind(header, out _) && memory.Table.TryFind(name, out SharedEntry bare)
            && bare.SizeBytes > RingHeader.SizeBytes)
        {
            throw memory.WrongLayout(
                Kind,
                bare,
                $"an entry '{header}'",
                "only the bare name, which is how Python stores a stream; open it with StreamLayout.Python if it is "
                + "one",
                -1);
        }

        SharedEntry entry = memory.OpenEntry(Kind, header, StreamHeader.SizeBytes);
        return entry.SizeBytes == StreamHeader.SizeBytes
            ? entry
            : throw memory.WrongLayout(
                Kind, entry, $"{StreamHeader.SizeBytes} bytes", $"{entry.SizeBytes} bytes", -1);
    }

    /// <summary>The name of the transform that a derived stream's header carries.</summary>
    internal static string TransformOf(SharedMemory memory, in SharedEntry header) =>
        Encoding.UTF8.GetString(EntryName.Stored(
        memory.Segment.ReadOnlySpan(header.Offset + StreamHeader.TransformOffset, StreamHeader.TransformSizeBytes)));

    private static void InitializeRing(SharedSegment segment, long offset, uint bytes, int size)
    {
        // PLAIN nobody can find the entry yet.
        segment.UInt32(offset + RingHeader.CapacityOffset).WriteOwned(bytes);
        segment.UInt32(offset + RingHeader.ElementSizeOffset).WriteOwned((uint)size);
    }

    private static void InitializeHeader(SharedSegment segment, long offset, uint capacity, string transform)
    {
        // PLAIN nobody can find the entry yet.
        segment.UInt32(offset + StreamHeader.CapacityOffset).WriteOwned(capacity);
        Span<byte> bytes = segment.Span(offset + StreamHeader.TransformOffset, StreamHeader.TransformSizeBytes - 1);
        _ = Encoding.UTF8.TryGetBytes(transform, bytes, out _);
    }
}
