namespace Plenum.ZeroBuffer;

/// <summary>What one end of a buffer has done so far.</summary>
/// <param name="Frames">Frames read or written.</param>
/// <param name="Bytes">Their data in bytes, without headers.</param>
/// <param name="Waits">Operations that found the buffer empty (reader) or full (writer) and had to wait.</param>
/// <param name="Wraps">Returns to the start of the ring.</param>
public readonly record struct BufferStatistics(long Frames, long Bytes, long Waits, long Wraps);
