using System.Buffers.Binary;
using System.Numerics;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>Recognises broadcasts by their magic, and peeks at their slots
/// (docs/protocols/zeroipc-streams.md).</summary>
internal static class BroadcastKind
{
    internal const string Name = "broadcast";

    private const ulong Magic = 0x5453_4143_424E_4C50;
    private const int HeaderBytes = 0x80;
    private const int LineBytes = 128;
    private const int MaxDescribed = 64;

    internal static IEnumerable<KindMatch> Match(EntryView view)
    {
        if (view.SizeBytes < HeaderBytes || view.U64(0) != Magic)
        {
            yield break;
        }

        uint element = view.U32(0x0C);
        uint capacity = view.U32(0x10);
        uint subscribers = view.U32(0x14);
        uint control = view.U32(0x18);
        long total = HeaderBytes + LineBytes + (2 * LineBytes) + ((long)subscribers * LineBytes)
            + ((long)capacity * (8 + KindFields.AlignUp(element, 8)));
        bool fits = BitOperations.IsPow2(capacity) && total == view.SizeBytes
            && (view.Row.Offset + control) % LineBytes == 0;
        var fields = new List<FieldDescription>
        {
            KindFields.U32(view, "version", 0x08), KindFields.U32(view, "elem_size", 0x0C, "bytes"),
            KindFields.U32(view, "capacity", 0x10, "values"), KindFields.U32(view, "max_subscribers", 0x14),
            KindFields.U32(view, "closed", 0x28),
        };
        if (fits)
        {
            Describe(view, control, subscribers, fields);
        }

        yield return new KindMatch(
            Name, 4, fits ? "the magic PLNBCAST, and a size that fits its header" : "the magic PLNBCAST, but another "
                + "size")
        {
            Fields = fields,
        };
    }

    /// <summary>The end of what is published, found by halving between the publisher's word and a lap behind
    /// it.</summary>
    internal static ulong FindEnd(SegmentImage image, long entry, ReadOnlySpan<byte> head)
    {
        (uint capacity, long slots, uint stride) = Slots(entry, head);
        ulong from = Word(image, entry + BinaryPrimitives.ReadUInt32LittleEndian(head[0x18..]));
        ulong to = from + capacity;
        while (from < to)
        {
            ulong middle = from + ((to - from) / 2);
            bool isThere = Word(image, slots + ((long)(middle & (capacity - 1)) * stride)) >= (2 * middle) + 2;
            (from, to) = isThere ? (middle + 1, to) : (from, middle);
        }

        return from;
    }

    /// <summary>Copies a value if it is whole and still there.</summary>
    internal static bool TryRead(SegmentImage image, long entry, ReadOnlySpan<byte> head, ulong position,
        out byte[] value)
    {
        (uint capacity, long slots, uint stride) = Slots(entry, head);
        long slot = slots + ((long)(position & (capacity - 1)) * stride);
        int element = (int)BinaryPrimitives.ReadUInt32LittleEndian(head[0x0C..]);
        bool whole = Word(image, slot) == (2 * position) + 2;
        value = image.ReadBytes(slot + 8, element);
        return whole && value.Length == element && Word(image, slot) == (2 * position) + 2;
    }

    private static void Describe(EntryView view, uint control, uint subscribers, List<FieldDescription> fields)
    {
        ulong publisher = BitConverter.ToUInt64(view.Bytes(control + 0x80, 8));
        fields.Add(KindFields.Derived("publisher", publisher == 0 ? "none" : (object)publisher));
        int active = 0;
        ulong lost = 0;
        for (uint i = 0; i < Math.Min(subscribers, MaxDescribed); i++)
        {
            byte[] line = view.Bytes(control + 256 + ((long)i * LineBytes), 0x40);
            bool used = line.Length == 0x40 && BinaryPrimitives.ReadUInt32LittleEndian(line.AsSpan(8)) != 0;
            active += used ? 1 : 0;
            lost += used ? BinaryPrimitives.ReadUInt64LittleEndian(line.AsSpan(0x20)) : 0;
        }

        fields.Add(KindFields.Derived("subscribers", active));
        fields.Add(KindFields.Derived("lost", lost));
    }

    private static (uint Capacity, long Slots, uint Stride) Slots(long entry, ReadOnlySpan<byte> head) => (
        BinaryPrimitives.ReadUInt32LittleEndian(head[0x10..]),
        entry + BinaryPrimitives.ReadUInt32LittleEndian(head[0x20..]),
        BinaryPrimitives.ReadUInt32LittleEndian(head[0x24..]));

    private static ulong Word(SegmentImage image, long offset)
    {
        byte[] bytes = image.ReadBytes(offset, 8);
        return bytes.Length == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
    }
}
