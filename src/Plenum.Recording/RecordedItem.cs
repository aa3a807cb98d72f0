namespace Plenum.Recording;

/// <summary>One item of a recording. Its data is valid until the reader reads on.</summary>
/// <param name="kind">What it is.</param>
/// <param name="time">When it was taken.</param>
/// <param name="sequence">The source's own number.</param>
/// <param name="data">Its bytes.</param>
public readonly ref struct RecordedItem(RecordedItemKind kind, TimeSpan time, ulong sequence, ReadOnlySpan<byte> data)
{
    /// <summary>What it is.</summary>
    public RecordedItemKind Kind { get; } = kind;

    /// <summary>When the recorder took it, since the start of the recording; monotonic, in steps of 100 ns.</summary>
    public TimeSpan Time { get; } = time;

    /// <summary>The source's own number of it: a frame's sequence, a signal's version.</summary>
    public ulong Sequence { get; } = sequence;

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;
}
