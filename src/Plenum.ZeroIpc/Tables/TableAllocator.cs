using System.Text;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>Adds entries to the table of a segment.</summary>
/// <remarks>
/// <para>Our own creators exclude each other (<see cref="CreationLock"/>). A foreign creator locks nothing, so space is
/// claimed and the count published with interlocked operations, and the slots are looked at again afterwards: what a
/// foreign creator overwrote is written once more into the next slot.</para>
/// <para>Order: claim bytes, initialise them, write the slots, publish the count. Peers that scan meanwhile see the old
/// table or the new one. A creator that dies after claiming leaves unnamed bytes; one that dies between the slots and
/// the count is finished by the next creator. Thread-safe.</para>
/// </remarks>
internal sealed class TableAllocator
{
    private const int MaxAttempts = 64;

    private readonly SharedSegment _segment;
    private readonly NameTable _table;
    private readonly CreationLock _lock;
    private readonly SharedUInt32 _entryCount;
    private readonly SharedUInt64 _nextOffset;

    internal TableAllocator(SharedSegment segment, NameTable table)
    {
        _segment = segment;
        _table = table;
        _lock = new CreationLock(segment);
        _entryCount = segment.UInt32(TableHeader.EntryCountOffset);
        _nextOffset = segment.UInt64(TableHeader.NextOffsetOffset);
    }

    /// <summary>Creates all entries, in this order, or none.</summary>
    internal SharedEntry[] Allocate(ReadOnlySpan<EntryRequest> requests)
    {
        foreach (EntryRequest request in requests)
        {
            EntryName.Validate(request.Name);
            ArgumentOutOfRangeException.ThrowIfLessThan(request.SizeBytes, 1);
        }

        using CreationLock.Scope scope = _lock.Enter();
        FinishDeadCreator();
        RequireAbsent(requests);
        SharedEntry[] entries = ClaimBytes(requests);
        for (int i = 0; i < entries.Length; i++)
        {
            Clear(entries[i]);
            requests[i].Initialize?.Invoke(_segment, entries[i].Offset);
        }

        Publish(entries);
        return entries;
    }

    private void RequireAbsent(ReadOnlySpan<EntryRequest> requests)
    {
        foreach (EntryRequest request in requests)
        {
            if (_table.TryFind(request.Name, out _))
            {
                throw new EntryExistsException(
                    $"Could not create entry '{request.Name}' in segment '{_segment.Name}': the table holds one of "
                    + "that name. Open it, or choose another name.",
                    "create entry", _segment.Name.Value, request.Name);
            }
        }
    }

    // Reserves the bytes of all entries with one exchange.
    private SharedEntry[] ClaimBytes(ReadOnlySpan<EntryRequest> requests)
    {
        var entries = new SharedEntry[requests.Length];
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            RequireFreeSlots(requests);
            ulong next = _nextOffset.ReadAcquire();
            if (next < (ulong)TableHeader.TableSizeBytes(_table.ReadCount()) || next > (ulong)_table.MemorySizeBytes)
            {
                throw TableFormat.Corrupted(_segment, "next_offset", next, "it must lie between the table and "
                    + "memory_size");
            }

            long end = (long)next;
            for (int i = 0; i < requests.Length; i++)
            {
                long offset = NameTable.AlignUp(end);
                if (requests[i].SizeBytes > _table.MemorySizeBytes - offset)
                {
                    throw Full(requests);
                }

                entries[i] = new SharedEntry(requests[i].Name, offset, requests[i].SizeBytes);
                end = offset + requests[i].SizeBytes;
            }

            // CLAIM the bytes: a foreign creator that allocates at the same moment makes the exchange fail.
            if (_nextOffset.CompareExchange((ulong)end, next) == next)
            {
                return entries;
            }
        }

