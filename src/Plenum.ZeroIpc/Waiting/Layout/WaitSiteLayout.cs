using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>One wait site: what the waiters of one field of the ZeroIPC segment share.</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    key            offset of the field in the ZeroIPC segment; 0 = free. Written once
/// 0x08     4    sequence       futex word of the waiters that wait for any change; every wake adds 1
/// 0x0C     4    waiters        how many sleep, or are about to, on sequence
/// 0x10     4    next_ticket    the ticket the next queued waiter takes
/// 0x14     4    sleepers       bit t%32 = the owner of ticket t sleeps, or is about to, on its gate
/// 0x18     8    line           low half: the ticket being served; high half: bit t%32 = ticket t was given up
/// 0x20    32    gate[8]        futex words of queued waiters: ticket t sleeps on gate[t%8]
/// 0x40     8    holder         who has the turn, in the structure's own encoding (channel: block + 1 and its
///                              generation; stream: process number * 2^40 + start ticks); 0 = nobody
/// 0x48     8    front          low half: a ticket; high half: 1 = its owner is awake, else until when it is
///                              on its way up
/// 0x50    48    reserved
/// </code>
/// Two cache lines, so that neighbouring prefetch does not couple two sites.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct WaitSiteLayout
{
    internal const int SizeBytes = 0x80;
    internal const int GateCount = 8;
    internal const uint MaxTickets = 32;

    [FieldOffset(0x00)] internal ulong Key;
    [FieldOffset(0x08)] internal uint Sequence;
    [FieldOffset(0x0C)] internal uint Waiters;
    [FieldOffset(0x10)] internal uint NextTicket;
    [FieldOffset(0x14)] internal uint Sleepers;
    [FieldOffset(0x18)] internal ulong Line;
    [FieldOffset(0x20)] internal GateWords Gate;
    [FieldOffset(0x40)] internal ulong Holder;
    [FieldOffset(0x48)] internal ulong Front;
    [FieldOffset(0x50)] internal ReservedBytes Reserved50;

    [InlineArray(GateCount)]
    internal struct GateWords
    {
        private uint _first;
    }

    [InlineArray(48)]
    internal struct ReservedBytes
    {
        private byte _first;
    }
}
