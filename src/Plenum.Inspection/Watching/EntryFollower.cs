using System.Buffers.Binary;
using Plenum.Inspection.ZeroIpc;

namespace Plenum.Inspection.Watching;

/// <summary>Follows the values of one ZeroIPC structure beside its real readers: nothing is consumed.</summary>
/// <remarks>
/// <para>A value is copied with <c>pread</c> and checked against the structure's counters afterwards: one that was
/// being overwritten meanwhile is counted as missed and never returned.</para>
/// <para>Not thread-safe. Does not own the image.</para>
/// </remarks>
public sealed class EntryFollower
{
    private const int MaxElements = 4096;
    private const int MaxElementBytes = 1 << 20;

    private readonly SegmentImage _image;
    private readonly EntryDescription _body;
    private readonly FieldDescription? _closedFlag;
    private readonly byte[] _head = new byte[EntryMeters.HeadBytes];
    private ulong _position;
    private bool _started;

    private EntryFollower(
        SegmentImage image, EntryDescription whole, EntryDescription body, FieldDescription? closedFlag)
    {
        _image = image;
        _body = body;
        _closedFlag = closedFlag;
        Kind = whole.Kind;
        ReadHead();
        ElementBytes = MeasureElement();
    }

    /// <summary>The structure's kind.</summary>
    public string Kind { get; }

    /// <summary>Size of an element in bytes; 0 when the structure has no values that can be followed.</summary>
    public int ElementBytes { get; }

    /// <summary>Whether there are values to read.</summary>
    public bool HasValues => ElementBytes > 0;

    /// <summary>Whether new values can be told from old ones, so that <see cref="Poll"/> returns them.</summary>
    public bool CanFollow => HasValues && BodyKind != "stack";

    /// <summary>Whether its producer has closed it, so that nothing follows what <see cref="Poll"/> returns after this
    /// was read; false for kinds that cannot be closed.</summary>
    public bool IsClosed => _closedFlag is { Offset: >= 0 } flag
        && _image.ReadBytes(flag.Offset, flag.SizeBytes).AsSpan().ContainsAnyExcept((byte)0);

    // The bytes of a future whose state is "ready".
    private bool IsReady => U32(0) == 2;

    private string BodyKind => _body.Kind == "part" ? "signal" : _body.Kind;

    /// <summary>Finds an entry by its own name or by that of the structure whose parts have their own.</summary>
    /// <param name="description">The segment.</param>
    /// <param name="name">The name.</param>
    /// <returns>Null when there is none.</returns>
    public static EntryDescription? Find(SegmentDescription description, string name)
    {
        ArgumentNullException.ThrowIfNull(description);
        return description.Entries.FirstOrDefault(entry => entry.Name == name)
            ?? description.Entries.FirstOrDefault(entry => entry.PartOf == name && entry.Kind is "stream" or "channel")
            ?? description.Entries.FirstOrDefault(entry => entry.PartOf == name);
    }

