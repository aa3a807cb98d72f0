using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>One block of owner records; it belongs to one attached process while that holds the block's kernel
/// lock.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    process_id     in the owner's pid namespace: for people; the kernel lock tells whether it lives
/// 0x08     8    start_ticks    start time of that process
/// 0x10     8    generation     counts the owners this block had
/// 0x18    40    reserved
/// 0x40   960    record[15]     64 bytes each
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct OwnerBlockLayout
{
    internal const int SizeBytes = 0x400;
    internal const int RecordCount = 15;

    [FieldOffset(0x00)] internal ulong ProcessId;
    [FieldOffset(0x08)] internal ulong StartTicks;
    [FieldOffset(0x10)] internal ulong Generation;
    [FieldOffset(0x18)] internal ReservedBytes Reserved18;
    [FieldOffset(0x40)] internal RecordArray Records;

    [InlineArray(40)]
    internal struct ReservedBytes
    {
        private byte _first;
    }

    [InlineArray(RecordCount)]
    internal struct RecordArray
    {
        private OwnerRecordLayout _first;
    }
}
