using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Headers with every field at its boundaries and at random: an exception or an answer, never a crash or a
/// hang.</summary>
public sealed class HostileTests
{
    private static readonly uint[] s_words =
        [0, 1, 2, 3, 4, 7, 8, 64, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF];

    [Theory]
    [InlineData("cpp_table_empty")]
    [InlineData("cpp_table_small")]
    [InlineData("cpp_queue")]
    public void Table_AnyHeader_IsAnExceptionOrAnAnswer(string file)
    {
        byte[] golden = GoldenImage.Read("zeroipc", file + ".bin");
        for (int field = 0; field < 32; field += 4)
        {
            foreach (uint word in Words(field))
            {
                byte[] bytes = [.. golden];
                BitConverter.GetBytes(word).CopyTo(bytes, field);
                Try(() => UseTable(bytes));
            }
        }
    }

    [Fact]
    public void Entry_AnyBytes_IsAnExceptionOrAnAnswer()
    {
        byte[] golden = GoldenImage.Read("zeroipc", "cpp_queue.bin");
        for (int field = 0x40; field < 0x50; field += 4)
        {
            foreach (uint word in Words(field))
            {
                byte[] bytes = [.. golden];
                BitConverter.GetBytes(word).CopyTo(bytes, field);
                Try(() => Use(bytes, memory => UseQueue(SharedQueue<int>.Open(memory, "q_i32"))));
            }
        }
    }

    [Fact]
    public void Queue_AnyHeader_IsAnExceptionOrAnAnswer() =>
        Fuzz("cpp_queue", "q_i32", 80, memory => UseQueue(SharedQueue<int>.Open(memory, "q_i32")));

    [Fact]
    public void Stack_AnyHeader_IsAnExceptionOrAnAnswer() => Fuzz("cpp_stack", "s_u8", 16, memory =>
    {
        SharedStack<byte> stack = SharedStack<byte>.Open(memory, "s_u8");
        _ = stack.TryPush(1);
        _ = stack.TryPop(out _);
        _ = stack.TryPeek(out _);
        _ = stack.TryPush([1, 2, 3]);
        _ = stack.TryPop(stackalloc byte[3]);
        _ = stack.ToArray();
    });

    [Fact]
    public void Ring_AnyHeader_IsAnExceptionOrAnAnswer() => Fuzz("cpp_ring", "r_i32", 24, memory =>
    {
        SharedRing<int> ring = SharedRing<int>.Open(memory, "r_i32");
        _ = ring.TryWrite(1);
        _ = ring.TryRead(out _);
        _ = ring.TryWrite([1, 2, 3]);
        _ = ring.TryRead(stackalloc int[3]);
        _ = ring.Count;
    });

    [Fact]
    public void Pool_AnyBytes_IsAnExceptionOrAnAnswer() => Fuzz("cpp_pool", "p_i32", 56, memory =>
    {
        SharedPool<int> pool = SharedPool<int>.Open(memory, "p_i32");
        if (pool.TryAllocate(out int index))
        {
            pool[index] = 1;
            pool.Free(index);
        }

        _ = pool.FreeNodes();
        _ = pool.AllocatedCount;
    });

    [Fact]
    public void Map_AnyHeader_IsAnExceptionOrAnAnswer() => Fuzz("cpp_map", "m_i32_i32", 16, memory =>
    {
        SharedMap<int, int> map = SharedMap<int, int>.Open(memory, "m_i32_i32");
        _ = map.TryGetValue(3, out _);
        _ = map.TrySet(4, 5);
        _ = map.TryRemove(3);
        _ = map.ToArray();
    });

    [Fact]
    public void Set_AnyHeader_IsAnExceptionOrAnAnswer() => Fuzz("cpp_set", "s_i32", 16, memory =>
    {
        SharedSet<int> set = SharedSet<int>.Open(memory, "s_i32");
        _ = set.Contains(1);
        _ = set.TryAdd(4);
        _ = set.TryRemove(1);
        _ = set.ToArray();
    });

    [Fact]
    public void Array_AnyHeader_IsAnExceptionOrAnAnswer() => Fuzz("cpp_array", "temps", 16, memory =>
    {
        SharedArray<float> array = SharedArray<float>.Open(memory, "temps");
        _ = array.Sum();
    });

