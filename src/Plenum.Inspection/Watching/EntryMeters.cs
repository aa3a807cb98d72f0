using System.Buffers.Binary;
using Plenum.Inspection.ZeroIpc;

namespace Plenum.Inspection.Watching;

/// <summary>Which words of a structure's first 64 bytes count what, by kind (spec zeroipc 2). A new kind is one line in
/// the table.</summary>
internal static class EntryMeters
{
    /// <summary>Bytes of an entry that a meter may look at.</summary>
    internal const int HeadBytes = 64;

    private static readonly Dictionary<string, Func<byte[], long, EntryReading>> s_meters =
        new(StringComparer.Ordinal)
        {
            ["queue"] = static (b, size) => Queue(b),
            ["channel"] = static (b, size) => size == 32 ? Idle() : Queue(b),
            ["ring"] = static (b, size) => Ring(b),
            ["stream"] = static (b, size) => size == 56
                ? new EntryReading(U64(b, 0), null, null, U32(b, 16), 64) : new EntryReading(U64(b, 0), null, null,
                    null, 64),
            ["stack"] = static (b, size) => new EntryReading(
                0, null, Math.Max(0, (long)(int)U32(b, 0) + 1), U32(b, 4), 0),
            ["map"] = static (b, size) => new EntryReading(0, null, U32(b, 0), U32(b, 4), 0),
            ["set"] = static (b, size) => new EntryReading(0, null, U32(b, 0), U32(b, 4), 0),
            ["pool"] = static (b, size) => new EntryReading(U64(b, 0) >> 32, null, U32(b, 8), U32(b, 16), 32),
            ["signal"] = static (b, size) => size >= 9 ? new EntryReading(U64(b, 0), null, null, null, 64) : Idle(),
            ["barrier"] = static (b, size) => new EntryReading(U32(b, 4), null, U32(b, 0), U32(b, 8), 32),
            [BroadcastKind.Name] = static (b, size) => new EntryReading(0, null, null, U32(b, 16), 0),
            ["lazy"] = static (b, size) => Idle(),
        };

    /// <summary>Takes a reading; a kind without a meter only has its bytes compared.</summary>
    internal static EntryReading Read(string kind, byte[] head, long sizeBytes) =>
        s_meters.TryGetValue(kind, out Func<byte[], long, EntryReading>? meter) ? meter(head, sizeBytes) : Idle();

    private static EntryReading Idle() => new(0, null, null, null, 0);

    private static EntryReading Queue(byte[] b)
    {
        uint head = U32(b, 0);
        uint tail = U32(b, 4);
        return new EntryReading(tail, head, unchecked(tail - head), U32(b, 8), 32, U32(b, 12));
    }

    private static EntryReading Ring(byte[] b)
    {
        uint element = Math.Max(1, U32(b, 20));
        ulong written = U64(b, 0) / element;
        ulong read = U64(b, 8) / element;
        return new EntryReading(
            written, read, (long)Math.Min(written > read ? written - read : 0, long.MaxValue), U32(b, 16) / element, 64,
            element);
    }

    private static uint U32(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static ulong U64(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset));
}
