using System.Buffers.Binary;
using System.Globalization;

namespace Plenum.Inspection.ZeroIpc;

/// <summary>Recognises arrays, queues, stacks and rings (spec zeroipc 2.1 to 2.3 and 2.7).</summary>
internal static class SequenceKinds
{
    private const uint MaxSlots = 65_536;

    internal static IEnumerable<KindMatch> Match(EntryView view)
    {
        if (MatchArray(view) is { } array)
        {
            yield return array;
        }

        if (MatchQueue(view) is { } queue)
        {
            yield return queue;
        }

        if (MatchStack(view) is { } stack)
        {
            yield return stack;
        }

        if (MatchRing(view) is { } ring)
        {
            yield return ring;
        }
    }

    /// <summary>The queue that an entry must be for its companions to make sense.</summary>
    internal static KindMatch? MatchQueue(EntryView view)
    {
        uint capacity = view.U32(8);
        uint element = view.U32(12);
        if (view.SizeBytes < 21 || capacity == 0 || element == 0 || (capacity & (capacity - 1)) != 0
            || SlotBytes(capacity, element) != view.SizeBytes - 16)
        {
            return null;
        }

        uint head = view.U32(0);
        uint tail = view.U32(4);
        uint count = tail - head;
        long sequences = 16 + KindFields.AlignUp((long)capacity * element, 8);
        (bool fits, uint inFlight) = CheckQueueSlots(view, sequences, head, tail, capacity);
        var findings = new List<Finding>();
        if (count > capacity)
        {
            findings.Add(KindFields.Broken(
                view, $"tail {tail} is {count} ahead of head {head}, more than the capacity {capacity}"));
        }

        if (!fits)
        {
            findings.Add(KindFields.Broken(view, $"a slot's sequence cannot belong to head {head} and tail {tail}"));
        }

        if (inFlight > 0 && fits)
        {
            findings.Add(KindFields.Odd(
                view, $"{inFlight} claimed slots are not finished; a producer or consumer works there, or died"));
        }

        return new KindMatch("queue", fits && count <= capacity ? 3 : 1, string.Create(CultureInfo.InvariantCulture,
            $"capacity {capacity} is a power of two and 16 + {capacity} elements of {element} bytes "
            + $"+ {capacity} sequences is the size"))
        {
            Findings = findings,
            Fields =
            [
                KindFields.U32(view, "head", 0, "consumed so far"), KindFields.U32(view, "tail", 4, "produced so far"),
                KindFields.U32(view, "capacity", 8, "elements"), KindFields.U32(view, "elem_size", 12, "bytes"),
                KindFields.Derived("count", (ulong)count, "elements in the queue"),
                KindFields.Derived("slotsInFlight", (ulong)inFlight, "claimed and not finished"),
            ],
        };
    }

    internal static KindMatch? MatchRing(EntryView view)
    {
        ulong written = view.U64(0);
        ulong read = view.U64(8);
        uint capacity = view.U32(16);
        uint element = view.U32(20);
        if (capacity == 0 || element == 0 || capacity % element != 0 || view.SizeBytes != 24L + capacity)
        {
            return null;
        }

        var findings = new List<Finding>();
        if (written < read || written - read > capacity)
        {
            findings.Add(KindFields.Broken(
                view, $"write_pos {written} and read_pos {read} are not within the capacity {capacity}"));
        }

        if (written % element != 0 || read % element != 0)
        {
            findings.Add(KindFields.Broken(
                view, $"write_pos {written} or read_pos {read} is no multiple of elem_size {element}"));
        }

        return new KindMatch("ring", findings.Count == 0 ? 3 : 1, string.Create(CultureInfo.InvariantCulture,
            $"24 + capacity {capacity} is the size and elem_size {element} divides it "
            + $"(a Python stream has the same bytes)"))
        {
            Findings = findings,
            Fields =
            [
                KindFields.U64(view, "write_pos", 0, "bytes written so far"),
                    KindFields.U64(view, "read_pos", 8, "bytes read so far"),
                KindFields.U32(view, "capacity", 16, "bytes"), KindFields.U32(view, "elem_size", 20, "bytes"),
                KindFields.Derived("count", written < read ? 0 : (written - read) / element, "elements in the ring"),
            ],
        };
    }

