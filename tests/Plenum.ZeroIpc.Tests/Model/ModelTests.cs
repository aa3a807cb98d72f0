using FsCheck;
using FsCheck.Fluent;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Random sequences of operations, compared with the plain collection of the same kind after each
/// step.</summary>
public sealed class ModelTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure
        .WithMaxTest(TestSupport.Campaign.Count(60, 3_000)).WithStartSize(1).WithEndSize(200);

    [Fact]
    public void Queue_AnySequence_IsAQueue() => Check((steps, memory) =>
    {
        SharedQueue<int> queue = SharedQueue<int>.Create(memory, "x", 5);
        var model = new Queue<int>();
        foreach (int step in steps)
        {
            switch (Math.Abs(step % 5))
            {
                case 0 or 1:
                    bool room = model.Count < 8;
                    Assert.Equal(room, queue.TryEnqueue(step));
                    AddIf(room, () => model.Enqueue(step));
                    break;
                case 2:
                    Assert.Equal(model.TryPeek(out int oldest), queue.TryPeek(out int peeked));
                    Assert.Equal(oldest, peeked);
                    Assert.Equal(model.TryDequeue(out int expected), queue.TryDequeue(out int item));
                    Assert.Equal(expected, item);
                    break;
                case 3:
                    int[] items = [.. Enumerable.Range(step & 0xFF, Math.Abs(step / 5) % 11)];
                    int added = Math.Min(items.Length, 8 - model.Count);
                    Assert.Equal(added, queue.TryEnqueue(items));
                    Array.ForEach(items[..added], model.Enqueue);
                    break;
                default:
                    var taken = new int[Math.Abs(step / 5) % 11];
                    int count = Math.Min(taken.Length, model.Count);
                    Assert.Equal(count, queue.TryDequeue(taken));
                    Assert.Equal(Enumerable.Range(0, count).Select(_ => model.Dequeue()), taken[..count]);
                    break;
            }

            Assert.Equal(model, queue);
        }
    });

    [Fact]
    public void Stack_AnySequence_IsAStack() => Check((steps, memory) =>
    {
        SharedStack<int> stack = SharedStack<int>.Create(memory, "x", 7);
        var model = new Stack<int>();
        foreach (int step in steps)
        {
            switch (Math.Abs(step % 5))
            {
                case 0 or 1:
                    bool room = model.Count < 7;
                    Assert.Equal(room, stack.TryPush(step));
                    AddIf(room, () => model.Push(step));
                    break;
                case 2:
                    Assert.Equal(model.TryPop(out int expected), stack.TryPop(out int item));
                    Assert.Equal(expected, item);
                    break;
                case 3:
                    int[] items = [.. Enumerable.Range(step & 0xFF, Math.Abs(step / 5) % 9)];
                    int added = Math.Min(items.Length, 7 - model.Count);
                    Assert.Equal(added, stack.TryPush(items));
                    Array.ForEach(items[..added], model.Push);
                    break;
                default:
                    var taken = new int[Math.Abs(step / 5) % 9];
                    int count = Math.Min(taken.Length, model.Count);
                    Assert.Equal(count, stack.TryPop(taken));
                    Assert.Equal(Enumerable.Range(0, count).Select(_ => model.Pop()), taken[..count]);
                    break;
            }

            Assert.Equal(model, stack);
        }
    });

    [Fact]
    public void Ring_AnySequence_IsAQueue() => Check((steps, memory) =>
    {
        SharedRing<int> ring = SharedRing<int>.Create(memory, "x", 7);
        var model = new Queue<int>();
        foreach (int step in steps)
        {
            switch (Math.Abs(step % 4))
            {
                case 0:
                    bool room = model.Count < 7;
                    Assert.Equal(room, ring.TryWrite(step));
                    AddIf(room, () => model.Enqueue(step));
                    break;
                case 1:
                    Assert.Equal(model.TryDequeue(out int expected), ring.TryRead(out int item));
                    Assert.Equal(expected, item);
                    break;
                case 2:
                    int[] items = [.. Enumerable.Range(step & 0xFF, Math.Abs(step / 4) % 9)];
                    int added = Math.Min(items.Length, 7 - model.Count);
                    Assert.Equal(added, ring.TryWrite(items));
                    Array.ForEach(items[..added], model.Enqueue);
                    break;
                default:
                    var taken = new int[Math.Abs(step / 4) % 9];
                    int count = Math.Min(taken.Length, model.Count);
                    Assert.Equal(count, ring.TryRead(taken));
                    Assert.Equal(Enumerable.Range(0, count).Select(_ => model.Dequeue()), taken[..count]);
                    break;
            }

            var all = new int[7];
            Assert.Equal(model, all[..ring.Peek(all)]);
        }
    });

    [Theory]
    [InlineData(HashLayout.Native, 8)]
    [InlineData(HashLayout.Native, 7)]
    [InlineData(HashLayout.Python, 8)]
    [InlineData(HashLayout.Python, 7)]
    public void Map_AnySequence_IsADictionary(HashLayout layout, int capacity) => Check((steps, memory) =>
    {
        SharedMap<short, int> map = SharedMap<short, int>.Create(memory, "x", capacity, layout);
        var model = new Dictionary<short, int>();
        foreach (int step in steps)
        {
            short key = (short)((step / 6 % 12) - 3);
            bool known = model.TryGetValue(key, out int value);
            bool room = known || model.Count < capacity;
            switch (Math.Abs(step % 6))
            {
                case 0 or 1:
                    Assert.Equal(room, map.TrySet(key, step));
                    AddIf(room, () => model[key] = step);
                    break;
                case 2:
                    Assert.Equal(!known && room, map.TryAdd(key, step));
                    AddIf(!known && room, () => model[key] = step);
                    break;
                case 3:
                    Assert.Equal(known, map.TryRemove(key, out int removed));
                    Assert.Equal(value, removed);
                    model.Remove(key);
                    break;
                case 4:
                    Assert.Equal(known, map.TryUpdate(key, step, value));
                    Assert.False(map.TryUpdate(key, step + 1, step + 2));
                    AddIf(known, () => model[key] = step);
                    break;
                default:
                    Assert.Equal(known, map.TryGetValue(key, out int found));
                    Assert.Equal(value, found);
                    break;
            }

            Assert.Equal(model.Count, map.Count);
            Assert.Equal(model.OrderBy(p => p.Key), map.OrderBy(p => p.Key));
        }
    });

    [Theory]
    [InlineData(HashLayout.Native)]
    [InlineData(HashLayout.Python)]
    public void Set_AnySequence_IsASet(HashLayout layout) => Check((steps, memory) =>
    {
        SharedSet<double> set = SharedSet<double>.Create(memory, "x", 7, layout);
        var model = new HashSet<double>();
        foreach (int step in steps)
        {
            double value = step / 3 % 11;
            switch (Math.Abs(step % 3))
            {
                case 0:
                    SetAddition expected = model.Contains(value) ? SetAddition.AlreadyPresent
                        : model.Count == 7 ? SetAddition.Full : SetAddition.Added;
                    Assert.Equal(expected, set.Add(value == 0 ? 0.0 : value));
                    AddIf(expected == SetAddition.Added, () => model.Add(value));
                    break;
                case 1:
                    Assert.Equal(model.Remove(value), set.TryRemove(value == 0 ? 0.0 : value));
                    break;
                default:
                    Assert.Equal(model.Contains(value), set.Contains(value == 0 ? 0.0 : value));
                    break;
            }

            Assert.Equal(model.Order(), set.Order());
        }
    });

    [Fact]
    public void Pool_AnySequence_HandsEachNodeToOne() => Check((steps, memory) =>
    {
        SharedPool<int> pool = SharedPool<int>.Create(memory, "x", 5);
        var model = new Dictionary<int, int>();
        foreach (int step in steps)
        {
            if (step % 2 == 0)
            {
                Assert.Equal(model.Count < 5, pool.TryAllocate(step, out int node));
                AddIf(node >= 0, () => model.Add(node, step));
            }
            else if (model.Count > 0)
            {
                int node = model.Keys.ElementAt(Math.Abs(step) % model.Count);
                Assert.Equal(model[node], pool[node]);
                pool.Free(node);
                model.Remove(node);
                Assert.Throws<InvalidOperationException>(() => pool.Free(node));
            }

            Assert.Equal(model.Count, pool.AllocatedCount);
            Assert.Equal(Enumerable.Range(0, 5).Except(model.Keys), pool.FreeNodes().Order());
        }
    });

    private static void AddIf(bool condition, Action add)
    {
        if (condition)
        {
            add();
        }
    }

    private static void Check(Action<int[], SharedMemory> body) => Prop.ForAll<int[]>(steps =>
    {
        using TestMemory test = TestMemory.Create(8_192, 4);
        body(steps, test.Memory);
    }).Check(s_config);
}
