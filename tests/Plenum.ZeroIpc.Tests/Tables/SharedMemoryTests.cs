using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

public sealed class SharedMemoryTests
{
    [Fact]
    public void Create_NameTaken_ThrowsAndReplaceDoesNot()
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.Table.Register("old", 8);

        Assert.Throws<SegmentExistsException>(() => SharedMemory.Create(test.Name, 65_536));
        using SharedMemory replaced = SharedMemory.Replace(test.Name, 8_192);

        Assert.Empty(replaced.Table);
        Assert.Equal(8_192, replaced.SizeBytes);
        Assert.Single(test.Memory.Table);
    }

    [Fact]
    public void Create_SmallerThanItsTable_Throws()
    {
        using var name = new TempSegment();

        Assert.Throws<ArgumentOutOfRangeException>(() => SharedMemory.Create(name.Name, 3_103));
        using SharedMemory memory = SharedMemory.Create(name.Name, 3_104);

        Assert.Equal(0, memory.Table.FreeBytes);
        Assert.Throws<SegmentFullException>(() => memory.Table.Register("x", 1));
    }

    [Fact]
    public void Open_Missing_ThrowsNotFound()
    {
        using var name = new TempSegment();

        Assert.Throws<SegmentNotFoundException>(() => SharedMemory.Open(name.Name));
        Assert.False(SharedMemory.TryOpen("/" + name.Name, out _));
        Assert.False(SharedMemory.Remove(name.Name));
    }

    [Fact]
    public void CreateOrOpen_ByManyThreads_YieldsOneSegment()
    {
        using var name = new TempSegment();
        var inodes = new ulong[8];

        Watchdog.Run(() => Crew.Run(8, i =>
        {
            using SharedMemory memory = SharedMemory.CreateOrOpen(name.Name, 65_536);
            inodes[i] = memory.Segment.OpenedInfo.Inode;
        }));

        Assert.Single(inodes.Distinct());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("01234567890123456789012345678901")]
    [InlineData("éééééééééééééééé")]
    public void Register_BadName_Throws(string name)
    {
        using TestMemory test = TestMemory.Create();

        Assert.Throws<ArgumentException>(() => test.Memory.Table.Register(name, 8));
        Assert.Equal(0xC20, test.Memory.Table.NextOffset);
    }

    [Fact]
    public void Register_31Bytes_IsFound()
    {
        using TestMemory test = TestMemory.Create();
        string name = new string('é', 15) + "x";

        SharedEntry entry = test.Memory.Table.Register(name, 8);

        Assert.Equal(entry, test.Memory.Table.Find(name));
        Assert.Throws<EntryExistsException>(() => test.Memory.Table.Register(name, 8));
    }

    [Fact]
    public void Register_NoRoom_SaysHowMuchIsLeftAndLeaksNothing()
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.Table.Register("a", 1);

        var full = Assert.Throws<SegmentFullException>(() => test.Memory.Table.Register("b", 65_000));

        Assert.Equal((65_000L, 65_536L - 0xC28, 1, 63), (full.RequestedBytes, full.FreeBytes, full.RequestedEntries,
            full.FreeEntries));
        Assert.Contains("62424", full.Message, StringComparison.Ordinal);
        Assert.Equal(0xC21, test.Memory.Table.NextOffset);
    }

    [Fact]
    public void Allocate_OneOfSeveralImpossible_CreatesNone()
    {
        using TestMemory test = TestMemory.Create(entries: 3);
        test.Memory.Table.Register("x_b", 8);

        Assert.Throws<EntryExistsException>(
            () => test.Memory.Allocate(new EntryRequest("x_a", 8), new EntryRequest("x_b", 8), new EntryRequest("x",
            1)));
        Assert.Throws<SegmentFullException>(
            () => test.Memory.Allocate(new EntryRequest("y_a", 8), new EntryRequest("y_b", 8), new EntryRequest("y",
            1)));
        Assert.Throws<ArgumentException>(
            () => test.Memory.Allocate(new EntryRequest("z", 8), new EntryRequest(new string('z', 32), 8)));

        Assert.Single(test.Memory.Table);
        SharedEntry[] made = test.Memory.Allocate(new EntryRequest("m_state", 5), new EntryRequest("m", 1));
        Assert.Equal(made, test.Memory.Table.Skip(1));
        Assert.Equal(made[0].Offset + 8, made[1].Offset);
    }

    [Fact]
    public void Allocate_OverOldBytes_ClearsThem()
    {
        using TestMemory test = TestMemory.Create();
        test.Poke64(0xC20, ulong.MaxValue);

        SharedArray<long> array = SharedArray<long>.Create(test.Memory, "a", 3);

        Assert.Equal([0, 0, 0], array);
    }

    [Fact]
    public void Allocate_CreatorDiedBeforeTheCount_IsFinishedByTheNext()
    {
        using TestMemory test = TestMemory.Create();
        test.Memory.Table.Register("first", 8);
        test.Poke(0x20 + 48, "lost"u8);
        test.Poke64(0x20 + 48 + 32, 0xC28);
        test.Poke64(0x20 + 48 + 40, 16);
        test.Poke64(0x18, 0xC38);

        test.Memory.Table.Register("next", 8);

        Assert.Equal(["first", "lost", "next"], test.Memory.Table.Select(e => e.Name));
    }

    [Fact]
    public void Allocate_ForeignCreatorInProgress_IsLeftAlone()
    {
        using TestMemory test = TestMemory.Create();
        test.Poke64(0x18, 0xC38);

        SharedEntry entry = test.Memory.Table.Register("ours", 8);

        Assert.Equal(0xC38, entry.Offset);
        Assert.Single(test.Memory.Table);
    }

    [Fact]
    public void Register_ManyThreadsAndObjects_LosesNothing()
    {
        const int threads = 8;
        const int each = 100;
        using TestMemory test = TestMemory.Create(1 << 20, threads * each);

        Watchdog.Run(() => Crew.Run(threads, t =>
        {
            using SharedMemory memory = SharedMemory.Open(test.Name);
            for (int i = 0; i < each; i++)
            {
                (t % 2 == 0 ? test.Memory : memory).Table.Register($"{t}-{i}", 1 + (i % 13));
            }
        }));

        AssertSound(test.Memory.Table, threads * each);
    }

    [Fact]
    public void Register_EightProcesses_LosesNothing()
    {
        int each = Campaign.Count(100, 1_000);
        using TestMemory test = TestMemory.Create(2 << 20, 8 * each);
        var peers = new List<PeerProcess>();
        try
        {
            for (int p = 0; p < 8; p++)
            {
                peers.Add(PeerProcess.StartPeer(
                    "zeroipc-register", "--segment", test.Name, "--prefix", $"p{p}", "--count", each.ToString()));
            }

            peers.ForEach(peer => peer.ExpectLine("ready"));
            peers.ForEach(peer => peer.WriteLine("go"));
            peers.ForEach(peer => peer.ExpectLine("done"));
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }

        AssertSound(test.Memory.Table, 8 * each);
    }

    [Fact]
    public async Task WaitForEntry_CreatedLater_IsFound()
    {
        using TestMemory test = TestMemory.Create();
        using SharedMemory other = SharedMemory.Open(test.Name);
        Assert.False(other.WaitForEntry("later", TimeSpan.Zero, out _));
        Assert.Null(await other.WaitForEntryAsync("later", TimeSpan.FromMilliseconds(5)));

        ValueTask<SharedEntry?> awaited = other.WaitForEntryAsync("later", Timeout.InfiniteTimeSpan);
        Task<SharedEntry> blocked = Task.Run(() =>
        {
            Assert.True(other.WaitForEntry("later", Timeout.InfiniteTimeSpan, out SharedEntry found));
            return found;
        });
        SharedEntry entry = test.Memory.Table.Register("later", 8);

        Assert.Equal(entry, await awaited);
        Assert.Equal(entry, await blocked.WaitAsync(Watchdog.Limit));
    }

    [Fact]
    public async Task WaitForEntry_Cancelled_Throws()
    {
        using TestMemory test = TestMemory.Create();
        using var cancel = new CancellationTokenSource();

        ValueTask<SharedEntry?> wait = test.Memory.WaitForEntryAsync("never", Timeout.InfiniteTimeSpan, cancel.Token);
        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
    }

    [Fact]
    public void Dispose_WithStructures_LeavesTheirOperationsHarmless()
    {
        using TestMemory test = TestMemory.Create();
        SharedMemory second = SharedMemory.Open(test.Name);
        SharedQueue<int> queue = SharedQueue<int>.Create(second, "q", 4);
        Assert.True(queue.TryEnqueue(0) && queue.TryDequeue(out _));

        second.Dispose();
        second.Dispose();

        Assert.True(queue.TryEnqueue(1));
        Assert.True(queue.TryDequeue(out _));
        Assert.Throws<ObjectDisposedException>(() => queue.Dequeue(out _, TimeSpan.FromSeconds(30)));
        Assert.Throws<ObjectDisposedException>(() => SharedQueue<int>.Open(second, "q"));
    }

    private static void AssertSound(NameTable table, int count)
    {
        SharedEntry[] entries = [.. table.OrderBy(e => e.Offset)];
        Assert.Equal(count, entries.Length);
        Assert.Equal(count, entries.Select(e => e.Name).Distinct().Count());
        for (int i = 1; i < entries.Length; i++)
        {
            Assert.Equal(NameTable.AlignUp(entries[i - 1].Offset + entries[i - 1].SizeBytes), entries[i].Offset);
        }

        Assert.Equal(entries[^1].Offset + entries[^1].SizeBytes, table.NextOffset);
    }
}
