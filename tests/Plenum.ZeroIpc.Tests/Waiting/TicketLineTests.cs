using Plenum.Platform;

namespace Plenum.ZeroIpc.Tests;

public sealed class TicketLineTests
{
    [Fact]
    public void Leave_InOrder_ServesOneAfterTheOther()
    {
        using var segment = new Segment();
        (TicketLine line, OwnerTable owners) = Open(segment);
        uint[] tickets = Enter(line, owners, 3);

        Assert.Equal([0u, 1u, 2u], tickets);
        Assert.False(line.IsEmpty);
        Assert.True(line.Leave(0));
        Assert.Equal(1u, line.Served);
        Assert.True(line.Leave(1));
        Assert.True(line.Leave(2));
        Assert.True(line.IsEmpty);
    }

    [Fact]
    public void Leave_FromTheMiddle_IsSkippedLater()
    {
        using var segment = new Segment();
        (TicketLine line, OwnerTable owners) = Open(segment);
        _ = Enter(line, owners, 5);

        Assert.False(line.Leave(1));
        Assert.False(line.Leave(2));
        Assert.Equal(0u, line.Served);
        Assert.True(line.Leave(0));
        Assert.Equal(3u, line.Served);
        Assert.False(line.Leave(4));
        Assert.True(line.Leave(3));
        Assert.True(line.IsEmpty);
    }

    [Fact]
    public void Leave_Twice_ChangesNothing()
    {
        using var segment = new Segment();
        (TicketLine line, OwnerTable owners) = Open(segment);
        _ = Enter(line, owners, 3);

        Assert.True(line.Leave(0));
        Assert.False(line.Leave(0));
        Assert.False(line.Leave(2));
        Assert.False(line.Leave(2));
        Assert.Equal(1u, line.Served);
    }

    [Fact]
    public void TryEnter_ThirtyTwoTicketsOut_Refuses()
    {
        using var segment = new Segment();
        (TicketLine line, OwnerTable owners) = Open(segment);
        _ = Enter(line, owners, 32);
        OwnerRecord record = owners.Take();

        Assert.False(line.TryEnter(record, ClaimKind.Mutex, out _));
        Assert.False(line.Leave(31));
        Assert.False(line.TryEnter(record, ClaimKind.Mutex, out _));
        Assert.True(line.Leave(0));
        Assert.True(line.TryEnter(record, ClaimKind.Mutex, out uint ticket));
        Assert.Equal(32u, ticket);
    }

    [Fact]
    public void Leave_AcrossTwoToThe32_KeepsOrder()
    {
        using var segment = new Segment();
        (TicketLine line, OwnerTable owners) = Open(segment);
        using (FileStream file = File.Open(segment.TablePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            int at = Enumerable.Range(0, 256).Select(i => 0x100 + (i * 0x80)).Single(o =>
                BitConverter.ToUInt64(bytes, o) == 64);
            file.Position = at + 0x10;
            file.Write(BitConverter.GetBytes(uint.MaxValue - 1));
            file.Position = at + 0x18;
            file.Write(BitConverter.GetBytes((ulong)(uint.MaxValue - 1)));
        }

        uint[] tickets = Enter(line, owners, 4);

        Assert.Equal([uint.MaxValue - 1, uint.MaxValue, 0u, 1u], tickets);
        Assert.False(line.Leave(uint.MaxValue));
        Assert.False(line.Leave(0));
        Assert.True(line.Leave(uint.MaxValue - 1));
        Assert.Equal(1u, line.Served);
        Assert.True(line.Leave(1));
        Assert.True(line.IsEmpty);
    }

    [Fact]
    public void Leave_ManyThreadsRandomOrder_ServesEveryTicketOnce()
    {
        using var segment = new Segment();
        (TicketLine line, OwnerTable owners) = Open(segment);
        int inside = 0;
        int served = 0;
        const int each = 2_000;
        Task[] threads = Enumerable.Range(0, 4).Select(seed => Segment.Background(() =>
        {
            var random = new Random(seed);
            OwnerRecord record = owners.Take();
            for (int i = 0; i < each; i++)
            {
                Assert.True(line.TryEnter(record, ClaimKind.Mutex, out uint ticket));
                bool givesUp = random.Next(3) == 0;
                while (!givesUp && line.Served != ticket)
                {
                    Thread.Yield();
                }

                if (!givesUp)
                {
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    _ = Interlocked.Increment(ref served);
                    _ = Interlocked.Decrement(ref inside);
                }

                _ = line.Leave(ticket);
            }

            record.Release();
        })).ToArray();

        Segment.Join(threads);
        Assert.True(line.IsEmpty);
        Assert.InRange(served, 1, 4 * each);
    }

    private static (TicketLine Line, OwnerTable Owners) Open(Segment segment)
    {
        WaitTable table = segment.First.Waits();
        return (table.Site(64).Line, table.Owners);
    }

    private static uint[] Enter(TicketLine line, OwnerTable owners, int count)
    {
        uint[] tickets = new uint[count];
        for (int i = 0; i < count; i++)
        {
            Assert.True(line.TryEnter(owners.Take(), ClaimKind.Mutex, out tickets[i]));
        }

        return tickets;
    }
}
