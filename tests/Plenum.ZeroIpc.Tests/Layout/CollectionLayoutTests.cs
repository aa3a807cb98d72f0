namespace Plenum.ZeroIpc.Tests;

/// <summary>Sizes and offsets typed again from the specification, compared with what lies in memory.</summary>
public sealed class CollectionLayoutTests
{
    [Fact]
    public void Header_OfANewSegment_HasTheSpecifiedFields()
    {
        using TestMemory test = TestMemory.Create(65_536, 10);
        byte[] bytes = test.Bytes();

        Assert.Equal([0x4D, 0x50, 0x49, 0x5A], bytes[..4]);
        Assert.Equal([2, 0, 10], new[] { U32(bytes, 4), U32(bytes, 8), U32(bytes, 12) });
        Assert.Equal([65_536, 32 + 480], new[] { U64(bytes, 16), U64(bytes, 24) });
    }

    [Fact]
    public void Entry_OfTheTable_Takes48Bytes()
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.Table.Register("a", 1);
        test.Memory.Table.Register("béta", 5);
        byte[] bytes = test.Bytes();

        Assert.Equal(2u, U32(bytes, 8));
        Assert.Equal("a\0"u8.ToArray(), bytes[0x20..0x22]);
        Assert.Equal([0xC20, 1], new[] { U64(bytes, 0x40), U64(bytes, 0x48) });
        Assert.Equal("béta\0"u8.ToArray(), bytes[0x50..0x56]);
        Assert.Equal([0xC28, 5], new[] { U64(bytes, 0x70), U64(bytes, 0x78) });
        Assert.Equal(0xC2DUL, U64(bytes, 24));
    }

    [Fact]
    public void Queue_OfFiveBytes_HasItsSequencesAlignedBehindTheData()
    {
        using TestMemory test = TestMemory.Create();
        SharedQueue<Five> queue = SharedQueue<Five>.Create(test.Memory, "q", 4);
        byte[] bytes = test.Bytes();

        Assert.Equal(16 + 24 + 16, queue.Entry.SizeBytes);
        Assert.Equal([0, 0, 4, 5], Words(bytes, 0xC20, 4));
        Assert.Equal([0, 1, 2, 3], Words(bytes, 0xC20 + 16 + 24, 4));
    }

    [Fact]
    public void Stack_OfThree_HasItsStatesAlignedBehindTheData()
    {
        using TestMemory test = TestMemory.Create();
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "s", 3);
        Assert.Equal(2, stack.TryPush([7, 8]));
        byte[] bytes = test.Bytes();

        Assert.Equal(16 + 16 + 12, stack.Entry.SizeBytes);
        Assert.Equal([1, 3, 4, 0, 7, 8, 0, 0, 2, 2, 0], Words(bytes, 0xC20, 11));
    }

    [Fact]
    public void Ring_OfTwoDoubles_HasAHeaderOf24Bytes()
    {
        using TestMemory test = TestMemory.Create();
        SharedRing<double> ring = SharedRing<double>.Create(test.Memory, "r", 2);
        Assert.True(ring.TryWrite(1.0));
        byte[] bytes = test.Bytes();

        Assert.Equal(40, ring.Entry.SizeBytes);
        Assert.Equal([8, 0, 0, 0, 16, 8, 0, 0x3FF0_0000], Words(bytes, 0xC20, 8));
    }

    [Fact]
    public void Pool_OfBytes_HasNodesOfEightBytes()
    {
        using TestMemory test = TestMemory.Create();
        SharedPool<byte> pool = SharedPool<byte>.Create(test.Memory, "p", 2);
        byte[] bytes = test.Bytes();

        Assert.Equal(24 + 16, pool.Entry.SizeBytes);
        Assert.Equal([0, 0, 0, 0, 2, 1, 0, 1, 0, 0xFFFF_FFFF], Words(bytes, 0xC20, 10));
        Assert.Equal(24 + (2 * 16), SharedPool<double>.Create(test.Memory, "d", 2).Entry.SizeBytes);
        Assert.Equal(24 + (2 * 16), SharedPool<Point>.Create(test.Memory, "t", 2).Entry.SizeBytes);
        Assert.Equal(24 + (2 * 32), SharedPool<ThreeDoubles>.Create(test.Memory, "z", 2).Entry.SizeBytes);
    }

    [Theory]
    [InlineData(4, 4, 4, 4, 12, 4, 8)]
    [InlineData(4, 4, 8, 8, 16, 4, 8)]
    [InlineData(4, 4, 2, 2, 12, 4, 8)]
    [InlineData(4, 4, 1, 1, 12, 4, 8)]
    [InlineData(2, 2, 2, 2, 8, 4, 6)]
    [InlineData(8, 8, 8, 8, 24, 8, 16)]
    [InlineData(8, 8, 4, 4, 24, 8, 16)]
    [InlineData(8, 8, 1, 1, 24, 8, 16)]
    [InlineData(1, 1, 8, 8, 16, 4, 8)]
    [InlineData(1, 1, 1, 1, 8, 4, 5)]
    [InlineData(12, 4, 4, 4, 20, 4, 16)]
    public void MapSlot_OfTheseSizes_HasTheSpecifiedOffsets(
        int keySize, int keyAlignment, int valueSize, int valueAlignment, int stride, int key, int value)
    {
        SlotLayout slot = SlotLayout.Native(keySize, keyAlignment, valueSize, valueAlignment);

        Assert.Equal((key, value, stride), (slot.KeyOffset, slot.ValueOffset, slot.Stride));
    }

    [Theory]
    [InlineData(4, 4, 8, 16)]
    [InlineData(4, 8, 8, 16)]
    [InlineData(8, 8, 12, 24)]
    [InlineData(1, 1, 5, 8)]
    public void MapSlot_InThePythonLayout_IsPacked(int keySize, int valueSize, int value, int stride)
    {
        SlotLayout slot = SlotLayout.Packed(keySize, valueSize);

        Assert.Equal((4, value, stride), (slot.KeyOffset, slot.ValueOffset, slot.Stride));
    }

    [Fact]
    public void Hash_OfIntegers_IsThatOfThePeers()
    {
        Assert.Equal(2654435761UL, KeyTraits<int>.Hash(1, HashLayout.Native));
        Assert.Equal(111486301962UL, KeyTraits<int>.Hash(42, HashLayout.Native));
        Assert.Equal(18446744071055115855UL, KeyTraits<int>.Hash(-1, HashLayout.Native));
        Assert.Equal(18446744071055115855UL, KeyTraits<sbyte>.Hash(-1, HashLayout.Native));
        Assert.Equal(255 * 2654435761UL, KeyTraits<byte>.Hash(255, HashLayout.Native));
        Assert.Equal(2654435761UL, KeyTraits<bool>.Hash(true, HashLayout.Native));
        Assert.Equal(65 * 2654435761UL, KeyTraits<char>.Hash('A', HashLayout.Native));
    }

    [Fact]
    public void Hash_OfEverythingElse_IsThatOfThePeers()
    {
        Assert.Equal(8386164645967068059UL, KeyTraits<double>.Hash(1.0, HashLayout.Native));
        Assert.Equal(17606749225356372073UL, KeyTraits<double>.Hash(0.0, HashLayout.Native));
        Assert.Equal(1707563596781915746UL, KeyTraits<double>.Hash(-0.0, HashLayout.Native));
        Assert.Equal(5464867211497793177UL, KeyTraits<double>.Hash(3.14, HashLayout.Native));
        Assert.Equal(6045349164495482701UL, KeyTraits<float>.Hash(1.0f, HashLayout.Native));
        Assert.Equal(3959204971145997586UL, KeyTraits<Point>.Hash(new Point(1, 2, 3), HashLayout.Native));
    }

    [Fact]
    public void Equality_OfFloatingPoint_IsThatOfNumbers()
    {
        Assert.True(KeyTraits<double>.AreEqual(0.0, -0.0));
        Assert.False(KeyTraits<double>.AreEqual(double.NaN, double.NaN));
        Assert.True(KeyTraits<float>.AreEqual(0.0f, -0.0f));
        Assert.True(KeyTraits<Point>.AreEqual(new Point(1, 2, 3), new Point(1, 2, 3)));
        Assert.False(KeyTraits<Point>.AreEqual(new Point(1, 2, 3), new Point(1, 2, 4)));
    }

    private static uint U32(byte[] bytes, int at) => BitConverter.ToUInt32(bytes, at);

    private static ulong U64(byte[] bytes, int at) => BitConverter.ToUInt64(bytes, at);

    private static uint[] Words(byte[] bytes, int at, int count) =>
        [.. Enumerable.Range(0, count).Select(i => U32(bytes, at + (4 * i)))];

    [System.Runtime.CompilerServices.InlineArray(5)]
    private struct Five
    {
        private byte _first;
    }

    private record struct ThreeDoubles(double A, double B, double C);
}
