using System.Runtime.InteropServices;

namespace Plenum.VoidShm.Layout;

/// <summary>The tear-free trailer of our own writers, behind the payload at the next multiple of 64.</summary>
/// <remarks>
/// <code>
/// offset  size  field             written by
/// 0x00    4     tag               creator   0x4C525456 = 'V','T','R','L'
/// 0x04    4     size              creator   192
/// 0x08    8     seq               writer    odd while the payload is being written
/// 0x10    8     t_write_ns        writer    CLOCK_MONOTONIC of the last write
/// 0x18    4     pid               creator
/// 0x1C    4     flags             creator   1 second buffer, 2 filled without asking, 4 the writer holds the role lock
/// 0x20    4     wake              writer    changes with every write; futex word
/// 0x24    4     reserved
/// 0x28    8     pid_start         creator   start ticks of the process
/// 0x30    8     second_offset     creator   second buffer, bytes from the start of the segment; 0 without one
/// 0x38    8     boot_id           creator   first 8 bytes of the kernel's boot id
/// 0x40    4     waiters           readers   1: somebody sleeps on wake; the writer clears it
/// 0x44    4     hold_us           readers   how long a filled second buffer should stay, microseconds
/// 0x48    8     ask_until_ns      readers   the second buffer is wanted until then (CLOCK_MONOTONIC)
/// 0x50    48    reserved
/// 0x80    8     second_seq        writer    odd while the second buffer is being filled
/// 0x88    8     second_epoch      writer
/// 0x90    8     second_frame      writer    0 while it was never filled
/// 0x98    8     second_t_write_ns writer
/// 0xA0    32    reserved
/// </code>
/// Fields of the writer, of the readers, and of the second buffer lie in cache lines of their own. Offsets are from the
/// trailer's start.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct TrailerV1
{
    internal const int SizeBytes = 0xC0;
    internal const uint TagValue = 0x4C525456;
    internal const int Alignment = 64;
    internal const uint FlagSecondBuffer = 1;
    internal const uint FlagAlwaysFilled = 2;
    internal const uint FlagRoleLock = 4;

    internal const int TagOffset = 0x00;
    internal const int SeqOffset = 0x08;
    internal const int WriteTimeOffset = 0x10;
    internal const int PidOffset = 0x18;
    internal const int WakeOffset = 0x20;
    internal const int SecondOffsetOffset = 0x30;
    internal const int WaitersOffset = 0x40;
    internal const int HoldOffset = 0x44;
    internal const int AskOffset = 0x48;
    internal const int SecondSeqOffset = 0x80;
    internal const int SecondEpochOffset = 0x88;
    internal const int SecondFrameOffset = 0x90;
    internal const int SecondTimeOffset = 0x98;

    [FieldOffset(0x00)] internal uint Tag;
    [FieldOffset(0x04)] internal uint Size;
    [FieldOffset(0x08)] internal ulong Seq;
    [FieldOffset(0x10)] internal ulong TWriteNs;
    [FieldOffset(0x18)] internal uint Pid;
    [FieldOffset(0x1C)] internal uint Flags;
    [FieldOffset(0x20)] internal uint Wake;
    [FieldOffset(0x24)] internal uint Reserved24;
    [FieldOffset(0x28)] internal ulong PidStart;
    [FieldOffset(0x30)] internal ulong SecondOffset;
    [FieldOffset(0x38)] internal ulong BootId;
    [FieldOffset(0x40)] internal uint Waiters;
    [FieldOffset(0x44)] internal uint HoldUs;
    [FieldOffset(0x48)] internal ulong AskUntilNs;
    [FieldOffset(0x50)] internal ReservedBytes48 Reserved50;
    [FieldOffset(0x80)] internal ulong SecondSeq;
    [FieldOffset(0x88)] internal ulong SecondEpoch;
    [FieldOffset(0x90)] internal ulong SecondFrame;
    [FieldOffset(0x98)] internal ulong SecondTWriteNs;
    [FieldOffset(0xA0)] internal ReservedBytes32 ReservedA0;

    /// <summary>Offset of the trailer behind a payload that ends at <paramref name="payloadEnd"/>.</summary>
    internal static long OffsetAfter(long payloadEnd) => (payloadEnd + Alignment - 1) / Alignment * Alignment;

    /// <summary>Offset of the second buffer behind the trailer.</summary>
    internal static long SecondBufferAfter(long trailerOffset) => trailerOffset + SizeBytes;

    [System.Runtime.CompilerServices.InlineArray(48)]
    internal struct ReservedBytes48
    {
        private byte _first;
    }

    [System.Runtime.CompilerServices.InlineArray(32)]
    internal struct ReservedBytes32
    {
        private byte _first;
    }
}
