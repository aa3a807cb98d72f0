using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The two control lines of a broadcast.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    position    values ever published; stored behind the last value of each batch
/// 0x08     8    claimed     the publisher may be writing values below this; stored before the first of each batch
/// 0x10   112    reserved
/// 0x80     8    publisher   process number of the publisher, 0 for none; it holds the kernel lock on this byte
/// 0x88     8    start_ticks its start time
/// 0x90     8    generation  counts the publishers
/// 0x98   104    reserved
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct BroadcastControl
{
    internal const int SizeBytes = 0x100;
    internal const int ClaimedOffset = 0x08;
    internal const int PublisherOffset = 0x80;
    internal const int StartTicksOffset = 0x88;
    internal const int GenerationOffset = 0x90;

    [FieldOffset(0x00)] internal ulong Position;
    [FieldOffset(0x08)] internal ulong Claimed;
    [FieldOffset(0x10)] internal Reserved10Bytes Reserved10;
    [FieldOffset(0x80)] internal ulong Publisher;
    [FieldOffset(0x88)] internal ulong StartTicks;
    [FieldOffset(0x90)] internal ulong Generation;
    [FieldOffset(0x98)] internal Reserved98Bytes Reserved98;

    [InlineArray(112)]
    internal struct Reserved10Bytes
    {
        private byte _first;
    }

    [InlineArray(104)]
    internal struct Reserved98Bytes
    {
        private byte _first;
    }
}