    private static KindMatch? MatchArray(EntryView view)
    {
        ulong capacity = view.U64(0);
        ulong size = (ulong)Math.Max(0, view.SizeBytes);
        if (size < 9 || capacity == 0 || capacity > size)
        {
            return null;
        }

        ulong second = view.U64(8);
        bool fromC = size > 16 && second is > 0 and < uint.MaxValue && (size - 16) / capacity == second
            && (size - 16) % capacity == 0;
        bool fromCpp = (size - 8) % capacity == 0;
        if (!fromC && !fromCpp)
        {
            return null;
        }

        ulong element = fromCpp ? (size - 8) / capacity : second;
        string layout = (fromC, fromCpp) switch { (true, true) => "cpp or c", (true, false) => "c", _ => "cpp" };
        int score = fromC && !fromCpp ? 3 : capacity > 1 && element <= 64 && size != 16 ? 2 : 1;
        return new KindMatch("array", score, string.Create(CultureInfo.InvariantCulture,
            $"capacity {capacity} and elements of {element} bytes fill the {size} bytes"))
        {
            Layout = layout,
            Fields = fromC && !fromCpp
                ? [KindFields.U64(view, "capacity", 0, "elements"),
                    KindFields.U64(view, "elem_size", 8, "bytes; the C library's own header")]
                : [KindFields.U64(view, "capacity", 0, "elements"),
                    KindFields.Derived("elementBytes", element, "size / capacity")],
        };
    }

    private static KindMatch? MatchStack(EntryView view)
    {
        int top = view.I32(0);
        uint capacity = view.U32(4);
        uint element = view.U32(8);
        if (view.SizeBytes < 21 || capacity is 0 or > int.MaxValue || element == 0 || view.U32(12) != 0
            || SlotBytes(capacity, element) != view.SizeBytes - 16 || top < -1 || top >= (int)capacity)
        {
            return null;
        }

        long states = 16 + KindFields.AlignUp((long)capacity * element, 8);
        byte[] words = view.Bytes(states, 4L * Math.Min(capacity, MaxSlots));
        uint inFlight = 0;
        for (int i = 0; i < words.Length / 4; i++)
        {
            uint state = BinaryPrimitives.ReadUInt32LittleEndian(words.AsSpan(i * 4));
            if (state > 3)
            {
                return null;
            }

            inFlight += state != (i <= top ? 2u : 0u) ? 1u : 0u;
        }

        return new KindMatch("stack", inFlight == 0 ? 3 : 2, string.Create(CultureInfo.InvariantCulture,
            $"16 + {capacity} elements of {element} bytes + {capacity} states is the size, and every state is 0 to 3"))
        {
            Findings = inFlight == 0 ? []
                : [KindFields.Odd(view, $"{inFlight} slots are being written or read; somebody works there, or died")],
            Fields =
            [
                KindFields.I32(view, "top", 0, "index of the top element, -1 when empty"),
                KindFields.U32(view, "capacity", 4, "elements"), KindFields.U32(view, "elem_size", 8, "bytes"),
                KindFields.Derived("count", (ulong)(top + 1), "elements on the stack"),
                KindFields.Derived("slotsInFlight", (ulong)inFlight, "claimed and not finished"),
            ],
        };
    }

    private static long SlotBytes(uint capacity, uint element) =>
        KindFields.AlignUp((long)Math.Min((ulong)capacity * element, long.MaxValue / 2), 8) + (4L * capacity);

    // A slot i that was published at position p holds p + 1, a free one the position it waits for; both are i or i + 1
    // mod capacity
    // and within one lap of head.
    private static (bool Fits, uint InFlight) CheckQueueSlots(
        EntryView view, long offset, uint head, uint tail, uint capacity)
    {
        byte[] words = view.Bytes(offset, 4L * Math.Min(capacity, MaxSlots));
        uint inFlight = 0;
        for (uint i = 0; i < words.Length / 4; i++)
        {
            uint sequence = BinaryPrimitives.ReadUInt32LittleEndian(words.AsSpan((int)(i * 4)));
            uint phase = (sequence - i) & (capacity - 1);
            int distance = (int)(sequence - head);
            if ((capacity > 1 && phase > 1) || distance <= -(long)capacity || distance > capacity + 1L)
            {
                return (false, 0);
            }

            uint position = head + ((i - head) & (capacity - 1));
            uint expected = position - head < tail - head ? position + 1 : position;
            inFlight += sequence == expected ? 0u : 1u;
        }

        return (true, inFlight);
    }
}
