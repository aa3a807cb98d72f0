using System.Diagnostics;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Values handed to and fro over every kind of source, with sleepers on either side: no wake-up is
/// lost.</summary>
/// <remarks>Every other wait is a select, which counts what it found without having been woken: a lost wake-up. The
/// rest are the structures' own waits; a lost wake-up there makes a hand-over last the 50 ms after which sleepers look
/// by themselves. Those are counted and printed, not judged, because a busy machine has such pauses too.</remarks>
public sealed class HandOverCampaignTests
{
    private const int Full = 1_000_000;
    private const int EveryNthSleeps = 8;

    public static TheoryData<string> Kinds => ["channel", "rendezvous", "stream", "broadcast", "future"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void HandOvers_OfOneKind_AllArriveAndNoneUnwoken(string kind)
    {
        int rounds = Campaign.Count(1_000, Full);
        using var segment = new Segment(1 << 20, ours: true);
        using Link there = Link.Create(kind, segment.First, "there");
        using Link back = Link.Create(kind, segment.First, "back");
        long unwoken = SelectWait.UnwokenCount;
        long slept = 0;
        long late = 0;
        Crew.Run(2, self =>
        {
            for (int i = 0; i < rounds; i++)
            {
                long start = Stopwatch.GetTimestamp();
                if (self == 0)
                {
                    Interlocked.Add(ref slept, Pause(there.Site, i));
                    there.Give(i);
                    Assert.Equal(i, back.Take(bySelect: i % 2 == 0));
                    late += Stopwatch.GetElapsedTime(start) > TimeSpan.FromMilliseconds(45) ? 1 : 0;
                }
                else
                {
                    Assert.Equal(i, there.Take(bySelect: i % 2 == 1));
                    Interlocked.Add(ref slept, Pause(back.Site, i + (EveryNthSleeps / 2)));
                    back.Give(i);
                }
            }
        });

        Assert.Equal(unwoken, SelectWait.UnwokenCount);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kind}: {2L * rounds} hand-overs, {slept} of them to a sleeper, {late} round trips of more than 45 ms, "
            + "0 unwoken");
    }

    // Now and then long enough for the other side to go to sleep; 1 when it did.
    private static int Pause(WaitSite site, int round)
    {
        if (round % EveryNthSleeps != 0)
        {
            return 0;
        }

        long start = Stopwatch.GetTimestamp();
        while (site.WaiterCount == 0 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(1))
        {
            Thread.SpinWait(20);
        }

        return site.WaiterCount == 0 ? 0 : 1;
    }

    /// <summary>One direction.</summary>
    private sealed class Link(
        WaitSite site, Action<long> give, Func<long> take, SelectCase<long> select, Action afterTake, Action end)
        : IDisposable
    {
        private readonly SelectCase[] _cases = [select, SelectCase.After(TimeSpan.FromMinutes(10))];

        internal WaitSite Site => site;

        internal void Give(long value) => give(value);

        internal long Take(bool bySelect)
        {
            long value = bySelect && SharedSelect.Wait(_cases, SelectOrder.Priority) == 0 ? select.Value : take();
            afterTake();
            return value;
        }

        public void Dispose() => end();

        internal static Link Create(string kind, SharedMemory memory, string name)
        {
            switch (kind)
            {
                case "stream":
                    var stream = SharedStream<long>.Create(memory, name, 1);
                    return new Link(
                        stream.Core.Items, value => Assert.Equal(EmitOutcome.Emitted, stream.Emit(value)),
                        () => stream.Next(out long value, Timeout.InfiniteTimeSpan) == NextOutcome.Value ? value : -1,
                        stream.Receiving(), () => { }, stream.Close);
                case "broadcast":
                    var broadcast = SharedBroadcast<long>.Create(memory, name, new BroadcastOptions { Capacity = 2 });
                    BroadcastPublisher<long> publisher = broadcast.OpenPublisher();
                    BroadcastSubscription<long> mine = broadcast.Subscribe();
                    return new Link(
                        broadcast.Core.Items, value => Assert.Equal(EmitOutcome.Emitted, publisher.Emit(value)),
                        () => mine.Next(out long value, Timeout.InfiniteTimeSpan) == NextOutcome.Value ? value : -1,
                        mine.Receiving(), () => { }, () =>
                        {
                            mine.Dispose();
                            publisher.Dispose();
                        });
                case "future":
                    // Set once; the taker, who alone reads it, puts it back before it answers.
                    var future = SharedFuture<long>.Create(memory, name);
                    return new Link(
                        future.Core.Site, value => Assert.True(future.TrySet(value)), () => future.Get(),
                        future.Completing(),
                        () => Assert.True(future.Core.TryChange(FutureState.Ready, FutureState.Pending)), () => { });
                default:
                    var channel = SharedChannel<long>.Create(memory, name, kind == "channel" ? 2 : 0);
                    return new Link(
                        channel.Core.Items, value => channel.Send(value), () => channel.Receive(),
                        channel.Receiving(), () => { }, () => channel.Close());
            }
        }
    }
}
