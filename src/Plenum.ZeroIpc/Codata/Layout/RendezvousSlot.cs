using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The entry <c>NAME_slot</c> of a rendezvous channel (spec zeroipc 2.11).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     1    ready       1 = a value is offered
/// 0x01     1    consumed    1 = the last value was taken
///               value       aligned as its type, at 2 or behind
/// </code>
/// The size is rounded up to the alignment of the type.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct RendezvousSlot
{
    internal const int SizeBytes = 2;
    internal const int ReadyOffset = 0;
    internal const int ConsumedOffset = 1;
    internal const string Suffix = "_slot";

    [FieldOffset(0x00)] internal byte Ready;
    [FieldOffset(0x01)] internal byte Consumed;

    internal static int ValueOffset(int alignment) => (int)StructureSize.Up(SizeBytes, alignment);

    internal static long TotalBytes(int elementSize, int alignment) =>
        StructureSize.Up(ValueOffset(alignment) + elementSize, alignment);
}
