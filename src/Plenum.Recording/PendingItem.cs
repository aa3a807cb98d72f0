namespace Plenum.Recording;

/// <summary>An item on its way into a block.</summary>
internal readonly ref struct PendingItem(
    RecordedItemKind kind, long time, ulong sequence, ReadOnlySpan<byte> head, ReadOnlySpan<byte> data)
{
    internal RecordedItemKind Kind { get; } = kind;

    internal long Time { get; } = time;

    internal ulong Sequence { get; } = sequence;

    internal ReadOnlySpan<byte> Head { get; } = head;

    internal ReadOnlySpan<byte> Data { get; } = data;

    internal int Length => Head.Length + Data.Length;
}