        throw Racing();
    }

    private void RequireFreeSlots(ReadOnlySpan<EntryRequest> requests)
    {
        long used = _table.ReadCount() + (long)requests.Length;
        if (used > _table.Capacity)
        {
            throw Full(requests);
        }

        if (_segment.ReadOnlyUInt32(TableHeader.MaxEntriesOffset).ReadAcquire() != 0)
        {
            return;
        }

        // A header without max_entries counts as 64; an older peer may have made a smaller table and put structures
        // behind it.
        long tableEnd = TableHeader.TableSizeBytes((uint)used);
        foreach (SharedEntry entry in _table)
        {
            if (entry.Offset < tableEnd)
            {
                throw Full(requests);
            }
        }
    }

    private void Clear(in SharedEntry entry)
    {
        long left = entry.SizeBytes;
        while (left > 0)
        {
            int part = (int)Math.Min(left, 1 << 30);
            _segment.Span(entry.Offset + entry.SizeBytes - left, part).Clear();
            left -= part;
        }
    }

    private void Publish(ReadOnlySpan<SharedEntry> entries)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            uint count = _table.ReadCount();
            if (count + (long)entries.Length > _table.Capacity)
            {
                break;
            }

            for (int i = 0; i < entries.Length; i++)
            {
                WriteSlot(count + (uint)i, entries[i]);
            }

            // PUBLISH [table] Slots and the bytes they name are visible before the count moves (full fence).
            //   Weaker: a scanner finds an entry without a name, or one whose structure is not initialised.
            if (_entryCount.CompareExchange(count + (uint)entries.Length, count) != count)
            {
                continue;
            }

            entries = Overwritten(count, entries);
            if (entries.IsEmpty)
            {
                return;
            }
        }

        throw Racing();
    }

    // A foreign creator that read the count before ours moved writes into the same slot.
    private ReadOnlySpan<SharedEntry> Overwritten(uint first, ReadOnlySpan<SharedEntry> entries)
    {
        List<SharedEntry>? lost = null;
        for (int i = 0; i < entries.Length; i++)
        {
            // OBSERVE [table] Our own slots, once more.
            if (_table.Read(first + (uint)i) != entries[i])
            {
                (lost ??= []).Add(entries[i]);
            }
        }

        return lost is null ? default : lost.ToArray();
    }

    private void WriteSlot(uint index, in SharedEntry entry)
    {
        long at = _table.Format.EntryOffset(index);
        Span<byte> name = _segment.Span(at, TableEntry.NameSizeBytes);
        name.Clear();
        _ = Encoding.UTF8.GetBytes(entry.Name, name[..EntryName.MaxBytes]);

        // PLAIN published by the count.
        _segment.UInt64(at + 0x20).WriteOwned((ulong)entry.Offset);
        _segment.UInt64(at + 0x28).WriteOwned((ulong)entry.SizeBytes);
    }

    // A creator of ours that died between writing its slots and publishing them left slots that exactly fill the
    // claimed bytes.
    private void FinishDeadCreator()
    {
        uint count = _table.ReadCount();
        if (IsLastAtEnd(count))
        {
            return;
        }

        long end = _table.Format.EntryOffset((uint)_table.Capacity);
        foreach (SharedEntry entry in _table)
        {
            if (!entry.IsInside(_table.MemorySizeBytes))
            {
                return;
            }

            end = Math.Max(end, entry.Offset + entry.SizeBytes);
        }

        long next = _table.NextOffset;
        uint found = count;
        while (end < next && found < _table.Capacity)
        {
            SharedEntry slot = _table.Read(found);
            ReadOnlySpan<byte> name = EntryName.Stored(_table.NameField(found));
            if (slot.Offset != NameTable.AlignUp(end) || slot.SizeBytes < 1 || slot.SizeBytes > next - slot.Offset
                || name.IsEmpty || name.Length > EntryName.MaxBytes || _table.TryFind(name, found, out _))
            {
                return;
            }

            end = slot.Offset + slot.SizeBytes;
            found++;
        }

        if (end == next && found > count)
        {
            // PUBLISH [table] in the dead creator's place; a live foreign creator that was about to do the same stores
            //   the same count.
            _ = _entryCount.CompareExchange(found, count);
        }
    }

    // The usual case, without reading the whole table.
    private bool IsLastAtEnd(uint count)
    {
        long end = _table.Format.EntryOffset((uint)_table.Capacity);
        if (count > 0)
        {
            SharedEntry last = _table.Read(count - 1);
            end = last.Offset + last.SizeBytes;
        }

        return end == _table.NextOffset;
    }

    private SegmentFullException Full(ReadOnlySpan<EntryRequest> requests)
    {
        long bytes = 0;
        foreach (EntryRequest request in requests)
        {
            bytes = checked(bytes + request.SizeBytes);
        }

        int freeEntries = Math.Max(0, _table.Capacity - (int)_table.ReadCount());
        long freeBytes = _table.FreeBytes;
        return new SegmentFullException(
            $"Could not create '{requests[^1].Name}' in segment '{_segment.Name}': it needs {bytes} bytes in "
            + $"{requests.Length} "
            + $"table entries; {freeBytes} of {_table.MemorySizeBytes} bytes and {freeEntries} of {_table.Capacity} "
            + "entries are left. Nothing is ever freed: create the segment with a larger size or table.",
            "create entry", _segment.Name.Value, bytes, freeBytes, requests.Length, freeEntries);
    }

    private SegmentBusyException Racing() => new(
        $"Could not create an entry in segment '{_segment.Name}': a foreign peer that locks nothing keeps changing "
        + "the table. Let one process create everything, or let the foreign peers create first.",
        "create entry", _segment.Name.Value);
}
