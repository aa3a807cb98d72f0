using System.Threading.Channels;
using FsCheck;
using FsCheck.Fluent;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Random sequences of operations on a channel, compared with a plain model after each step.</summary>
public sealed class ChannelModelTests
{
    [Theory]
    [InlineData(4, CodataLayout.Native)]
    [InlineData(4, CodataLayout.Python)]
    [InlineData(2, CodataLayout.Native)]
    public void Buffered_AnySequence_IsABoundedQueueThatCloses(int capacity, CodataLayout layout) =>
        Prop.ForAll<int[]>(steps =>
        {
            using var segment = new Segment(ours: true);
            var channel = SharedChannel<int>.Create(segment.First, "x", capacity, layout);
            var model = new BufferModel(capacity);
            foreach (int step in steps)
            {
                model.Apply(channel, step);
                Assert.Equal((model.Values.Count, model.IsClosed), (channel.Count, channel.IsClosed));
                channel = step % 7 == 0 ? SharedChannel<int>.Open(segment.First, "x") : channel;
            }
        }).Check(Config.QuickThrowOnFailure
            .WithMaxTest(TestSupport.Campaign.Count(60, 3_000)).WithStartSize(1).WithEndSize(200));

    [Theory]
    [InlineData(CodataLayout.Native)]
    [InlineData(CodataLayout.Python)]
    public void Rendezvous_AnySequence_PairsSendersWithReceivers(CodataLayout layout) => Prop.ForAll<byte[]>(steps =>
    {
        using var segment = new Segment(ours: true);
        var model = new PairingModel(SharedChannel<int>.Create(segment.First, "x", 0, layout));
        Array.ForEach(steps, model.Apply);
        model.Close();
    }).Check(Config.QuickThrowOnFailure
        .WithMaxTest(TestSupport.Campaign.Count(15, 400)).WithStartSize(1).WithEndSize(40));

    /// <summary>A queue with a capacity and a flag.</summary>
    private sealed class BufferModel(int capacity)
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

    /// <summary>Who waits to send and who waits to receive: never both after a while.</summary>
    private sealed class PairingModel(SharedChannel<int> channel)
    {
        private readonly List<(Task<ChannelStatus> Task, int Value, CancellationTokenSource Stop)> _sends = [];
        private readonly List<(Task<ChannelReceipt<int>> Task, CancellationTokenSource Stop)> _receives = [];
        private readonly List<int> _sent = [];
        private readonly List<int> _received = [];
        private int _next;

        internal void Apply(byte step)
        {
            var stop = new CancellationTokenSource();
            switch (step % 8)
            {
                case 0 or 1:
                    ValueTask<ChannelStatus> begun = channel.SendAsync(++_next, Timeout.InfiniteTimeSpan, stop.Token);
                    _sends.Add((begun.AsTask(), _next, stop));
                    break;
                case 2 or 3:
                    _receives.Add((channel.ReceiveAsync(Timeout.InfiniteTimeSpan, stop.Token).AsTask(), stop));
                    break;
                case 4 when _sends.Count > 0:
                    (Task<ChannelStatus> sending, _, CancellationTokenSource give) = _sends[step % _sends.Count];
                    give.Cancel();
                    Segment.Until(() => sending.IsCompleted);
                    break;
                case 5 when _receives.Count > 0:
                    (Task<ChannelReceipt<int>> receiving, CancellationTokenSource leave) =
                        _receives[step % _receives.Count];
                    leave.Cancel();
                    Segment.Until(() => receiving.IsCompleted);
                    break;
                case 6 when channel.TrySend(++_next):
                    // Only to a receiver that waits.
                    Assert.NotEmpty(_receives);
                    _sent.Add(_next);
                    break;
                case 7 when channel.TryReceive(out int value):
                    // Only from a sender that waits.
                    Assert.NotEmpty(_sends);
                    _received.Add(value);
                    break;
                default:
                    break;
            }

            Settle();
        }

        internal void Close()
        {
            Assert.True(channel.Close());
            Segment.Until(() => _sends.TrueForAll(one => one.Task.IsCompleted)
                && _receives.TrueForAll(one => one.Task.IsCompleted));
            Assert.All(_sends, one => Assert.Equal(ChannelStatus.Closed, one.Task.Result));
            Assert.All(_receives, one => Assert.Equal(ChannelStatus.Closed, one.Task.Result.Status));
            Assert.Equal((0, 0, 0), (channel.Count, channel.WaitingSenders, channel.WaitingReceivers));
        }

        // Everybody who can be paired is, and then what was received is what was sent.
        private void Settle()
        {
            Segment.Until(() =>
            {
                Collect();
                return (_sends.Count == 0 || _receives.Count == 0) && _sent.Count == _received.Count;
            });
            Assert.Equal(_sent.Order(), _received.Order());
        }

        private void Collect()
        {
            foreach ((Task<ChannelStatus> task, int value, CancellationTokenSource stop) in _sends.FindAll(one =>
                one.Task.IsCompleted))
            {
                Assert.Equal(stop.IsCancellationRequested, task.IsCanceled);
                if (!task.IsCanceled)
                {
                    Assert.Equal(ChannelStatus.Done, task.Result);
                    _sent.Add(value);
                }
            }

            foreach ((Task<ChannelReceipt<int>> task, CancellationTokenSource stop) in _receives.FindAll(one =>
                one.Task.IsCompleted))
            {
                Assert.Equal(stop.IsCancellationRequested, task.IsCanceled);
                if (!task.IsCanceled)
                {
                    Assert.Equal(ChannelStatus.Done, task.Result.Status);
                    _received.Add(task.Result.Value);
                }
            }

            _ = _sends.RemoveAll(one => one.Task.IsCompleted);
            _ = _receives.RemoveAll(one => one.Task.IsCompleted);
        }
    }
}
