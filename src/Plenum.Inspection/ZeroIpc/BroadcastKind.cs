using System.Buffers.Binary;
using System.Numerics;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>Recognises broadcasts by their magic, and peeks at their values
/// (docs/protocols/zeroipc-streams.md).</summary>
internal static class BroadcastKind
{
    internal const string Name = "broadcast";

    private const ulong Magic = 0x5453_4143_424E_4C50;
    private const uint Version = 2;
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
            + ((long)capacity * element);
        bool fits = view.U32(8) == Version && BitOperations.IsPow2(capacity) && total == view.SizeBytes
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
                + "version or size")
        {
            Fields = fields,
        };
    }

    /// <summary>How many values were ever published.</summary>
    internal static ulong End(SegmentImage image, long entry, ReadOnlySpan<byte> head) =>
        Word(image, Control(entry, head));

    /// <summary>The first position whose value was whole until now; ask it after the copy.</summary>
    internal static ulong Oldest(SegmentImage image, long entry, ReadOnlySpan<byte> head)
    {
        ulong claimed = Word(image, Control(entry, head) + 8);
        return claimed - Math.Min(claimed, BinaryPrimitives.ReadUInt32LittleEndian(head[0x10..]));
    }

    /// <summary>The bytes where a value lies.</summary>
    internal static byte[] ReadValue(SegmentImage image, long entry, ReadOnlySpan<byte> head, ulong position)
    {
        uint element = BinaryPrimitives.ReadUInt32LittleEndian(head[0x0C..]);
        uint capacity = BinaryPrimitives.ReadUInt32LittleEndian(head[0x10..]);
        long values = entry + BinaryPrimitives.ReadUInt32LittleEndian(head[0x20..]);
        return image.ReadBytes(values + ((long)(position & (capacity - 1)) * element), (int)element);
    }

    private static void Describe(EntryView view, uint control, uint subscribers, List<FieldDescription> fields)
    {
        byte[] words = view.Bytes(control, 0x88);
        if (words.Length < 0x88)
        {
            return;
        }

        ulong publisher = BinaryPrimitives.ReadUInt64LittleEndian(words.AsSpan(0x80));
        fields.Add(KindFields.Derived("position", BinaryPrimitives.ReadUInt64LittleEndian(words)));
        fields.Add(KindFields.Derived("claimed", BinaryPrimitives.ReadUInt64LittleEndian(words.AsSpan(8))));
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

    private static long Control(long entry, ReadOnlySpan<byte> head) =>
        entry + BinaryPrimitives.ReadUInt32LittleEndian(head[0x18..]);

    private static ulong Word(SegmentImage image, long offset)
    {
        byte[] bytes = image.ReadBytes(offset, 8);
        return bytes.Length == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
    }
}
