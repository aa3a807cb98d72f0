namespace Plenum.ZeroIpc.Tests;

/// <summary>The same recipes as the C++ images, through this library's API, compared byte for byte.</summary>
public sealed class GoldenReproductionTests
{
    [Fact]
    public void Table_Empty_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create();

        test.AssertEqualsGolden("cpp_table_empty");
    }

    [Fact]
    public void Table_Small_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create(entries: 4);
        for (int i = 0; i < 4; i++)
        {
            test.Memory.Table.Register($"e{i}", i + 1);
        }

        test.AssertEqualsGolden("cpp_table_small");
    }

    [Fact]
    public void Array_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedArray<float> temps = SharedArray<float>.Create(memory, "temps", 10);
        for (int i = 0; i < 10; i++)
        {
            temps[i] = 20f + (0.5f * i);
        }

        Span<byte> bytes = SharedArray<byte>.Create(memory, "bytes", 3).AsSpan();
        new byte[] { 1, 2, 255 }.CopyTo(bytes);
        SharedArray<int> ints = SharedArray<int>.Create(memory, "ints", 5);
        for (int i = 0; i < 5; i++)
        {
            ints.WriteRelease(i, (i * i) - 3);
        }

        new[] { 3.25, -1, 1e300, 0.1 }.CopyTo(SharedArray<double>.Create(memory, "doubles", 4).AsSpan());
        new[] { new Point(1, 2, 3), new Point(4, 5, 6) }.CopyTo(SharedArray<Point>.Create(memory, "points",
            2).AsSpan());
        new[] { -1, long.MinValue }.CopyTo(SharedArray<long>.Create(memory, "longs", 2).AsSpan());

        test.AssertEqualsGolden("cpp_array");
    }

    [Fact]
    public void Queue_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedQueue<int> queue = SharedQueue<int>.Create(memory, "q_i32", 6);
        Assert.Equal(5, queue.TryEnqueue([10, 20, 30, 40, 50]));
        Assert.Equal(2, queue.TryDequeue(stackalloc int[2]));
        Assert.Equal(2, SharedQueue<byte>.Create(memory, "q_u8", 3).TryEnqueue([7, 8]));
        SharedQueue<double> full = SharedQueue<double>.Create(memory, "q_f64", 4);
        Assert.All(new[] { 0.5, 1.5, 2.5, 3.5 }, value => Assert.True(full.TryEnqueue(value)));
        SharedQueue<int> wrap = SharedQueue<int>.Create(memory, "q_wrap", 4);
        for (int i = 0; i < 9; i++)
        {
            Assert.True(wrap.TryEnqueue(100 + i));
            Assert.True(wrap.TryDequeue(out _));
        }

        Assert.Equal(2, wrap.TryEnqueue([109, 110]));
        SharedQueue<int>.Create(memory, "q_empty", 16);
        SharedQueue<int>.Create(memory, "q_2to32", 4);
        StartCountersAt(test, "q_2to32", 0xFFFF_FFFC);
        SharedQueue<int> counters = SharedQueue<int>.Open(memory, "q_2to32");
        for (int i = 0; i < 6; i++)
        {
            Assert.True(counters.TryEnqueue(i));
            if (i < 4)
            {
                Assert.True(counters.TryDequeue(out int item));
                Assert.Equal(i, item);
            }
        }

        test.AssertEqualsGolden("cpp_queue");
    }

    [Fact]
    public void Stack_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedStack<int> stack = SharedStack<int>.Create(memory, "s_i32", 5);
        Assert.Equal(4, stack.TryPush([11, 22, 33, 44]));
        Assert.True(stack.TryPop(out int top));
        Assert.Equal(44, top);
        Assert.Equal(3, SharedStack<byte>.Create(memory, "s_u8", 3).TryPush([5, 6, 7]));
        Assert.True(SharedStack<double>.Create(memory, "s_f64", 4).TryPush(1.5));
        SharedStack<int>.Create(memory, "s_empty", 2);
        SharedStack<int> stuck = SharedStack<int>.Create(memory, "s_stuck", 4);
        Assert.Equal(2, stuck.TryPush([1, 2]));
        test.Poke32(test.OffsetOf("s_stuck") + 16 + 16 + 4, 1);

        test.AssertEqualsGolden("cpp_stack");
    }

    [Fact]
    public void Map_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedMap<int, double> first = SharedMap<int, double>.Create(memory, "m_i32_f64", 8);
        Fill(first, (1, 1.5), (42, -2.25), (-1, 3.0), (1, 1.75), (9, 9), (17, 17));
        Assert.True(first.TryRemove(42));
        Fill(SharedMap<long, long>.Create(memory, "m_i64_i64", 8), (5, 50), (-7, -70), (1L << 40, 99));
        SharedMap<int, int> reused = SharedMap<int, int>.Create(memory, "m_i32_i32", 8);
        Fill(reused, (3, 30), (11, 110), (19, 190));
        Assert.True(reused.TryRemove(11));
        Fill(reused, (27, 270));
        Fill(SharedMap<double, int>.Create(memory, "m_f64_i32", 8), (3.14, 314), (1.0, 1), (0.0, 0));
        Fill(SharedMap<Point, uint>.Create(memory, "m_p12_u32", 8), (new Point(1, 2, 3), 123u));
        Fill(SharedMap<byte, byte>.Create(memory, "m_u8_u8", 8), ((byte)1, (byte)2), ((byte)200, (byte)100));
        Fill(SharedMap<int, int>.Create(memory, "m_full", 4), (0, 0), (4, 1), (8, 2), (12, 3));

        test.AssertEqualsGolden("cpp_map");
    }

    [Fact]
    public void Set_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedSet<int> set = SharedSet<int>.Create(memory, "s_i32", 8);
        Assert.All(new[] { 1, -5, 9, 17 }, value => Assert.True(set.TryAdd(value)));
        Assert.Equal(SetAddition.AlreadyPresent, set.Add(1));
        Assert.True(set.TryRemove(9));
        SharedSet<long> longs = SharedSet<long>.Create(memory, "s_i64", 8);
        Assert.True(longs.TryAdd(123456789012));
        Assert.True(longs.TryAdd(-2));
        Assert.True(SharedSet<double>.Create(memory, "s_f64", 8).TryAdd(2.5));
        Assert.True(SharedSet<byte>.Create(memory, "s_u8", 8).TryAdd(7));

        test.AssertEqualsGolden("cpp_set");
    }

    [Fact]
    public void Set_InThePythonLayout_IsByteIdenticalToPython()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedSet<int> set = SharedSet<int>.Create(memory, "s_i32", 8, HashLayout.Python);
        Assert.All(new[] { 1, -5, 9, 17 }, value => Assert.True(set.TryAdd(value)));
        Assert.True(set.TryRemove(9));
        SharedSet<long> longs = SharedSet<long>.Create(memory, "s_i64", 8, HashLayout.Python);
        Assert.True(longs.TryAdd(123456789012));
        Assert.True(longs.TryAdd(-2));
        Assert.True(SharedSet<byte>.Create(memory, "s_u8", 8, HashLayout.Python).TryAdd(7));

        test.AssertEqualsGolden("py_set");
    }

    [Fact]
    public void Map_InThePythonLayout_IsByteIdenticalToPython()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedMap<int, double> first = SharedMap<int, double>.Create(memory, "m_i32_f64", 8, HashLayout.Python);
        Fill(first, (1, 1.5), (42, -2.25), (-1, 3.0), (1, 1.75), (9, 9), (17, 17));
        Assert.True(first.TryRemove(42));
        Fill(SharedMap<long, long>.Create(memory, "m_i64_i64", 8, HashLayout.Python), (5, 50), (-7, -70), (1L << 40,
            99));
        SharedMap<int, int> reused = SharedMap<int, int>.Create(memory, "m_i32_i32", 8, HashLayout.Python);
        Fill(reused, (3, 30), (11, 110), (19, 190));
        Assert.True(reused.TryRemove(11));
        Fill(reused, (27, 270));
        Fill(SharedMap<byte, byte>.Create(memory, "m_u8_u8", 8, HashLayout.Python), ((byte)1, (byte)2), ((byte)200,
            (byte)100));

        test.AssertEqualsGolden("py_map");
    }

    [Fact]
    public void Pool_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedPool<int> pool = SharedPool<int>.Create(memory, "p_i32", 4);
        Assert.All(new[] { 11, 22, 33 }, value => Assert.True(pool.TryAllocate(value, out _)));
        pool.Free(1);
        Assert.True(SharedPool<double>.Create(memory, "p_f64", 3).TryAllocate(6.5, out _));
        Assert.True(SharedPool<byte>.Create(memory, "p_u8", 3).TryAllocate(9, out _));
        SharedPool<Point> points = SharedPool<Point>.Create(memory, "p_p12", 2);
        Assert.True(points.TryAllocate(new Point(1, 2, 3), out _));
        Assert.True(points.TryAllocate(new Point(4, 5, 6), out _));

        test.AssertEqualsGolden("cpp_pool");
    }

    [Fact]
    public void Ring_IsByteIdentical()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory memory = test.Memory;
        SharedRing<int> ring = SharedRing<int>.CreateBytes(memory, "r_i32", 32);
        Assert.Equal(8, ring.TryWrite([1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal(3, ring.TryRead(stackalloc int[3]));
        Assert.Equal(2, ring.TryWrite([9, 10]));
        Assert.True(SharedRing<double>.CreateBytes(memory, "r_f64", 20).TryWrite(1.25));
        SharedRing<int>.CreateBytes(memory, "r_min", 1);

        test.AssertEqualsGolden("cpp_ring");
    }

    private static void Fill<TKey, TValue>(SharedMap<TKey, TValue> map, params (TKey Key, TValue Value)[] pairs)
        where TKey : unmanaged
        where TValue : unmanaged => Assert.All(pairs, pair => Assert.True(map.TrySet(pair.Key, pair.Value)));

    // A state that no sequence of operations reaches in reasonable time: written raw.
    private static void StartCountersAt(TestMemory test, string queue, uint counter)
    {
        long offset = test.OffsetOf(queue);
        test.Poke32(offset, counter);
        test.Poke32(offset + 4, counter);
        for (uint i = 0; i < 4; i++)
        {
            test.Poke32(offset + 16 + 16 + (4 * i), counter + i);
        }
    }
}
