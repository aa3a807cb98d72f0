using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>
/// A death at each step of an operation: the bytes and the owner record that the step leaves are made by hand through a
/// second opening of the segment, which is then given up as a killed process gives it up.
/// </summary>
public sealed class DeathTests
{
    private const long At = 0xC20;
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Queue_ProducerDiedAfterItsClaim_IsSkipped(bool held, bool foreign)
    {
        using TestMemory test = Prepare(foreign && held, out SharedMemory dying);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 4);
        Assert.True(queue.TryEnqueue(1));
        Claim(dying, ClaimKind.QueueProducer, 1, 0, held);
        test.Poke32(At + 4, 2);
        Assert.True(queue.TryEnqueue(3));
        Assert.True(queue.TryDequeue(out int one));
        Assert.False(queue.TryDequeue(out _));

        dying.Dispose();

        Assert.True(queue.Dequeue(out int three, s_long));
        Assert.Equal((1, 3), (one, three));
        Assert.Equal(4, queue.TryEnqueue([4, 5, 6, 7]));
        Assert.Equal(4, queue.TryDequeue(stackalloc int[4]));
        AssertNoRecords(test, ClaimKind.QueueProducer);
    }

    [Fact]
    public void Queue_ProducerPaused_IsNotSkipped()
    {
        using TestMemory test = Prepare(false, out SharedMemory paused);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 4);
        Claim(paused, ClaimKind.QueueProducer, 0, 0, true);
        test.Poke32(At + 4, 1);
        Assert.True(queue.TryEnqueue(2));

        Assert.False(queue.Dequeue(out _, TimeSpan.FromMilliseconds(120)));

        test.Poke32(At + 16, 1);
        test.Poke32(At + 16 + 16, 1);
        Assert.True(queue.TryDequeue(out int one));
        Assert.True(queue.TryDequeue(out int two));
        Assert.Equal((1, 2), (one, two));
        paused.Dispose();
    }

    [Fact]
    public void Queue_ProducerInDoubtWithForeignPeers_IsNotSkipped()
    {
        using TestMemory test = Prepare(true, out SharedMemory dying);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 4);
        Claim(dying, ClaimKind.QueueProducer, 0, 0, false);
        test.Poke32(At + 4, 1);
        dying.Dispose();

        Assert.False(queue.Dequeue(out _, TimeSpan.FromMilliseconds(120)));
        Assert.False(queue.Recover());
    }

    [Fact]
    public void Queue_BatchProducerDiedHalfWay_IsSkippedWhereItIsMissing()
    {
        using TestMemory test = Prepare(true, out SharedMemory dying);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 8);
        Claim(dying, ClaimKind.QueueProducer, 0, 2, true);
        test.Poke32(At + 4, 3);
        test.Poke32(At + 16, 10);
        test.Poke32(At + 16 + 32, 1);
        Assert.True(queue.TryEnqueue(99));

        dying.Dispose();

        Assert.True(queue.Dequeue(out int first, s_long));
        Assert.True(queue.Dequeue(out int second, s_long));
        Assert.Equal((10, 99), (first, second));
        Assert.True(queue.IsEmpty);
        _ = queue.Recover();
        AssertNoRecords(test, ClaimKind.QueueProducer);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Queue_ConsumerDiedAfterItsClaim_SlotIsFreed(bool held, bool foreign)
    {
        using TestMemory test = Prepare(foreign, out SharedMemory dying);
        SharedQueue<int> queue = SharedQueue<int>.Create(test.Memory, "q", 2);
        Assert.Equal(2, queue.TryEnqueue([1, 2]));
        Claim(dying, ClaimKind.QueueConsumer, 0, 0, held);
        test.Poke32(At, 1);
        Assert.False(SharedQueue<int>.Open(test.Memory, "q").TryEnqueue(3));

        dying.Dispose();

        Assert.True(queue.Enqueue(3, s_long));
        Assert.True(queue.TryDequeue(out int two));
        Assert.True(queue.TryDequeue(out int three));
        Assert.Equal((2, 3), (two, three));
        AssertNoRecords(test, ClaimKind.QueueConsumer);
    }

    [Theory]
    [InlineData(StackHeader.Empty)]
    [InlineData(StackHeader.Writing)]
    public void Stack_PushDied_IsPassedOver(uint state)
    {
        using TestMemory test = Prepare(true, out SharedMemory dying);
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "s", 4);
        Assert.True(stack.TryPush(1));
        Claim(dying, ClaimKind.StackPush, 1, 0, true);
        test.Poke32(At, 1);
        test.Poke32(At + 16 + 16 + 4, state);
        Assert.True(stack.TryPush(3));

        dying.Dispose();

        Assert.True(stack.TryPop(out int three));
        Assert.True(stack.Pop(out int one, s_long));
        Assert.Equal((3, 1), (three, one));
        Assert.True(stack.IsEmpty);
        Assert.Equal(4, stack.TryPush([1, 2, 3, 4]));
        Assert.Equal(4, stack.TryPop(stackalloc int[4]));
        AssertNoRecords(test, ClaimKind.StackPush);
    }

    [Theory]
    [InlineData(StackHeader.Ready)]
    [InlineData(StackHeader.Reading)]
    public void Stack_PopDied_SlotIsEmptied(uint state)
    {
        using TestMemory test = Prepare(true, out SharedMemory dying);
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "s", 2);
        Assert.Equal(2, stack.TryPush([1, 2]));
        Claim(dying, ClaimKind.StackPop, 1, 0, true);
        test.Poke32(At, 0);
        test.Poke32(At + 16 + 8 + 4, state);

        dying.Dispose();

        Assert.True(stack.Push(3, s_long));
        Assert.True(stack.TryPop(out int three));
        Assert.True(stack.TryPop(out int one));
        Assert.Equal((3, 1), (three, one));
        AssertNoRecords(test, ClaimKind.StackPop);
    }

    [Fact]
    public void Stack_PeekDied_ElementIsStillThere()
    {
        using TestMemory test = Prepare(true, out SharedMemory dying);
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "s", 2);
        Assert.True(stack.TryPush(1));
        Claim(dying, ClaimKind.StackPeek, 0, 0, true);
        test.Poke32(At + 16 + 8, StackHeader.Reading);

        dying.Dispose();

        Assert.True(stack.TryPeek(out int one));
        Assert.True(stack.TryPop(out int same));
        Assert.Equal((1, 1), (one, same));
    }

    [Fact]
    public void Map_InsertionDied_LeavesATombstone()
    {
        using TestMemory test = Prepare(true, out SharedMemory dying);
        SharedMap<int, int> map = SharedMap<int, int>.Create(test.Memory, "m", 8);
        Claim(dying, ClaimKind.SlotInsert, 1, 0, true);
        test.Poke32(At + 16 + 12, MapHeader.Inserting);

        dying.Dispose();

        Assert.True(map.TrySet(1, 10));
        Assert.Equal((10, 1), (map[1], map.Count));
        AssertNoRecords(test, ClaimKind.SlotInsert);
    }

    [Fact]
    public void Map_UpdateDied_KeepsTheKey()
    {
        using TestMemory test = Prepare(true, out SharedMemory dying);
        SharedMap<int, int> map = SharedMap<int, int>.Create(test.Memory, "m", 8);
        Assert.True(map.TrySet(1, 10));
        Claim(dying, ClaimKind.SlotUpdate, 1, 0, true);
        test.Poke32(At + 16 + 12, MapHeader.Inserting);

        dying.Dispose();

        Assert.True(map.TryGetValue(1, out int ten));
        Assert.Equal((10, 1), (ten, map.Count));
        Assert.True(map.TryRemove(1));
        AssertNoRecords(test, ClaimKind.SlotUpdate);
    }

    [Fact]
    public void Map_SlotStuckByAForeignPeer_IsPassedOverAfterABound()
    {
        using TestMemory test = Prepare(true, out SharedMemory other);
        SharedMap<int, int> map = SharedMap<int, int>.Create(test.Memory, "m", 8);
        test.Poke32(At + 16 + 12, MapHeader.Inserting);

        Assert.True(map.TrySet(1, 10));
        Assert.True(map.TryGetValue(1, out int ten));
        Assert.Equal(10, ten);
        other.Dispose();
    }

    private static TestMemory Prepare(bool foreign, out SharedMemory dying)
    {
        TestMemory test = TestMemory.Create();
        test.Memory.HasForeignPeers = foreign;
        dying = SharedMemory.Open(test.Name);
        return test;
    }

    private static void Claim(SharedMemory dying, ClaimKind kind, uint first, uint more, bool held) =>
        _ = dying.Waits().Owners.Claim(
            kind, At, first | ((ulong)more << 32), held ? ClaimState.Held : ClaimState.Doubt);

    private static void AssertNoRecords(TestMemory test, ClaimKind kind) =>
        Assert.Empty(test.Memory.Waits().Recovery.Claims(kind, At));
}
