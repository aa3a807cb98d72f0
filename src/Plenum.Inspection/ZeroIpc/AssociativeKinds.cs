using System.Buffers.Binary;
using System.Globalization;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>Recognises maps, sets and pools (spec zeroipc 2.4 to 2.6).</summary>
internal static class AssociativeKinds
{
    internal const uint Occupied = 1;
    private const uint MaxSlots = 65_536;
    private const uint None = uint.MaxValue;
    private static readonly int[] s_alignments = [1, 2, 4, 8];

    internal static IEnumerable<KindMatch> Match(EntryView view)
    {
        foreach (KindMatch match in MatchMapOrSet(view))
        {
            yield return match;
        }

        if (MatchPool(view) is { } pool)
        {
            yield return pool;
        }
    }

    /// <summary>Bytes of a map's slot in the C++ layout for given alignments; key and value offsets with it.</summary>
    internal static (int Key, int Value, int Stride) CppSlot(int keySize, int keyAlign, int valueSize, int valueAlign)
    {
        int key = (int)KindFields.AlignUp(4, keyAlign);
        int value = (int)KindFields.AlignUp(key + keySize, valueAlign);
        int stride = (int)KindFields.AlignUp(value + valueSize, Math.Max(4, Math.Max(keyAlign, valueAlign)));
        return (key, value, stride);
    }

    private static IEnumerable<KindMatch> MatchMapOrSet(EntryView view)
    {
        uint size = view.U32(0);
        uint capacity = view.U32(4);
        uint keySize = view.U32(8);
        uint valueSize = view.U32(12);
        long payload = view.SizeBytes - 16;
        if (capacity == 0 || size > capacity || keySize is 0 or > 4096 || valueSize > 4096
            || payload <= 0 || payload % capacity != 0 || payload / capacity > 16_384)
        {
            yield break;
        }

        int stride = (int)(payload / capacity);
        int cppKey = CppKeyOffset((int)keySize, (int)valueSize, stride);
        bool python = valueSize > 0 && stride == (int)KindFields.AlignUp(4 + keySize + valueSize, 8);
        if (cppKey < 0 && !python)
        {
            yield break;
        }

        HashSlots slots = HashSlots.Read(view, 16, capacity, stride, Math.Min(capacity, MaxSlots));
        if (slots.HasWrongState)
        {
            yield break;
        }

        bool cppHolds = cppKey >= 0 && slots.CppChainsHold((int)keySize, cppKey);
        bool pythonHolds = python && slots.PythonChainsHold((int)keySize);
        (bool cppFits, bool pythonFits) = cppHolds || pythonHolds ? (cppHolds, pythonHolds) : (cppKey >= 0, python);
        string layout =
            (cppFits, pythonFits) switch { (true, true) => "cpp or python", (true, false) => "cpp", _ => "python" };
        bool counts = slots.Occupied == size && slots.Inserting == 0;
        int score = counts && (cppHolds || pythonHolds) && !slots.HasBytesInEmptySlots ? 3 : 2;
        string evidence = string.Create(CultureInfo.InvariantCulture,
            $"16 + {capacity} slots of {stride} bytes is the size, "
            + $"{slots.Occupied} slots are occupied and size says {size}");
        Finding[] findings = counts ? [] :
        [
            KindFields.Odd(view,
                $"size is {size}, {slots.Occupied} slots are occupied and {slots.Inserting} are being inserted"),
        ];

        // A Python set is a map with the value 1 in one byte.
        bool maybeSet = valueSize == 1 && python && slots.AllValuesAre(4 + (int)keySize, 1);
        var common = new KindMatch("map", score, evidence) { Layout = layout, Findings = findings };
        if (valueSize == 0 || maybeSet)
        {
            yield return AsSet(common, view, maybeSet);
        }

        if (valueSize != 0)
        {
            yield return common with { Fields = MapFields(view, slots) };
        }
    }

    private static KindMatch AsSet(KindMatch common, EntryView view, bool isPython) => new(
        "set", common.Score,
        isPython ? common.Evidence + "; a Python set is a map whose values are 1" : common.Evidence)
    {
        Layout = isPython ? "python" : "cpp",
        Findings = common.Findings,
        Fields = SetFields(view, isPython ? "1: the Python layout" : "0"),
    };

    private static FieldDescription[] MapFields(EntryView view, HashSlots slots) =>
    [
        KindFields.U32(view, "size", 0, "keys"), KindFields.U32(view, "capacity", 4, "slots"),
        KindFields.U32(view, "key_size", 8, "bytes"), KindFields.U32(view, "value_size", 12, "bytes"),
        KindFields.Derived("deletedSlots", (ulong)slots.Deleted, "tombstones"),
    ];

    private static FieldDescription[] SetFields(EntryView view, string last) =>
    [
        KindFields.U32(view, "size", 0, "elements"), KindFields.U32(view, "capacity", 4, "slots"),
        KindFields.U32(view, "elem_size", 8, "bytes"), KindFields.U32(view, "reserved", 12, last),
    ];

    // The key's offset when some alignment of key and value gives the stride; -1 when none does.
    private static int CppKeyOffset(int keySize, int valueSize, int stride)
    {
        foreach (int keyAlign in s_alignments.Where(align => keySize % align == 0))
        {
            foreach (int valueAlign in s_alignments.Where(align => valueSize % align == 0))
            {
                (int key, _, int found) = CppSlot(keySize, keyAlign, valueSize, valueAlign);
                if (found == stride && (valueSize > 0 || valueAlign == 1))
                {
                    return key;
                }
            }
        }

        return -1;
    }

    private static KindMatch? MatchPool(EntryView view)
    {
        ulong free = view.U64(0);
        uint head = (uint)free;
        uint allocated = view.U32(8);
        uint capacity = view.U32(16);
        uint element = view.U32(20);
        long payload = view.SizeBytes - 24;
        if (capacity == 0 || element == 0 || view.U32(12) != 0 || payload <= 0 || payload % capacity != 0)
        {
            return null;
        }

        long stride = payload / capacity;
        long next = KindFields.AlignUp(element, 4);
        if (stride != KindFields.AlignUp(next + 4, 4) && stride != KindFields.AlignUp(next + 4, 8))
        {
            return null;
        }

        uint freeNodes = 0;
        bool broken = false;
        for (uint index = head; index != None && freeNodes <= Math.Min(capacity, MaxSlots); freeNodes++)
        {
            if (index >= capacity)
            {
                broken = true;
                break;
            }

            index = view.U32(24 + (index * stride) + next);
        }

        bool agrees = !broken && allocated <= capacity && (freeNodes + allocated == capacity || freeNodes > MaxSlots);
        return new KindMatch("pool", agrees ? 3 : broken ? 1 : 2, string.Create(CultureInfo.InvariantCulture,
            $"24 + {capacity} nodes of {stride} bytes is the size, {freeNodes} free and {allocated} allocated nodes"))
        {
            Findings = agrees ? []
                : [KindFields.Broken(
                    view, $"{freeNodes} nodes in the free list and {allocated} allocated do not make {capacity}")],
            Fields =
            [
                KindFields.U64(view, "free_head", 0, string.Create(CultureInfo.InvariantCulture,
                    $"generation {free >> 32}, {(head == None ? "no free node" : $"node {head}")}")),
                KindFields.U32(view, "allocated", 8, "nodes"), KindFields.U32(view, "capacity", 16, "nodes"),
                KindFields.U32(view, "elem_size", 20, "bytes"),
                KindFields.Derived("freeNodes", (ulong)freeNodes),
                KindFields.Derived("nodeBytes", (ulong)stride),
            ],
        };
    }
}