    [Fact]
    public void Open_OtherKindOrSize_IsRefused()
    {
        using TestMemory queues = TestMemory.Golden("cpp_queue");
        using TestMemory stacks = TestMemory.Golden("cpp_stack");
        using TestMemory maps = TestMemory.Golden("cpp_map");

        Assert.Throws<SegmentFormatException>(() => SharedQueue<long>.Open(queues.Memory, "q_i32"));
        Assert.Throws<SegmentFormatException>(() => SharedStack<int>.Open(queues.Memory, "q_i32"));
        Assert.Throws<SegmentFormatException>(() => SharedArray<int>.Open(queues.Memory, "q_i32"));
        Assert.Throws<SegmentFormatException>(() => SharedQueue<int>.Open(stacks.Memory, "s_i32"));
        Assert.Throws<SegmentFormatException>(() => SharedMap<int, long>.Open(maps.Memory, "m_i32_i32"));
        Assert.Throws<SegmentFormatException>(() => SharedSet<int>.Open(maps.Memory, "m_i32_i32"));
        Assert.Throws<EntryNotFoundException>(() => SharedQueue<int>.Open(queues.Memory, "none"));
        Assert.Throws<NotSupportedException>(() => SharedQueue<nint>.Create(queues.Memory, "n", 4));
        Assert.Throws<NotSupportedException>(() => SharedMap<Padded, int>.Create(queues.Memory, "n", 4));
        Assert.Throws<NotSupportedException>(() => SharedMap<int, Point>.Create(queues.Memory, "n", 4));
    }

    [Fact]
    public void Queue_NotAPowerOfTwo_IsNamed()
    {
        using TestMemory test = TestMemory.Golden("cpp_queue");
        test.Poke32(test.OffsetOf("q_i32") + 8, 6);
        test.Poke32(test.OffsetOf("q_f64") + 8, 1);

        var six = Assert.Throws<SegmentFormatException>(() => SharedQueue<int>.Open(test.Memory, "q_i32"));
        var one = Assert.Throws<SegmentFormatException>(() => SharedQueue<double>.Open(test.Memory, "q_f64"));

        Assert.Contains("not a power of two", six.Message, StringComparison.Ordinal);
        Assert.Contains("capacity 1", one.Message, StringComparison.Ordinal);
    }

    private static void UseQueue(SharedQueue<int> queue)
    {
        _ = queue.TryEnqueue(1);
        _ = queue.TryDequeue(out _);
        _ = queue.TryPeek(out _);
        _ = queue.TryEnqueue([1, 2, 3]);
        _ = queue.TryDequeue(stackalloc int[3]);
        _ = queue.ToArray();
        _ = queue.Recover();
    }

    private static void UseTable(byte[] bytes) => Use(bytes, memory =>
    {
        _ = memory.Table.ToArray<SharedEntry>();
        _ = memory.Table.FreeBytes;
        _ = memory.Table.TryFind("q_i32", out _);
        memory.Table.Register("new", 8);
    });

    // Every word of the first bytes of the entry at its boundaries, then random bytes all over them.
    private static void Fuzz(string file, string entry, int length, Action<SharedMemory> use)
    {
        byte[] golden = GoldenImage.Read("zeroipc", file + ".bin");
        int offset;
        using (TestMemory test = TestMemory.Golden(file))
        {
            offset = (int)test.OffsetOf(entry);
        }

        Watchdog.Run(() =>
        {
            for (int field = 0; field < length; field += 4)
            {
                foreach (uint word in Words(field))
                {
                    byte[] bytes = [.. golden];
                    BitConverter.GetBytes(word).CopyTo(bytes, offset + field);
                    Try(() => Use(bytes, use));
                }
            }

            var random = new Random(7);
            for (int i = 0; i < Campaign.Count(30, 3_000); i++)
            {
                byte[] bytes = [.. golden];
                random.NextBytes(bytes.AsSpan(offset, length));
                Try(() => Use(bytes, use));
            }
        });
    }

    private static IEnumerable<uint> Words(int seed) =>
        s_words.Append((uint)new Random(seed).NextInt64(1L << 32)).Append(0x5A49504Du);

    private static void Use(byte[] bytes, Action<SharedMemory> use)
    {
        using TestMemory test = TestMemory.FromBytes(bytes);
        use(test.Memory);
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is SharedMemoryException or InvalidOperationException or ArgumentException)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private record struct Padded(byte A, int B);
}
