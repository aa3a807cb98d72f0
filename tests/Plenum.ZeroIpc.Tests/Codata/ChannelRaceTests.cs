using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Closes, cancellations and time-outs that meet sends and receives: what was reported is what
/// happened.</summary>
public sealed class ChannelRaceTests
{
    [Theory]
    [MemberData(nameof(ChannelTests.Shapes), MemberType = typeof(ChannelTests))]
    public void Close_WhileOthersSend_SentIsReceivedAndRefusedIsNot(int capacity, CodataLayout layout)
    {
        int rounds = Campaign.Count(150, 20_000);
        for (int round = 0; round < rounds; round++)
        {
            using var segment = new Segment(ours: true);
            var channel = SharedChannel<int>.Create(segment.First, "c", capacity, layout);
            int pause = round % 40;
            var sent = new List<int>[2];
            var received = new List<int>();
            Crew.Run(4, self =>
            {
                if (self == 3)
                {
                    Thread.SpinWait(pause * 20);
                    channel.Close();
                }
                else if (self == 2)
                {
                    received.AddRange(channel.ReadAll());
                }
                else
                {
                    sent[self] = [];
                    int value = self * 1_000_000;
                    while (channel.Send(value, Timeout.InfiniteTimeSpan) == ChannelStatus.Done)
                    {
                        sent[self].Add(value++);
                    }
                }
            });

            Assert.Equal(sent[0].Concat(sent[1]).Order(), received.Order());
        }
    }

    [Theory]
    [MemberData(nameof(ChannelTests.Shapes), MemberType = typeof(ChannelTests))]
    public void CancelAndTimeOut_WhileOthersReceive_ReportedIsWhatHappened(int capacity, CodataLayout layout)
    {
        int each = Campaign.Count(400, 50_000);
        using var segment = new Segment(ours: true);
        var channel = SharedChannel<long>.Create(segment.First, "c", capacity, layout);
        long sentSum = 0;
        long sentCount = 0;
        long receivedSum = 0;
        long receivedCount = 0;
        int sending = 2;
        Crew.Run(4, self =>
        {
            var random = new Random(self);
            if (self < 2)
            {
                for (int i = 1; i <= each; i++)
                {
                    if (TrySend(channel, (self * 1_000_000L) + i, random))
                    {
                        Interlocked.Add(ref sentSum, (self * 1_000_000L) + i);
                        Interlocked.Increment(ref sentCount);
                    }
                }

                if (Interlocked.Decrement(ref sending) == 0)
                {
                    channel.Close();
                }

                return;
            }

            while (true)
            {
                ChannelStatus status = channel.Receive(out long value, TimeSpan.FromMicroseconds(random.Next(200)));
                if (status == ChannelStatus.Closed)
                {
                    return;
                }

                if (status == ChannelStatus.Done)
                {
                    Interlocked.Add(ref receivedSum, value);
                    Interlocked.Increment(ref receivedCount);
                }
            }
        });

        Assert.Equal((sentCount, sentSum), (receivedCount, receivedSum));
        Assert.Equal((0, 0), (channel.WaitingSenders, channel.WaitingReceivers));
    }

    private static bool TrySend(SharedChannel<long> channel, long value, Random random)
    {
        if (random.Next(2) == 0)
        {
            return channel.Send(value, TimeSpan.FromMicroseconds(random.Next(1, 200))) == ChannelStatus.Done;
        }

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(0, 2)));
        try
        {
            channel.Send(value, stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
