using System.Globalization;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Where elements lie, and what the positions may say.</content>
public sealed partial class SharedRing<T>
{
    // Full, or not a lap of a power of two.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWriteSlow(T item)
    {
        ulong write = WritePosition.ReadOwned();

        // OBSERVE [ring-free] What the consumer read before is copied out.
        ulong used = write - ReadPosition.ReadAcquire();
        if (used >= _capacityBytes)
        {
            ThrowUnless(used, _capacityBytes);
            return false;
        }

        Store(write, item);
        StepHook.At("ring-write-stored");

        // PUBLISH [ring-item] The element is visible before the position moves. Weaker: it reads the lap before.
        WritePosition.WriteRelease(write + ElementSize);

        // PLAIN see the remarks: without a fence.
        _items.WakeOne();
        GC.KeepAlive(this);
        return true;
    }

    // Empty, or not a lap of a power of two.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadSlow(out T item)
    {
        ulong read = ReadPosition.ReadOwned();

        // OBSERVE [ring-item] Elements below write_pos are complete.
        ulong used = WritePosition.ReadAcquire() - read;
        if (used - 1 >= _capacityBytes)
        {
            ThrowUnless(used, 0);
            item = default;
            return false;
        }

        item = Load(read);
        StepHook.At("ring-read-copied");

        // PUBLISH [ring-free] The element was copied out before the position moves. Weaker: the producer overwrites it.
        ReadPosition.WriteRelease(read + ElementSize);

        // PLAIN see the remarks: without a fence.
        _room.WakeOne();
        GC.KeepAlive(this);
        return true;
    }

    // Where the last operation left off avoids a division; only right for the position it was noted with.
    private void Store(ulong write, T item)
    {
        uint slot = write == _writerPosition ? _writerSlot : SlotOf(write);
        _writerPosition = write + ElementSize;
        _writerSlot = slot + 1 == _slots ? 0 : slot + 1;
        _data.Write(slot, item);
    }

    private T Load(ulong read)
    {
        uint slot = read == _readerPosition ? _readerSlot : SlotOf(read);
        _readerPosition = read + ElementSize;
        _readerSlot = slot + 1 == _slots ? 0 : slot + 1;
        return _data.Read(slot);
    }

    private int CopyOut(ulong read, Span<T> items)
    {
        int count = Math.Min(Used(WritePosition.ReadAcquire(), read), items.Length);
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
