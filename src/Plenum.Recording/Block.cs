using System.Buffers.Binary;

namespace Plenum.Recording;

/// <summary>A block being filled or waiting for the disk: room for its header, then items.</summary>
internal sealed class Block(int capacityBytes)
{
    private readonly byte[] _bytes = new byte[BlockHeader.Bytes + capacityBytes];
    private int _used;
    private uint _items;
    private long _firstTime;
    private long _lastTime;
    private ulong _lost;

    internal int CapacityBytes { get; } = capacityBytes;

    internal int FreeBytes => CapacityBytes - _used;

    internal bool IsEmpty => _used == 0;

    /// <summary>When its first item came, by the monotonic clock; for the flush interval.</summary>
    internal long OpenedAt { get; private set; }

    internal void Reset(ulong lostBefore, long now)
    {
        _used = 0;
        _items = 0;
        _lost = lostBefore;
        OpenedAt = now;
    }

    /// <summary>Appends an item; the caller made sure that there is room.</summary>
    internal void Append(
        RecordedItemKind kind, long time, ulong sequence, ReadOnlySpan<byte> head, ReadOnlySpan<byte> data)
    {
        int length = head.Length + data.Length;
        Span<byte> target = _bytes.AsSpan(BlockHeader.Bytes + _used, RecordingFormat.ItemRoom(length));
        BinaryPrimitives.WriteInt64LittleEndian(target, time);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], (uint)kind);
        Span<byte> body = target[RecordingFormat.ItemHeaderBytes..];
        head.CopyTo(body);
        data.CopyTo(body[head.Length..]);
        body[length..].Clear();
        _firstTime = _used == 0 ? time : _firstTime;
        _lastTime = time;
        _items += kind == RecordedItemKind.Data ? 1u : 0;
        _used += target.Length;
    }

    /// <summary>Completes the header and returns the bytes for the file.</summary>
    internal ReadOnlyMemory<byte> Seal(ulong number)
    {
        ReadOnlySpan<byte> body = _bytes.AsSpan(BlockHeader.Bytes, _used);
        new BlockHeader(
            BlockType.Items, number, (uint)_used, _items, _firstTime, _lastTime, _lost,
            Crc32C.Of(body)).WriteTo(_bytes);
        return _bytes.AsMemory(0, BlockHeader.Bytes + _used);
    }
}
