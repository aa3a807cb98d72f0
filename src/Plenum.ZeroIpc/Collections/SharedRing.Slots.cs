using System.Globalization;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Where elements lie, and what the positions may say.</content>
public sealed partial class SharedRing<T>
{
    // Where the last operation left off avoids a division; only right for the position it was noted with.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Store(ulong write, T item)
    {
        uint slot = write == _writerPosition ? _writerSlot : SlotOf(write);
        _writerPosition = write + ElementSize;
        _writerSlot = slot + 1 == _slots ? 0 : slot + 1;
        _data.Write(slot, item);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T Load(ulong read)
    {
        uint slot = read == _readerPosition ? _readerSlot : SlotOf(read);
        _readerPosition = read + ElementSize;
        _readerSlot = slot + 1 == _slots ? 0 : slot + 1;
        return _data.Read(slot);
    }

    private int CopyOut(ulong read, Span<T> items)
    {
        int count = Math.Min(Used(_writePosition.ReadAcquire(), read), items.Length);
        if (count > 0)
        {
            Span<T> data = _data.AsSpan();
            int slot = (int)SlotOf(read);
            int part = Math.Min(count, data.Length - slot);
            data.Slice(slot, part).CopyTo(items);
            data[..(count - part)].CopyTo(items[part..]);
        }

        return count;
    }

    private uint SlotOf(ulong position) => (uint)(position % _capacityBytes) / ElementSize;

    private int Used(ulong write, ulong read)
    {
        ulong used = write - read;
        return used <= _capacityBytes && used % ElementSize == 0 && write % ElementSize == 0
            ? (int)(used / ElementSize)
            : throw Corrupted(used);
    }

    private void ThrowUnless(ulong used, ulong expected)
    {
        if (used != expected)
        {
            throw Corrupted(used);
        }
    }

    private SegmentCorruptedException Corrupted(ulong used) => new(
        $"Could not use ring '{Entry.Name}' in segment '{_memory.Name}': write_pos - read_pos is {used}, the capacity "
        + $"is {_capacityBytes} bytes of {ElementSize}-byte elements. Two producers or two consumers, or overwritten.",
        "use ring", _memory.Name, "write_pos", used.ToString(CultureInfo.InvariantCulture));
}
