namespace Plenum.ZeroIpc.Tests;

/// <summary>Images written by foreign implementations, decoded value by value.</summary>
public sealed class GoldenDecodeTests
{
    [Theory]
    [InlineData("cpp_table_empty")]
    [InlineData("py_table_empty")]
    public void Table_Empty_HasNoEntries(string file)
    {
        using TestMemory golden = TestMemory.Golden(file);
        NameTable table = golden.Memory.Table;

        Assert.Empty(table);
        Assert.Equal(64, table.Capacity);
        Assert.Equal(2, table.FormatVersion);
        Assert.Equal(65_536, table.MemorySizeBytes);
        Assert.Equal(0xC20, table.NextOffset);
        Assert.Equal(65_536 - 0xC20, table.FreeBytes);
    }

    [Fact]
    public void Table_Small_HasFourEntriesOfTheirSizes()
    {
        using TestMemory golden = TestMemory.Golden("cpp_table_small");
        NameTable table = golden.Memory.Table;

        Assert.Equal(4, table.Capacity);
        Assert.Equal(0xFC, table.NextOffset);
        Assert.Equal(
            [new("e0", 0xE0, 1), new("e1", 0xE8, 2), new("e2", 0xF0, 3), new("e3", 0xF8, 4)],
            table.ToArray<SharedEntry>());
        var full = Assert.Throws<SegmentFullException>(() => table.Register("e4", 1));
        Assert.Equal(0, full.FreeEntries);
    }

