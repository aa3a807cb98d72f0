using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>
/// A process of ours that is alive but does not run in the middle of an operation, for longer than the bound of the
/// others' waits: its bytes and its owner record are made by hand through a second opening of the segment.
/// </summary>
public sealed class PausedTests
{
    private const long At = 0xC20;

    // Several times the bound of a wait on an idle machine. The outcome is the same however long it is.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stack_PusherPausedAndOthersFollow_LosesNothing(bool foreign)
    {
        using TestMemory test = TestMemory.Create();
        using SharedMemory paused = SharedMemory.Open(test.Name);
        test.Memory.HasForeignPeers = foreign;
        SharedStack<int> stack = SharedStack<int>.Create(test.Memory, "s", 4);

        // Foreign peers keep no records.
        OwnerRecord? record = foreign ? null : paused.Waits().Owners.Claim(ClaimKind.StackPush, At, 0);
        test.Poke32(At, 0);
        test.Poke32(At + 32, StackHeader.Writing);
        var popped = new List<int>();
        bool tried = false;

        Watchdog.Run(() => Crew.Run(3, t =>
        {
            if (t == 0)
            {
                if (stack.TryPop(out int item))
                {
                    popped.Add(item);
                }

                // It may have put the top back.
                Volatile.Write(ref tried, true);
            }
            else if (t == 1)
            {
                SpinWait.SpinUntil(() => test.Peek32(At) == uint.MaxValue || Volatile.Read(ref tried));
                Assert.True(stack.Push(7, TimeSpan.FromSeconds(60)));
            }
            else
            {
                Thread.Sleep(s_pause);
                test.Poke32(At + 16, 5);
                test.Poke32(At + 32, StackHeader.Ready);
                record?.Release();
            }
        }));

        while (stack.TryPop(out int item))
        {
            popped.Add(item);
        }

        Assert.Equal([5, 7], popped.Order());
        Assert.Equal(4, stack.TryPush([1, 2, 3, 4]));
    }

    [Fact]
    public void Map_UpdaterPaused_KeyIsNeitherMissedNorInsertedTwice()
    {
        using TestMemory test = TestMemory.Create();
        using SharedMemory paused = SharedMemory.Open(test.Name);
        SharedMap<int, int> map = SharedMap<int, int>.Create(test.Memory, "m", 8);
        Assert.True(map.TrySet(1, 10));
        OwnerRecord record = paused.Waits().Owners.Claim(ClaimKind.SlotUpdate, At, 1);
        test.Poke32(At + 16 + 12, MapHeader.Inserting);

        Watchdog.Run(() => Crew.Run(3, t =>
        {
            if (t == 0)
            {
                Assert.True(map.TryGetValue(1, out int value));
                Assert.Equal(10, value);
            }
            else if (t == 1)
            {
                Assert.False(map.TryAdd(1, 12));
            }
            else
            {
                Thread.Sleep(s_pause);
                test.Poke32(At + 16 + 12, MapHeader.Occupied);
                record.Release();
            }
        }));

        Assert.Equal([1], map.Select(pair => pair.Key));
    }
}
