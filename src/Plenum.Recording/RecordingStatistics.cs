namespace Plenum.Recording;

/// <summary>What a writer did so far.</summary>
/// <param name="Items">Data items accepted; metadata does not count.</param>
/// <param name="DataBytes">Bytes of all items accepted, without headers.</param>
/// <param name="Lost">Items dropped, of any kind, because the queue was full for longer than the writer may
/// wait.</param>
/// <param name="LongestWait">The longest time that one call waited for the disk.</param>
public readonly record struct RecordingStatistics(long Items, long DataBytes, long Lost, TimeSpan LongestWait);
