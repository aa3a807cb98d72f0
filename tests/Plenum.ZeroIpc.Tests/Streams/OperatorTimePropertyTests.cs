using FsCheck;
using FsCheck.Fluent;

namespace Plenum.ZeroIpc.Tests.Streams;

/// <summary>Operators of time over values that come at random moments of a clock the test moves, against what their
/// definition says of the same moments.</summary>
public sealed class OperatorTimePropertyTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(TestSupport.Campaign.Count(80,
        5_000));

    [Fact]
    public void Window_OfTime_HoldsWhatArrivedInEach() => Check(
        (source, a, b, clock) => source.Window(Seconds(1 + (a % 8)), Seconds(1 + (b % 11)), clock).Map(Text),
        (arrivals, end, a, b) => Windows(arrivals, end, 1 + (a % 8), 1 + (b % 11)));

    [Fact]
    public void Window_OfTimeWithoutStep_Tumbles() => Check(
        (source, a, _, clock) => source.Window(Seconds(1 + (a % 8)), default, clock).Map(Text),
        (arrivals, end, a, _) => Windows(arrivals, end, 1 + (a % 8), 1 + (a % 8)));

    [Fact]
    public void Throttle_PassesAValueWhenNonePassedForTheInterval() => Check(
        (source, a, _, clock) => source.Throttle(Seconds(1 + (a % 8)), clock).Map(value => $"{value}"),
        (arrivals, _, a, _) =>
        {
            int? last = null;
            return arrivals.Where(one =>
            {
                bool passes = last is null || one.At - last >= 1 + (a % 8);
                last = passes ? one.At : last;
                return passes;
            }).Select(one => $"{one.Value}");
        });

    [Fact]
    public void Sample_IsTheLastOfEachPeriod() => Check(
        (source, a, _, clock) => source.Sample(Seconds(1 + (a % 8)), clock).Map(value => $"{value}"),
        (arrivals, _, a, _) => arrivals.GroupBy(one => (one.At - arrivals[0].At) / (1 + (a % 8)))
            .OrderBy(period => period.Key).Select(period => $"{period.Last().Value}"));

    private static IEnumerable<string> Windows((int At, int Value)[] arrivals, int end, int length, int step)
    {
        int edge = arrivals.Length == 0 ? int.MaxValue : arrivals[0].At + length;
        int before = int.MinValue;
        while (edge <= end)
        {
            string window = Inside(arrivals, edge - length, edge);
            if (window.Length > 0)
            {
                yield return window;
            }

            before = edge;
            edge += step;
        }

        // The one under way, if anything came since the last edge that it holds.
        string rest = arrivals.Length == 0 ? string.Empty : Inside(arrivals, edge - length, edge);
        if (rest.Length > 0 && arrivals.Any(one => one.At >= before))
        {
            yield return rest;
        }
    }

    private static string Inside((int At, int Value)[] arrivals, int from, int to) =>
        Text([.. arrivals.Where(one => one.At >= from && one.At < to).Select(one => one.Value)]);

    private static void Check(
        Func<StreamSource<int>, byte, byte, TimeProvider, StreamSource<string>> ours,
        Func<(int At, int Value)[], int, byte, byte, IEnumerable<string>> reference) =>
        Prop.ForAll<byte[], byte, byte>((gaps, a, b) =>
        {
            var clock = new HandClock();
            using TestMemory test = TestMemory.Create();
            SharedStream<int> stream = SharedStream<int>.Create(test.Memory, "s", 16);
            using StreamCursor<string> run = ours(stream, a, b, clock).OpenCursor();
            var arrivals = new List<(int At, int Value)>();
            var seen = new List<string>();
            int now = 0;
            foreach (byte gap in gaps)
            {
                now += gap % 16 < 10 ? gap % 3 : gap % 40;
                clock.At(now);
                Drain(run, seen);
                Assert.True(stream.TryEmit(arrivals.Count));
                arrivals.Add((now, arrivals.Count));
                Drain(run, seen);
            }

            now += b % 30;
            clock.At(now);
            stream.Close();
            Drain(run, seen);

            Assert.Equal(reference([.. arrivals], now, a, b), seen);
        }).Check(s_config);

    private static void Drain(StreamCursor<string> run, List<string> seen)
    {
        while (run.TryPull(out string value) == Pull.Value)
        {
            seen.Add(value);
        }
    }

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);

    private static string Text(int[] values) => string.Join(' ', values);
}
