using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The entry <c>NAME_header</c> of a channel in the C++ layout (spec zeroipc 2.11).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     4    capacity    0 = rendezvous; else that of the queue NAME_buffer
/// 0x04     4    senders     senders that wait (rendezvous)
/// 0x08     4    receivers   receivers that wait (rendezvous)
/// 0x0C     1    closed      0 or 1
/// 0x0D     3    padding
/// 0x10     8    send_seq    never used
/// 0x18     8    recv_seq    never used
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct ChannelHeader
{
    internal const int SizeBytes = 0x20;
    internal const int CapacityOffset = 0x00;
    internal const int SendersOffset = 0x04;
    internal const int ReceiversOffset = 0x08;
    internal const int ClosedOffset = 0x0C;

    /// <summary>Where the senders' turns are kept in the wait table: the key of a field that nobody uses.</summary>
    internal const int TurnKey = 0x10;
    internal const string Suffix = "_header";
    internal const string BufferSuffix = "_buffer";

    [FieldOffset(0x00)] internal uint Capacity;
    [FieldOffset(0x04)] internal uint Senders;
    [FieldOffset(0x08)] internal uint Receivers;
    [FieldOffset(0x0C)] internal byte Closed;
    [FieldOffset(0x0D)] internal PaddingBytes Padding0D;
    [FieldOffset(0x10)] internal ulong SendSeq;
    [FieldOffset(0x18)] internal ulong RecvSeq;

    [InlineArray(3)]
    internal struct PaddingBytes
    {
        private byte _first;
    }
}
