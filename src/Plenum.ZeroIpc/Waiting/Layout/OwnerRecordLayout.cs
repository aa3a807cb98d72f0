using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>One owner record: what its process holds, claims or waits for.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    claim    bits 0-47: offset of the field; 48-55: state; 56-63: kind. 0 = free
/// 0x08     8    aux      belongs to the kind: ticket, generation, slot, number of counts
/// 0x10    48    reserved one cache line each, so that two threads' locks do not share one
/// </code>
/// One word says everything that recovery relies on, so a record is never half written.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct OwnerRecordLayout
{
    internal const int SizeBytes = 0x40;

    [FieldOffset(0x00)] internal ulong Claim;
    [FieldOffset(0x08)] internal ulong Aux;
    [FieldOffset(0x10)] internal ReservedBytes Reserved10;

    [InlineArray(48)]
    internal struct ReservedBytes
    {
        private byte _first;
    }
}
