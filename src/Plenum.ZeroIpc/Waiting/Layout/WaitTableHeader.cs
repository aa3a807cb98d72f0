using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plenum.ZeroIpc;

/// <summary>The first bytes of a wait table's file (docs/protocols/zeroipc-waiting.md).</summary>
/// <remarks>
/// <code>
/// offset  size  field
/// 0x00     8    magic          "PLENWAIT"
/// 0x08     4    version        1
/// 0x0C     4    site_count     a power of two
/// 0x10     8    device         of the ZeroIPC segment this table belongs to
/// 0x18     8    inode          of that segment
/// 0x20    16    boot_id        of the machine
/// 0x30     4    block_count    owner blocks
/// 0x34     4    reserved
/// 0x38     8    memory_size    bytes of this file
/// 0x40     4    blocks_used    highest block ever claimed, plus one; only grows
/// 0x44     4    reserved
/// 0x48     8    looked_at      when a process last asked which owners of blocks are dead, CLOCK_MONOTONIC
/// 0x50    16    dead[2]        what it found: bit b%128 = block b has records and a dead owner
/// 0x60   160    reserved
/// </code>
/// Everything above blocks_used is written before the file gets its name and never changes.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct WaitTableHeader
{
    internal const int SizeBytes = 0x100;
    internal const ulong MagicValue = 0x5449_4157_4E45_4C50;
    internal const uint VersionValue = 1;

    [FieldOffset(0x00)] internal ulong Magic;
    [FieldOffset(0x08)] internal uint Version;
    [FieldOffset(0x0C)] internal uint SiteCount;
    [FieldOffset(0x10)] internal ulong Device;
    [FieldOffset(0x18)] internal ulong Inode;
    [FieldOffset(0x20)] internal Guid BootId;
    [FieldOffset(0x30)] internal uint BlockCount;
    [FieldOffset(0x34)] internal uint Reserved34;
    [FieldOffset(0x38)] internal ulong MemorySize;
    [FieldOffset(0x40)] internal uint BlocksUsed;
    [FieldOffset(0x44)] internal uint Reserved44;
    [FieldOffset(0x48)] internal ulong LookedAt;
    [FieldOffset(0x50)] internal UInt128 Dead;
    [FieldOffset(0x60)] internal ReservedBytes Reserved60;

    /// <summary>Bytes of a table with so many sites and blocks.</summary>
    internal static long TotalBytes(uint siteCount, uint blockCount) =>
        SizeBytes + ((long)siteCount * WaitSiteLayout.SizeBytes) + ((long)blockCount * OwnerBlockLayout.SizeBytes);

    [InlineArray(160)]
    internal struct ReservedBytes
    {
        private byte _first;
    }
}
