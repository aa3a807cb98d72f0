namespace Plenum.ZeroIpc.Tests;

/// <summary>Who waits to send and who waits to receive: never both after a while.</summary>
internal sealed class PairingModel(SharedChannel<int> channel)
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
        // What completes during the look stays for the next one.
        foreach (var one in _sends.FindAll(one => one.Task.IsCompleted))
        {
            Assert.Equal(one.Stop.IsCancellationRequested, one.Task.IsCanceled);
            if (!one.Task.IsCanceled)
            {
                Assert.Equal(ChannelStatus.Done, one.Task.Result);
                _sent.Add(one.Value);
            }

            _sends.Remove(one);
        }

        foreach (var one in _receives.FindAll(one => one.Task.IsCompleted))
        {
            Assert.Equal(one.Stop.IsCancellationRequested, one.Task.IsCanceled);
            if (!one.Task.IsCanceled)
            {
                Assert.Equal(ChannelStatus.Done, one.Task.Result.Status);
                _received.Add(one.Task.Result.Value);
            }

            _receives.Remove(one);
        }
    }
}