    [Theory]
    [InlineData("cpp_array")]
    [InlineData("py_array")]
    public void Array_AllElements_AreThoseOfTheRecipe(string file)
    {
        using TestMemory golden = TestMemory.Golden(file);
        SharedMemory memory = golden.Memory;

        Assert.Equal(Enumerable.Range(0, 10).Select(i => 20f + (0.5f * i)), SharedArray<float>.Open(memory, "temps"));
        Assert.Equal(new byte[] { 1, 2, 255 }, SharedArray<byte>.Open(memory, "bytes"));
        Assert.Equal(11, memory.Table.Find("bytes").SizeBytes);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => (i * i) - 3), SharedArray<int>.Open(memory, "ints"));
        Assert.Equal([3.25, -1, 1e300, 0.1], SharedArray<double>.Open(memory, "doubles"));
        if (file == "cpp_array")
        {
            Assert.Equal([new Point(1, 2, 3), new Point(4, 5, 6)], SharedArray<Point>.Open(memory, "points"));
            Assert.Equal([-1, long.MinValue], SharedArray<long>.Open(memory, "longs"));
        }
    }

    [Fact]
    public void Array_OfGo_HasTheElementsOfTheRecipe()
    {
        using TestMemory golden = TestMemory.Golden("go_array");

        Assert.Equal(Enumerable.Range(0, 10).Select(i =>
            20f + (0.5f * i)), SharedArray<float>.Open(golden.Memory, "temps"));
        Assert.Equal(new byte[] { 1, 2, 255 }, SharedArray<byte>.Open(golden.Memory, "bytes"));
    }

    [Fact]
    public void Array_OfC_IsRefusedByName()
    {
        using TestMemory golden = TestMemory.Golden("c_array");

        var error = Assert.Throws<Platform.SegmentFormatException>(() =>
            SharedArray<float>.Open(golden.Memory, "temps"));

        Assert.Contains("C peer", error.Message, StringComparison.Ordinal);
        Assert.Throws<Platform.SegmentFormatException>(() => SharedArray<byte>.Open(golden.Memory, "bytes"));
    }

    [Theory]
    [InlineData("cpp_queue")]
    [InlineData("py_queue")]
    public void Queue_AllOfThem_HoldWhatTheRecipeSays(string file)
    {
        using TestMemory golden = TestMemory.Golden(file);
        SharedMemory memory = golden.Memory;

        SharedQueue<int> queue = SharedQueue<int>.Open(memory, "q_i32");
        Assert.Equal(8, queue.Capacity);
        Assert.Equal([30, 40, 50], queue);
        Assert.Equal(new byte[] { 7, 8 }, SharedQueue<byte>.Open(memory, "q_u8"));
        SharedQueue<double> full = SharedQueue<double>.Open(memory, "q_f64");
        Assert.Equal([0.5, 1.5, 2.5, 3.5], full);
        Assert.False(full.TryEnqueue(4.5));
        Assert.Equal([109, 110], SharedQueue<int>.Open(memory, "q_wrap"));
        Assert.Equal(16, SharedQueue<int>.Open(memory, "q_empty").Capacity);
        Assert.False(SharedQueue<int>.Open(memory, "q_empty").TryDequeue(out _));
        if (file == "py_queue")
        {
            return;
        }

        SharedQueue<int> wrapped = SharedQueue<int>.Open(memory, "q_2to32");
        Assert.True(wrapped.TryDequeue(out int four));
        Assert.True(wrapped.TryDequeue(out int five));
        Assert.Equal((4, 5), (four, five));
        Assert.False(wrapped.TryDequeue(out _));
    }

    [Theory]
    [InlineData("c_queue")]
    [InlineData("go_queue")]
    public void Queue_OfCAndGo_HoldsWhatTheRecipeSays(string file)
    {
        using TestMemory golden = TestMemory.Golden(file);

        SharedQueue<int> queue = SharedQueue<int>.Open(golden.Memory, "q_i32");

        Assert.Equal([30, 40, 50], queue);
        Assert.True(queue.TryPeek(out int oldest));
        Assert.Equal(30, oldest);
    }

    [Theory]
    [InlineData("cpp_stack")]
    [InlineData("py_stack")]
    public void Stack_AllOfThem_HoldWhatTheRecipeSays(string file)
    {
        using TestMemory golden = TestMemory.Golden(file);
        SharedMemory memory = golden.Memory;

        SharedStack<int> stack = SharedStack<int>.Open(memory, "s_i32");
        Assert.Equal(5, stack.Capacity);
        Assert.Equal([33, 22, 11], stack);
        Assert.Equal(new byte[] { 7, 6, 5 }, SharedStack<byte>.Open(memory, "s_u8"));
        Assert.False(SharedStack<byte>.Open(memory, "s_u8").TryPush(8));
        Assert.Equal([1.5], SharedStack<double>.Open(memory, "s_f64"));
        Assert.Empty(SharedStack<int>.Open(memory, "s_empty"));
    }

    [Fact]
    public void Stack_WithADeadPusher_FailsToPopAndKeepsWorkingAbove()
    {
        using TestMemory golden = TestMemory.Golden("cpp_stack");
        SharedStack<int> stack = SharedStack<int>.Open(golden.Memory, "s_stuck");

        Assert.False(stack.TryPop(out _));
        Assert.Equal(2, stack.Count);
        Assert.True(stack.TryPush(3));
        Assert.True(stack.TryPop(out int three));
        Assert.Equal(3, three);
    }

    [Theory]
    [InlineData("c_stack")]
    [InlineData("go_stack")]
    public void Stack_OfCAndGo_HoldsWhatTheRecipeSays(string file)
    {
        using TestMemory golden = TestMemory.Golden(file);

        SharedStack<int> stack = SharedStack<int>.Open(golden.Memory, "s_i32");

        Assert.True(stack.TryPeek(out int top));
        Assert.Equal(33, top);
        Assert.Equal([33, 22, 11], stack);
    }

    [Fact]
    public void Map_OfCpp_HoldsWhatTheRecipeSays()
    {
        using TestMemory golden = TestMemory.Golden("cpp_map");
        SharedMemory memory = golden.Memory;

        AssertMap(SharedMap<int, double>.Open(memory, "m_i32_f64"), (1, 1.75), (-1, 3.0), (9, 9), (17, 17));
        Assert.False(SharedMap<int, double>.Open(memory, "m_i32_f64").ContainsKey(42));
        AssertMap(SharedMap<long, long>.Open(memory, "m_i64_i64"), (5, 50), (-7, -70), (1L << 40, 99));
        AssertMap(SharedMap<int, int>.Open(memory, "m_i32_i32"), (3, 30), (19, 190), (27, 270));
        Assert.False(SharedMap<int, int>.Open(memory, "m_i32_i32").ContainsKey(11));
        AssertMap(SharedMap<double, int>.Open(memory, "m_f64_i32"), (3.14, 314), (1.0, 1), (0.0, 0));
        AssertMap(SharedMap<Point, uint>.Open(memory, "m_p12_u32"), (new Point(1, 2, 3), 123u));
        AssertMap(SharedMap<byte, byte>.Open(memory, "m_u8_u8"), ((byte)1, (byte)2), ((byte)200, (byte)100));
        SharedMap<int, int> full = SharedMap<int, int>.Open(memory, "m_full");
        AssertMap(full, (0, 0), (4, 1), (8, 2), (12, 3));
        Assert.False(full.TrySet(16, 4));
        Assert.True(full.TrySet(8, 5));
    }

    [Fact]
    public void Map_OfPython_HoldsWhatTheRecipeSaysInThePythonLayout()
    {
        using TestMemory golden = TestMemory.Golden("py_map");
        SharedMemory memory = golden.Memory;

        AssertMap(
            SharedMap<int, double>.Open(memory, "m_i32_f64", HashLayout.Python), (1, 1.75), (-1, 3.0), (9, 9), (17,
            17));
        AssertMap(SharedMap<long, long>.Open(memory, "m_i64_i64", HashLayout.Python), (5, 50), (-7, -70), (1L << 40,
            99));
        AssertMap(SharedMap<int, int>.Open(memory, "m_i32_i32", HashLayout.Python), (3, 30), (19, 190), (27, 270));
        AssertMap(SharedMap<byte, byte>.Open(memory, "m_u8_u8", HashLayout.Python), ((byte)1, (byte)2), ((byte)200,
            (byte)100));
        AssertMap(SharedMap<byte, byte>.Open(memory, "m_u8_u8"), ((byte)1, (byte)2), ((byte)200, (byte)100));
    }

    [Theory]
    [InlineData("m_i32_i32")]
    [InlineData("m_i32_f64")]
    public void Map_OfPython_IsRefusedByNameInTheNativeLayout(string entry)
    {
        using TestMemory golden = TestMemory.Golden("py_map");

        var error = Assert.Throws<Platform.SegmentFormatException>(() =>
        {
            if (entry == "m_i32_i32")
            {
                SharedMap<int, int>.Open(golden.Memory, entry);
            }
            else
            {
                SharedMap<int, double>.Open(golden.Memory, entry);
            }
        });

        Assert.Contains("Python", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_OfCpp_IsRefusedByNameInThePythonLayout()
    {
        using TestMemory golden = TestMemory.Golden("cpp_map");

        var error = Assert.Throws<Platform.SegmentFormatException>(
            () => SharedMap<int, double>.Open(golden.Memory, "m_i32_f64", HashLayout.Python));

        Assert.Contains("C++", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_OfCpp_HoldsWhatTheRecipeSays()
    {
        using TestMemory golden = TestMemory.Golden("cpp_set");
        SharedMemory memory = golden.Memory;

        AssertSet(SharedSet<int>.Open(memory, "s_i32"), 1, -5, 17);
        Assert.False(SharedSet<int>.Open(memory, "s_i32").Contains(9));
        AssertSet(SharedSet<long>.Open(memory, "s_i64"), 123456789012, -2);
        AssertSet(SharedSet<double>.Open(memory, "s_f64"), 2.5);
        AssertSet(SharedSet<byte>.Open(memory, "s_u8"), (byte)7);
    }

    [Fact]
    public void Set_OfPython_IsReadInItsLayoutAndRefusedByNameOtherwise()
    {
        using TestMemory golden = TestMemory.Golden("py_set");
        SharedMemory memory = golden.Memory;

        AssertSet(SharedSet<int>.Open(memory, "s_i32", HashLayout.Python), 1, -5, 17);
        AssertSet(SharedSet<long>.Open(memory, "s_i64", HashLayout.Python), 123456789012, -2);
        AssertSet(SharedSet<byte>.Open(memory, "s_u8", HashLayout.Python), (byte)7);
        var error = Assert.Throws<Platform.SegmentFormatException>(() => SharedSet<int>.Open(memory, "s_i32"));
        Assert.Contains("Python", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpp_pool")]
    [InlineData("py_pool")]
    public void Pool_AllOfThem_HoldWhatTheRecipeSays(string file)
    {
        using TestMemory golden = TestMemory.Golden(file);
        SharedMemory memory = golden.Memory;

        SharedPool<int> pool = SharedPool<int>.Open(memory, "p_i32");
        Assert.Equal((4, 2), (pool.Capacity, pool.AllocatedCount));
        Assert.Equal([1, 3], pool.FreeNodes());
        Assert.Equal([11, 22, 33], new[] { pool[0], pool[1], pool[2] });
        Assert.True(pool.TryAllocate(out int node));
        Assert.Equal(1, node);
        Assert.Equal(6.5, SharedPool<double>.Open(memory, "p_f64")[0]);
        Assert.Equal(9, SharedPool<byte>.Open(memory, "p_u8")[0]);
        if (file == "cpp_pool")
        {
            SharedPool<Point> points = SharedPool<Point>.Open(memory, "p_p12");
            Assert.Equal([new Point(1, 2, 3), new Point(4, 5, 6)], new[] { points[0], points[1] });
            Assert.False(points.TryAllocate(out _));
        }
    }

    [Theory]
    [InlineData("cpp_ring")]
    [InlineData("py_ring")]
    public void Ring_AllOfThem_HoldWhatTheRecipeSays(string file)
    {
        using TestMemory golden = TestMemory.Golden(file);
        SharedMemory memory = golden.Memory;

        SharedRing<int> ring = SharedRing<int>.Open(memory, "r_i32");
        Assert.Equal((8, 7, 10L, 3L), (ring.Capacity, ring.Count, ring.TotalWritten, ring.TotalRead));
        var items = new int[8];
        Assert.Equal(7, ring.Peek(items));
        Assert.Equal([4, 5, 6, 7, 8, 9, 10], items[..7]);
        Assert.True(ring.TryRead(out int four));
        Assert.Equal(4, four);
        SharedRing<double> small = SharedRing<double>.Open(memory, "r_f64");
        Assert.Equal((2, 16L), (small.Capacity, small.CapacityBytes));
        Assert.True(small.TryRead(out double value));
        Assert.Equal(1.25, value);
        Assert.False(small.TryRead(out _));
    }

    private static void AssertMap<TKey, TValue>(SharedMap<TKey, TValue> map, params (TKey Key, TValue Value)[] expected)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        Assert.Equal(expected.Length, map.Count);
        Assert.Equal(expected.Length, map.ToArray().Length);
        foreach ((TKey key, TValue value) in expected)
        {
            Assert.True(map.TryGetValue(key, out TValue found), $"{key}");
            Assert.Equal(value, found);
        }
    }

    private static void AssertSet<T>(SharedSet<T> set, params T[] expected)
        where T : unmanaged
    {
        Assert.Equal(expected.Length, set.Count);
        Assert.Equal(expected.Order(), set.Order());
        Assert.All(expected, value => Assert.True(set.Contains(value)));
    }
}
