using System.Buffers.Binary;
using System.Text;
using Plenum.Platform;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Segments of the format's version 1, in both shapes, made by hand.</summary>
public sealed class VersionOneTests
{
    [Theory]
    [InlineData(TableShape.VersionOneNarrow)]
    [InlineData(TableShape.VersionOneWide)]
    public void Table_OfVersionOne_IsRead(TableShape shape)
    {
        using TestMemory test = TestMemory.FromBytes(Image(shape));
        NameTable table = test.Memory.Table;

        Assert.Equal((shape, 1, true), (table.Shape, table.FormatVersion, test.Memory.IsReadOnly));
        Assert.Equal(["numbers", "queue"], table.Select(e => e.Name));
        Assert.Equal([8 + 12, 100], table.Select(e => e.SizeBytes));
        Assert.Equal(4_000, table.NextOffset);
    }

    [Theory]
    [InlineData(TableShape.VersionOneNarrow)]
    [InlineData(TableShape.VersionOneWide)]
    public void Array_OfVersionOne_IsReadAndNotWritten(TableShape shape)
    {
        using TestMemory test = TestMemory.FromBytes(Image(shape));

        SharedArray<int> array = SharedArray<int>.Open(test.Memory, "numbers");

        Assert.Equal([5, 6, 7], array);
        Assert.Equal([5, 6, 7], array.AsReadOnlySpan().ToArray());
        Assert.Equal(6, array.ReadAcquire(1));
        Assert.Throws<InvalidOperationException>(() => array[0] = 1);
        Assert.Throws<InvalidOperationException>(() => array.Add(0, 1));
        Assert.Throws<InvalidOperationException>(() => { _ = array.AsSpan(); });
        Assert.Throws<ArgumentOutOfRangeException>(() => array[3]);
    }

    [Theory]
    [InlineData(TableShape.VersionOneNarrow)]
    [InlineData(TableShape.VersionOneWide)]
    public void EverythingElse_OfVersionOne_IsRefusedByName(TableShape shape)
    {
        using TestMemory test = TestMemory.FromBytes(Image(shape));
        SharedMemory memory = test.Memory;

        Action[] attempts =
        [
            () => SharedQueue<int>.Open(memory, "queue"),
            () => SharedStack<int>.Open(memory, "queue"),
            () => SharedRing<int>.Open(memory, "queue"),
            () => SharedPool<int>.Open(memory, "queue"),
            () => SharedMap<int, int>.Open(memory, "queue"),
            () => SharedSet<int>.Open(memory, "queue"),
            () => memory.Table.Register("new", 8),
            () => SharedArray<int>.Create(memory, "new", 8),
        ];

        foreach (Action attempt in attempts)
        {
            var error = Assert.Throws<SegmentFormatException>(attempt);
            Assert.Contains("version 1", error.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Image(TableShape shape)
    {
        var bytes = new byte[8_192];
        bool narrow = shape == TableShape.VersionOneNarrow;
        Put32(bytes, 0, 0x5A49504D);
        Put32(bytes, 4, 1);
        Put32(bytes, 8, 2);
        if (narrow)
        {
            Put32(bytes, 12, 4_000);
        }
        else
        {
            Put32(bytes, 12, 64);
            Put64(bytes, 16, 8_192);
            Put64(bytes, 24, 4_000);
        }

        Entry(bytes, narrow, 0, "numbers", 3_600, 20);
        Entry(bytes, narrow, 1, "queue", 3_624, 100);
        Put64(bytes, 3_600, 3);
        Put32(bytes, 3_608, 5);
        Put32(bytes, 3_612, 6);
        Put32(bytes, 3_616, 7);
        return bytes;
    }

    private static void Entry(byte[] bytes, bool narrow, int index, string name, int offset, int size)
    {
        int at = narrow ? 16 + (40 * index) : 32 + (48 * index);
        Encoding.UTF8.GetBytes(name).CopyTo(bytes, at);
        if (narrow)
        {
            Put32(bytes, at + 32, (uint)offset);
            Put32(bytes, at + 36, (uint)size);
        }
        else
        {
            Put64(bytes, at + 32, (ulong)offset);
            Put64(bytes, at + 40, (ulong)size);
        }
    }

    private static void Put32(byte[] bytes, int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Put64(byte[] bytes, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
}
