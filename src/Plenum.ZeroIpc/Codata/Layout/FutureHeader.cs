using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a future (spec zeroipc 2.8).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     4    state            0 pending, 1 computing, 2 ready, 3 error
/// 0x04     4    waiters          processes that wait for it
/// 0x08     8    completion_time  ns of the monotonic clock (Python: µs since 1970)
/// 0x10          value            elem_size bytes
///        256    error            UTF-8, ends with NUL; directly behind the value, not aligned
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct FutureHeader
{
    internal const int SizeBytes = 0x10;
    internal const int StateOffset = 0x00;
    internal const int WaitersOffset = 0x04;
    internal const int TimeOffset = 0x08;
    internal const int ValueOffset = 0x10;

    [FieldOffset(0x00)] internal uint State;
    [FieldOffset(0x04)] internal uint Waiters;
    [FieldOffset(0x08)] internal ulong CompletionTime;

    /// <summary>Size as the Python package creates it.</summary>
    internal static long PackedBytes(int elementSize) => ValueOffset + elementSize + ErrorField.SizeBytes;

    /// <summary>Size as the C++ library creates it.</summary>
    internal static long TotalBytes(int elementSize) => StructureSize.Up(PackedBytes(elementSize), 8);
}
