namespace Plenum.Recording;

/// <summary>How a recording is written. Immutable.</summary>
public sealed record RecordingWriterOptions
{
    /// <summary>Most bytes that wait in memory for the disk. A single item larger than that is taken when nothing else
    /// waits.</summary>
    public long QueueBytes { get; init; } = 128L << 20;

    /// <summary>Items are collected into blocks of about this size; one checksum and one write to the file each. An
    /// item that is larger gets a block of its own.</summary>
    public int BlockBytes { get; init; } = 1 << 20;

    /// <summary>How long an item may wait in memory for its block to fill. What a killed recorder loses is at most this
    /// and what the disk did not take yet.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long adding an item may wait when the queue is full; then the item is dropped and counted. Zero
    /// drops at once, <see cref="Timeout.InfiniteTimeSpan"/> never drops.</summary>
    public TimeSpan MaximumWait { get; init; } = Timeout.InfiniteTimeSpan;
}
