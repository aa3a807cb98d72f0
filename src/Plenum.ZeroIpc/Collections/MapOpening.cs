using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The checks when a map or set is opened; what does not fit is named.</summary>
internal readonly struct MapOpening
{
    private readonly SharedMemory _memory;
    private readonly string _kind;
    private readonly uint _keySize;
    private readonly uint _valueSize;

    internal MapOpening(SharedMemory memory, string kind, string name)
    {
        _memory = memory;
        _kind = kind;
        Entry = memory.OpenEntry(kind, name, MapHeader.SizeBytes);
        SharedSegment segment = memory.Segment;
        Capacity = segment.ReadOnlyUInt32(Entry.Offset + MapHeader.CapacityOffset).ReadAcquire();
        _keySize = segment.ReadOnlyUInt32(Entry.Offset + MapHeader.KeySizeOffset).ReadAcquire();
        _valueSize = segment.ReadOnlyUInt32(Entry.Offset + MapHeader.ValueSizeOffset).ReadAcquire();
    }

    internal SharedEntry Entry { get; }

    internal uint Capacity { get; }

    internal uint ValueSize => _valueSize;

    internal void RequireSizes(uint keySize, uint valueSize)
    {
        if (_keySize != keySize)
        {
            throw _memory.WrongLayout(_kind, Entry, $"key size {keySize}", $"{_keySize}", MapHeader.KeySizeOffset);
        }

        if (_valueSize != valueSize)
        {
            throw _memory.WrongLayout(
                _kind, Entry, $"value size {valueSize}", $"{_valueSize}{Suggestion()}", MapHeader.ValueSizeOffset);
        }
    }

    internal void RequireLayout(SlotLayout slot, HashLayout layout, SlotLayout other)
    {
        if (Capacity is >= 1 and <= int.MaxValue && Entry.SizeBytes == slot.TotalBytes(Capacity))
        {
            return;
        }

        string found = Capacity is >= 1 and <= int.MaxValue && Entry.SizeBytes == other.TotalBytes(Capacity)
            ? $"{Entry.SizeBytes} bytes for {Capacity} slots, which fits the "
                + $"{(layout == HashLayout.Native ? "Python" : "C++")} layout: open it with that HashLayout"
            : $"{Entry.SizeBytes} bytes for {Capacity} slots";
        throw _memory.WrongLayout(
            _kind, Entry, $"slots of {slot.Stride} bytes that fill the entry", found, MapHeader.CapacityOffset);
    }

    /// <summary>The two layouts can have slots of the same size; then the places of the keys tell them apart.</summary>
    internal void RequirePlaces<TKey>(SlotLayout slot, HashLayout layout, SlotLayout other)
        where TKey : unmanaged
    {
        SharedSegment segment = _memory.Segment;
        if (slot.Stride != other.Stride
            || !new HashSlots<TKey, byte>(segment, Entry.Offset, slot, Capacity, layout).HasMisplacedKey())
        {
            return;
        }

        HashLayout wanted = layout == HashLayout.Native ? HashLayout.Python : HashLayout.Native;
        string found = new HashSlots<TKey, byte>(segment, Entry.Offset, other, Capacity, wanted).HasMisplacedKey()
            ? "keys that neither layout put there"
            : "keys where the " + (wanted == HashLayout.Python ? "Python" : "C++")
                + " layout puts them: open it with that HashLayout";
        throw _memory.WrongLayout(_kind, Entry, $"keys where the {layout} hash puts them", found,
            MapHeader.SlotsOffset);
    }

    private string Suggestion() => (_kind, _valueSize) switch
    {
        ("set", 1) => ", as in a set of the Python layout (open it with HashLayout.Python) or a map",
        ("map", 0) => ", as in a set",
        _ => string.Empty,
    };
}
