using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The entry <c>NAME_sync</c> of a channel in the Python layout; the queue lies under the bare name.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     4    sender_waiting
/// 0x04     4    receiver_waiting
/// 0x08     4    closed
/// 0x0C     4    capacity            as asked for; 0 = rendezvous
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct PythonChannelSync
{
    internal const int SizeBytes = 0x10;
    internal const int SendersOffset = 0x00;
    internal const int ReceiversOffset = 0x04;
    internal const int ClosedOffset = 0x08;
    internal const int CapacityOffset = 0x0C;
    internal const string Suffix = "_sync";

    [FieldOffset(0x00)] internal uint SenderWaiting;
    [FieldOffset(0x04)] internal uint ReceiverWaiting;
    [FieldOffset(0x08)] internal uint Closed;
    [FieldOffset(0x0C)] internal uint Capacity;
}