    /// <summary>Prepares to follow an entry.</summary>
    /// <param name="image">The segment; stays open as long as the follower is used.</param>
    /// <param name="description">The segment, described.</param>
    /// <param name="entry">One of its entries.</param>
    public static EntryFollower Create(SegmentImage image, SegmentDescription description, EntryDescription entry)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(entry);
        string stem = entry.PartOf ?? entry.Name;
        EntryDescription? body = entry.Kind switch
        {
            "stream" or "channel" when entry.SizeBytes is 56 or 32 => description.Entries.FirstOrDefault(
                part => part.PartOf == stem && part.Kind is "ring" or "queue"),
            "signal" => description.Entries.FirstOrDefault(
                part => part.PartOf == stem && part.Name == stem + "_state"),
            _ => entry,
        };
        FieldDescription? closedFlag = description.Entries
            .Where(part => part == entry || (part.PartOf == stem && entry.PartOf is not null))
            .SelectMany(part => part.Fields).FirstOrDefault(field => field.Name == "closed");
        return new EntryFollower(image, entry, body ?? entry, closedFlag);
    }

    /// <summary>Looks once. The first look at a moving structure returns the newest value only.</summary>
    public EntryValues Poll()
    {
        ReadHead();
        EntryValues values = !HasValues ? EntryValues.None : BodyKind switch
        {
            "ring" => PollRing(),
            "queue" or "channel" => PollQueue(),
            "signal" => PollSignal(),
            "array" => PollArray(),
            BroadcastKind.Name => PollBroadcast(),
            "future" => PollFuture(),
            _ => EntryValues.None,
        };
        _started = true;
        return values;
    }

    /// <summary>The elements that are inside now, oldest first (stack: bottom first); at most 4096.</summary>
    /// <remarks>A copy of a moving structure: elements that were replaced meanwhile may be among them.</remarks>
    public IReadOnlyList<ReadOnlyMemory<byte>> Contents()
    {
        ReadHead();
        if (!HasValues)
        {
            return [];
        }

        if (BodyKind == "array")
        {
            return PollArray().Elements;
        }

        uint capacity = BodyKind == "ring" ? U32(16) / (uint)ElementBytes : BodyKind == "stack" ? U32(4) : U32(8);
        (ulong from, ulong count, long data) = BodyKind switch
        {
            "ring" => (U64(8) / (ulong)ElementBytes, (U64(0) - U64(8)) / (ulong)ElementBytes, 24L),
            "stack" => (0UL, (ulong)Math.Max(0, (long)(int)U32(0) + 1), 16L),
            "signal" => (0UL, 1UL, 8L),
            "future" => (0UL, IsReady ? 1UL : 0UL, 16L),
            _ => ((ulong)U32(0), unchecked(U32(4) - U32(0)), 16L),
        };
        var elements = new List<ReadOnlyMemory<byte>>();
        for (ulong i = 0; i < Math.Min(count, MaxElements) && (i < capacity || BodyKind is "signal" or "future"); i++)
        {
            long slot = capacity == 0 ? 0 : (long)((from + i) % capacity);
            byte[] bytes = _image.ReadBytes(_body.Offset + data + (slot * ElementBytes), ElementBytes);
            if (bytes.Length == ElementBytes && data + ((slot + 1) * ElementBytes) <= _body.SizeBytes)
            {
                elements.Add(bytes);
            }
        }

        return elements;
    }

    private void ReadHead()
    {
        int wanted = (int)Math.Min(_head.Length, _body.SizeBytes);
        int read = _image.Read(_body.Offset, _head.AsSpan(0, wanted));
        _head.AsSpan(read).Clear();
    }

    private int MeasureElement()
    {
        long bytes = BodyKind switch
        {
            "ring" when U64(16) >> 32 is var element && element > 0 && U32(16) % element == 0 => (long)element,
            "queue" or "channel" when U32(8) is > 0 and var capacity && System.Numerics.BitOperations.IsPow2(capacity)
                && 16 + ((ulong)capacity * U32(12)) <= (ulong)_body.SizeBytes => U32(12),
            "stack" when 16 + ((ulong)U32(4) * U32(8)) <= (ulong)_body.SizeBytes => U32(8),
            BroadcastKind.Name when System.Numerics.BitOperations.IsPow2(U32(16)) => U32(12),
            "future" => _body.SizeBytes - 272,
            "signal" when _body.Name.EndsWith("_state", StringComparison.Ordinal) => _body.SizeBytes - 8,
            "array" when U64(0) is > 0 and var capacity && capacity < (ulong)_body.SizeBytes =>
                _body.Layout == "c" ? (long)Math.Min(U64(8), long.MaxValue) : (_body.SizeBytes - 8) / (long)capacity,
            _ => 0,
        };
        return bytes is > 0 and <= MaxElementBytes ? (int)bytes : 0;
    }

    private EntryValues PollRing()
    {
        ulong element = (ulong)ElementBytes;
        ulong capacity = U32(16);
        ulong written = U64(0) / element * element;
        if (capacity < element || 24 + capacity > (ulong)_body.SizeBytes)
        {
            return EntryValues.None;
        }

        ulong from = Start(written, capacity, element, out ulong missed);
        var copies = new List<(ulong Position, byte[] Bytes)>();
        for (ulong at = from; at < written; at += element)
        {
            byte[] bytes = _image.ReadBytes(_body.Offset + 24 + (long)(at % capacity), ElementBytes);
            copies.Add((at, bytes));
        }

        // The producer may be writing the element behind its position now.
        ReadHead();
        ulong end = U64(0) + element;
        ulong oldest = end > capacity ? end - capacity : 0;
        List<ReadOnlyMemory<byte>> good = Keep(copies, copy => copy >= oldest, ref missed);
        _position = written;
        return new EntryValues(good, missed, (written / element) - (ulong)good.Count);
    }

    private EntryValues PollQueue()
    {
        uint capacity = U32(8);
        ulong tail = Extend(U32(4));
        long sequences = _body.Offset + 16 + KindFields.AlignUp((long)capacity * ElementBytes, 8);
        ulong from = Start(tail, capacity, 1, out ulong missed);
        var copies = new List<(ulong Position, byte[] Bytes)>();
        ulong at = from;
        for (; at < tail; at++)
        {
            uint slot = (uint)at & (capacity - 1);
            uint sequence = _image.UInt32At(sequences + (4L * slot)) ?? 0;
            if (sequence == (uint)at)
            {
                // Claimed and not published yet: next time.
                break;
            }

            copies.Add((at, _image.ReadBytes(_body.Offset + 16 + ((long)slot * ElementBytes), ElementBytes)));
        }

        // A slot is written again only after the tail went a lap further.
        ReadHead();
        ulong end = at + unchecked(U32(4) - (uint)at);
        ulong oldest = end > capacity ? end - capacity : 0;
        List<ReadOnlyMemory<byte>> good = Keep(copies, copy => copy >= oldest, ref missed);
        _position = at;
        return new EntryValues(good, missed, at - (ulong)good.Count);
    }

    private EntryValues PollBroadcast()
    {
        ulong end = BroadcastKind.End(_image, _body.Offset, _head);
        var copies = new List<(ulong Position, byte[] Bytes)>();
        for (ulong at = Start(end, U32(16), 1, out ulong missed); ; at++)
        {
            if (at >= end)
            {
                ulong oldest = BroadcastKind.Oldest(_image, _body.Offset, _head);
                List<ReadOnlyMemory<byte>> good = Keep(copies, copy => copy >= oldest, ref missed);
                _position = end;
                return new EntryValues(good, missed, end - (ulong)good.Count);
            }

            copies.Add((at, BroadcastKind.ReadValue(_image, _body.Offset, _head, at)));
        }
    }

    private EntryValues PollSignal()
    {
        byte[] bytes = _image.ReadSettled(_body.Offset, ElementBytes + 8, out bool settled);
        ulong version = bytes.Length >= 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        if (!settled || bytes.Length < ElementBytes + 8 || (_started && version == _position))
        {
            return EntryValues.None;
        }

        ulong missed = _started && version > _position ? version - _position - 1 : 0;
        _position = version;
        return new EntryValues([bytes.AsMemory(8)], missed, version);
    }

    // Its value is complete before its state says so, and never changes afterwards.
    private EntryValues PollFuture()
    {
        if (!IsReady || _position != 0)
        {
            return EntryValues.None;
        }

        byte[] bytes = _image.ReadBytes(_body.Offset + 16, ElementBytes);
        _position = bytes.Length == ElementBytes ? 1UL : 0;
        return _position == 0 ? EntryValues.None : new EntryValues([bytes], 0, 0);
    }

    private EntryValues PollArray()
    {
        long start = _body.Layout == "c" ? 16 : 8;
        long count = Math.Min((long)Math.Min(U64(0), int.MaxValue), (_body.SizeBytes - start) / ElementBytes);
        count = Math.Min(count, MaxElements);
        byte[] bytes = _image.ReadBytes(_body.Offset + start, (int)(count * ElementBytes));
        var elements = new List<ReadOnlyMemory<byte>>();
        for (int at = 0; at + ElementBytes <= bytes.Length; at += ElementBytes)
        {
            elements.Add(bytes.AsMemory(at, ElementBytes));
        }

        return new EntryValues(elements, 0, 0);
    }

    // Where to continue: the newest value first, then everything that is still there, at most so many.
    private ulong Start(ulong end, ulong capacity, ulong step, out ulong missed)
    {
        missed = 0;
        if (!_started || end < _position)
        {
            return end >= step ? end - step : end;
        }

        ulong room = Math.Min(capacity, MaxElements * step);
        ulong oldest = end > room ? end - room : 0;
        if (_position >= oldest)
        {
            return _position;
        }

        missed = (oldest - _position) / step;
        return oldest;
    }

    private List<ReadOnlyMemory<byte>> Keep(
        List<(ulong Position, byte[] Bytes)> copies, Func<ulong, bool> isStillThere, ref ulong missed)
    {
        var good = new List<ReadOnlyMemory<byte>>(copies.Count);
        foreach ((ulong position, byte[] bytes) in copies)
        {
            if (isStillThere(position) && bytes.Length == ElementBytes)
            {
                good.Add(bytes);
            }
            else
            {
                missed++;
            }
        }

        return good;
    }

    // The queue counts in 32 bits and goes round; positions here go on.
    private ulong Extend(uint counter) =>
        _started ? _position + unchecked(counter - (uint)_position) is var next && next - _position <= int.MaxValue
            ? next : counter
        : counter;

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(offset));

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_head.AsSpan(offset));
}
