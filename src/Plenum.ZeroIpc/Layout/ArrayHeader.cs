using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of an array (spec zeroipc 2.1).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    capacity    elements
/// 0x08          data        capacity * element size
/// </code>
/// The C peer alone puts u64 elem_size at 0x08 and its data at 0x10.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct ArrayHeader
{
    internal const int SizeBytes = 0x08;
    internal const int DataOffset = 0x08;
    internal const int ForeignDataOffset = 0x10;

    [FieldOffset(0x00)] internal ulong Capacity;

    internal static long TotalBytes(long capacity, int elementSize) => checked(SizeBytes + (capacity * elementSize));
}
