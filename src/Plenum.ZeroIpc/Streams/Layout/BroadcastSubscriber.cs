using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>One subscriber of a broadcast; a line of its own.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    cursor        the next value it will read; stored by the subscriber
/// 0x08     4    state         0 free, 1 active, 2 evicted
/// 0x0C     4    policy        0 gate, 1 drop-oldest, 2 evict
/// 0x10     8    process_id    it holds the kernel lock on the first byte of this line
/// 0x18     8    start_ticks
/// 0x20     8    lost          values it found overwritten
/// 0x28     8    evict_ns      for how long it may hold the publisher up; 0 for ever
/// 0x30     8    joined        the position when it joined
/// 0x38     8    generation    counts the users of this line
/// 0x40    64    reserved
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct BroadcastSubscriber
{
    internal const int SizeBytes = 0x80;
    internal const int StateOffset = 0x08;
    internal const int PolicyOffset = 0x0C;
    internal const int ProcessOffset = 0x10;
    internal const int StartTicksOffset = 0x18;
    internal const int LostOffset = 0x20;
    internal const int EvictOffset = 0x28;
    internal const int JoinedOffset = 0x30;
    internal const int GenerationOffset = 0x38;
    internal const uint Free = 0;
    internal const uint Active = 1;
    internal const uint Evicted = 2;

    [FieldOffset(0x00)] internal ulong Cursor;
    [FieldOffset(0x08)] internal uint State;
    [FieldOffset(0x0C)] internal uint Policy;
    [FieldOffset(0x10)] internal ulong ProcessId;
    [FieldOffset(0x18)] internal ulong StartTicks;
    [FieldOffset(0x20)] internal ulong Lost;
    [FieldOffset(0x28)] internal ulong EvictNanoseconds;
    [FieldOffset(0x30)] internal ulong Joined;
    [FieldOffset(0x38)] internal ulong Generation;
    [FieldOffset(0x40)] internal ReservedBytes Reserved40;

    [InlineArray(64)]
    internal struct ReservedBytes
    {
        private byte _first;
    }
}
