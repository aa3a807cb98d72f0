using System.Threading.Channels;

namespace Plenum.ZeroIpc.Tests;

/// <summary>A queue with a capacity and a flag.</summary>
internal sealed class BufferModel(int capacity)
{
    internal Queue<int> Values { get; } = new();

    internal bool IsClosed { get; private set; }

    private int Room => IsClosed ? 0 : capacity - Values.Count;

    private ChannelStatus Sending => IsClosed ? ChannelStatus.Closed
        : Room > 0 ? ChannelStatus.Done : ChannelStatus.TimedOut;

    private ChannelStatus Receiving => Values.Count > 0 ? ChannelStatus.Done
        : IsClosed ? ChannelStatus.Closed : ChannelStatus.TimedOut;

    internal void Apply(SharedChannel<int> channel, int step)
    {
        switch (Math.Abs(step % 9))
        {
            case 0:
                Assert.Equal(Sent(step) == ChannelStatus.Done, channel.TrySend(step));
                break;
            case 1:
                Assert.Equal(Sent(step), channel.Send(step, TimeSpan.FromTicks(step & 1)));
                break;
            case 2:
                Assert.Equal(Sent(step) == ChannelStatus.Done, channel.AsChannelWriter().TryWrite(step));
                break;
            case 3:
                int[] items = [.. Enumerable.Range(step & 0xFF, Math.Abs(step / 9) % 6)];
                int fits = Math.Min(items.Length, Room);
                Array.ForEach(items[..fits], Values.Enqueue);
                Assert.Equal(fits, channel.TrySend(items));
                break;
            case 4:
                (ChannelStatus known, int expected) = Received();
                Assert.Equal(known == ChannelStatus.Done, channel.TryReceive(out int taken));
                Assert.Equal(expected, taken);
                break;
            case 5:
                (known, expected) = Received();
                ChannelStatus status = channel.Receive(out int next, TimeSpan.FromTicks(step & 1));
                Assert.Equal((known, expected), (status, next));
                break;
            case 6:
                (known, expected) = Received();
                ChannelReader<int> reader = channel.AsChannelReader();
                Assert.Equal((known == ChannelStatus.Done, expected), (reader.TryRead(out int read), read));
                break;
            case 7:
                var taking = new int[Math.Abs(step / 9) % 6];
                int count = Math.Min(taking.Length, Values.Count);
                Assert.Equal(count, channel.TryReceive(taking));
                Assert.Equal(Enumerable.Range(0, count).Select(_ => Values.Dequeue()), taking[..count]);
                break;
            default:
                // Seldom, so that most sequences see much of an open channel.
                if (step % 5 == 0)
                {
                    Assert.Equal(!IsClosed, channel.Close());
                    IsClosed = true;
                }

                break;
        }
    }

    private ChannelStatus Sent(int value)
    {
        ChannelStatus status = Sending;
        if (status == ChannelStatus.Done)
        {
            Values.Enqueue(value);
        }

        return status;
    }

    private (ChannelStatus Status, int Value) Received()
    {
        ChannelStatus status = Receiving;
        return (status, status == ChannelStatus.Done ? Values.Dequeue() : 0);
    }
}
