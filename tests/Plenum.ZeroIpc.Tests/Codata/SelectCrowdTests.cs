using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>A thousand selects at once, each over every kind of source.</summary>
public sealed class SelectCrowdTests
{
    private const int Selects = 1_000;
    private const int Threads = 16;
    private const int Groups = 10;
    private const int Values = 500;

    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    // What a select can be chosen by, in the order of its alternatives.
    private enum Source
    {
        Buffered = 0,
        Rendezvous = 1,
        Stream = 2,
        Future = 3,
        Broadcast = 4,
        Time = 5,
    }

    [Fact]
    public async Task Wait_OneThousandOverEveryKind_EachEndsOnceAndNothingIsLost()
    {
        for (int round = 0; round < Campaign.Count(1, 100); round++)
        {
            await OneRound();
        }
    }

    // 500 values go to whichever selects get them. Then the futures of half of the groups are set and the broadcasts of
    // the others publish, which ends every select that is left; in the last group some end by their time.
    private static async Task OneRound()
    {
        using var segment = new Segment(16 << 20, ours: true, entries: 256);
        var crowd = new Crowd(segment.First);
        Task<(Source By, long Value)>[] waits =
        [
            .. Enumerable.Range(0, Selects).Select(i => i < Threads
                ? Task.Factory.StartNew(() => crowd.Select(i), TaskCreationOptions.LongRunning)
                : Task.Run(() => crowd.SelectAsync(i))),
        ];
        await Task.Run(() => crowd.Send(Values)).WaitAsync(s_long);
        crowd.ReleaseAll();
        (Source By, long Value)[] ends = await Task.WhenAll(waits).WaitAsync(s_long);

        Assert.Equal(
            Enumerable.Range(0, Values).Select(i => (long)i),
            ends.Where(end => end.By <= Source.Stream).Select(end => end.Value).Order());
        for (int i = 0; i < Selects; i++)
        {
            int group = i % Groups;
            Source by = ends[i].By;
            bool isRight = by <= Source.Stream || by == (group < Groups / 2 ? Source.Future : Source.Broadcast)
                || (by == Source.Time && group == Groups - 1);
            Assert.True(isRight, $"select {i} of group {group} ended by {by}");
            Assert.True(by is not (Source.Future or Source.Broadcast) || ends[i].Value == group);
        }

        crowd.AssertNothingIsLeft();
    }

    private sealed class Crowd
    {
        private readonly SharedChannel<long> _buffered;
        private readonly SharedChannel<long> _rendezvous;
        private readonly SharedStream<long> _stream;
        private readonly SharedFuture<long>[] _futures;
        private readonly SharedBroadcast<long>[] _broadcasts;
        private readonly BroadcastPublisher<long>[] _publishers;
        private readonly BroadcastSubscription<long>[] _subscriptions;

        internal Crowd(SharedMemory memory)
        {
            _buffered = SharedChannel<long>.Create(memory, "c", 16);
            _rendezvous = SharedChannel<long>.Create(memory, "r", 0);
            _stream = SharedStream<long>.Create(memory, "s", 16);
            var options = new BroadcastOptions { Capacity = 4, MaxSubscribers = Selects / Groups };
            _futures = [.. Enumerable.Range(0, Groups).Select(i => SharedFuture<long>.Create(memory, $"f{i}"))];
            _broadcasts =
                [.. Enumerable.Range(0, Groups).Select(i => SharedBroadcast<long>.Create(memory, $"b{i}", options))];
            _publishers = [.. _broadcasts.Select(one => one.OpenPublisher())];
            _subscriptions = [.. Enumerable.Range(0, Selects).Select(i => _broadcasts[i % Groups].Subscribe())];
        }

        internal (Source By, long Value) Select(int i)
        {
            SelectCase[] cases = Cases(i);
            return Ended(cases, SharedSelect.Wait(cases));
        }

        internal async Task<(Source By, long Value)> SelectAsync(int i)
        {
            SelectCase[] cases = Cases(i);
            return Ended(cases, await SharedSelect.WaitAsync(cases));
        }

        internal void Send(int count)
        {
            for (int i = 0; i < count; i++)
            {
                bool sent = (i % 3) switch
                {
                    0 => _buffered.Send(i, s_long) == ChannelStatus.Done,
                    1 => _rendezvous.Send(i, s_long) == ChannelStatus.Done,
                    _ => _stream.Emit(i, s_long) == EmitOutcome.Emitted,
                };
                Assert.True(sent);
            }

            Segment.Until(() => _buffered.Count == 0 && _stream.EmittedCount == _stream.TakenCount);
        }

        internal void ReleaseAll()
        {
            for (int group = 0; group < Groups; group++)
            {
                if (group < Groups / 2)
                {
                    Assert.True(_futures[group].TrySet(group));
                }
                else
                {
                    Assert.Equal(EmitOutcome.Emitted, _publishers[group].TryEmit(group));
                }
            }
        }

        internal void AssertNothingIsLeft()
        {
            Array.ForEach(_subscriptions, one => one.Dispose());
            Array.ForEach(_publishers, one => one.Dispose());
            Assert.Equal((0, 0), (_buffered.Count, _rendezvous.WaitingReceivers));
            WaitSite[] sites =
            [
                _buffered.Core.Items, _rendezvous.Core.Items, _stream.Core.Items,
                .. _futures.Select(one => one.Core.Site), .. _broadcasts.Select(one => one.Core.Items),
            ];
            Segment.Until(() => sites.All(site => site.WaiterCount == 0));
        }

        private SelectCase[] Cases(int i) =>
        [
            _buffered.Receiving(), _rendezvous.Receiving(), _stream.Receiving(), _futures[i % Groups].Completing(),
            _subscriptions[i].Receiving(),
            SelectCase.After(i % Groups == Groups - 1 ? TimeSpan.FromMilliseconds(i) : s_long),
        ];

        private static (Source By, long Value) Ended(SelectCase[] cases, int chosen)
        {
            Assert.True(chosen == (int)Source.Time || cases[chosen].HasValue);
            return ((Source)chosen, cases[chosen] is SelectCase<long> one ? one.Value : -1);
        }
    }
}
