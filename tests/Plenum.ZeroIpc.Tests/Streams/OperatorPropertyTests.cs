using FsCheck;
using FsCheck.Fluent;

namespace Plenum.ZeroIpc.Tests.Streams;

/// <summary>Every operator over random values, against the same computed in memory.</summary>
public sealed class OperatorPropertyTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(TestSupport.Campaign.Count(60,
        5_000));

    [Fact]
    public void Map_IsSelect() => Same((s, _) => s.Map(x => x * 3L), (v, _) => v.Select(x => x * 3L));

    [Fact]
    public void Select_IsSelect() => Same((s, _) => s.Select(x => $"<{x}>"), (v, _) => v.Select(x => $"<{x}>"));

    [Fact]
    public void Filter_IsWhere() => Same((s, n) => s.Filter(x => x % (n + 1) == 0), (v, n) => v.Where(x =>
        x % (n + 1) == 0));

    [Fact]
    public void Where_IsWhere() => Same((s, _) => s.Where(x => x > 0), (v, _) => v.Where(x => x > 0));

    [Fact]
    public void Take_IsTake() => Same((s, n) => s.Take(n), (v, n) => v.Take(n));

    [Fact]
    public void Skip_IsSkip() => Same((s, n) => s.Skip(n), (v, n) => v.Skip(n));

    [Fact]
    public void Scan_IsEveryPrefixOfAFold() => Same(
        (s, _) => s.Scan(7L, (a, x) => (a * 31) + x), (v, _) => v.Select((_, i) =>
        v.Take(i + 1).Aggregate(7L, (a, x) => (a * 31) + x)));

    [Fact]
    public void Distinct_IsEveryValueUnlikeTheOneBefore() => Same(
        (s, n) => s.Map(x => x % (n + 1)).DistinctUntilChanged(),
        (v, n) => v.Select(x => x % (n + 1)).ToArray() is var m ? m.Where((x, i) => i == 0 || x != m[i - 1]) : []);

    [Fact]
    public void Window_Tumbling_IsEveryFullChunk() => Same(
        (s, n) => s.Window(n + 1).Map(Text), (v, n) => v.Chunk(n + 1).Where(c => c.Length == n + 1).Select(Text));

    [Fact]
    public void Window_SlidingByOne_IsEveryRun() => Same(
        (s, n) => s.Window(n + 1, 1).Map(Text),
        (v, n) => Enumerable.Range(0, Math.Max(0, v.Length - n)).Select(i => Text(v[i..(i + n + 1)])));

    [Fact]
    public void Window_WithGaps_LeavesValuesOut() => Same(
        (s, n) => s.Window(2, n + 3).Map(Text),
        (v, n) => Enumerable.Range(0, v.Length).Where(i => i % (n + 3) == 0 && i + 2 <= v.Length).Select(i =>
        Text(v[i..(i + 2)])));

    [Fact]
    public void Window_OfAnyCountAndStep_StartsAtEveryStep() => Prop.ForAll<int[], byte, byte>((values, a, b) =>
    {
        int count = 1 + (a % 7);
        int step = 1 + (b % 9);
        Assert.Equal(
            Enumerable.Range(0, values.Length).Where(i => i % step == 0 && i + count <= values.Length).Select(i =>
                Text(values[i..(i + count)])),
            StreamSources.From(values).Window(count, step).Map(Text).AsEnumerable());
    }).Check(s_config);

    [Fact]
    public void Generate_IsTheSequenceOfItsFunction() => Prop.ForAll<int, byte>((seed, count) =>
    {
        int[] expected = new int[count];
        for (int i = 0; i < count; i++)
        {
            expected[i] = i == 0 ? seed : unchecked((expected[i - 1] * 31) + 7);
        }

        int called = 0;
        Assert.Equal(expected, StreamSources.Generate(seed, x =>
        {
            called++;
            return unchecked((x * 31) + 7);
        }).Take(count).AsEnumerable());
        Assert.Equal(Math.Max(0, count - 1), called);
    }).Check(s_config);

    [Fact]
    public void Merge_OfAnyNumber_IsOneOfEachInTurn() => Prop.ForAll<byte[][]>(rows =>
    {
        StreamSource<(int Row, byte Value)>[] sources =
            [.. rows.Select((row, i) => StreamSources.From(row ?? []).Map(value => (i, value)))];
        (int Row, byte Value)[] merged = [.. StreamSources.Merge(sources).AsEnumerable()];
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(rows[i] ?? [], merged.Where(one => one.Row == i).Select(one => one.Value));
        }

        Assert.Equal(rows.Sum(row => row?.Length ?? 0), merged.Length);
    }).Check(s_config);

    [Fact]
    public void Batch_IsChunk() => Same((s, n) => s.Batch(n + 1).Map(Text), (v, n) => v.Chunk(n + 1).Select(Text));

    [Fact]
    public void Chunk_IsChunk() => Same((s, n) => s.Chunk(n + 1).Map(Text), (v, n) => v.Chunk(n + 1).Select(Text));

    [Fact]
    public void Zip_PairsUpToTheShorter() => Same(
        (s, n) => s.Zip(StreamSources.Generate(n, x => x + 1).Take(5), (x, y) => (x, y)),
        (v, n) => v.Zip(Enumerable.Range(n, 5)));

    [Fact]
    public void Merge_KeepsEveryValueAndEachOrder() => Same(
        (s, n) => s.Map(x => (true, x)).Merge(StreamSources.From(Enumerable.Range(0, n)).Map(x => (false, x))),
        (v, n) => Interleaved(v, [.. Enumerable.Range(0, n)]));

    [Fact]
    public void Unfold_IsTheSequence() => Same(
        (_, n) => StreamSources.Unfold<int, int>(0, i => i < n ? (i * i, i + 1) : null), (_, n) =>
        Enumerable.Range(0, n).Select(i => i * i));

    [Fact]
    public void Fold_IsAggregate() => Prop.ForAll<int[]>(values =>
    {
        long folded = StreamSources.From(values).FoldAsync(3L, (a, x) =>
            (a * 31) + x).AsTask().GetAwaiter().GetResult();
        Assert.Equal(values.Aggregate(3L, (a, x) => (a * 31) + x), folded);
        Assert.Equal(folded, StreamSources.From(values).AggregateAsync(3L, (a, x) =>
            (a * 31) + x).AsTask().GetAwaiter().GetResult());
    }).Check(s_config);

    [Fact]
    public void Chain_ThroughSharedStreams_IsTheChainInMemory() => Prop.ForAll<int[]>(values =>
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<int> source = SharedStream<int>.Create(test.Memory, "in", 4);
        using DerivedStream<long> doubled = source.Map(x => 2L * x).Into(test.Memory, "doubled", 3);
        using DerivedStream<long> sums = doubled.Stream.Filter(x => x % 3 == 0).Scan(0L, (a, x) =>
            a + x).Into(test.Memory, "sums", 2);
        var emitter = new Thread(() =>
        {
            Array.ForEach(values, value => source.Emit(value));
            source.Close();
        });
        emitter.Start();

        long sum = 0;
        long[] expected = [.. values.Select(x => 2L * x).Where(x => x % 3 == 0).Select(x => sum += x)];
        Assert.Equal(expected, sums.Stream.AsEnumerable());
        emitter.Join();
        Assert.True(doubled.Stream.IsCompleted);
        Assert.Equal(("map", "scan"), (doubled.Stream.TransformedBy, sums.Stream.TransformedBy));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(TestSupport.Campaign.Count(10, 500)));

    private static string Text(int[] values) => string.Join(' ', values);

    private static IEnumerable<(bool, int)> Interleaved(int[] left, int[] right)
    {
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            if (i < left.Length)
            {
                yield return (true, left[i]);
            }

            if (i < right.Length)
            {
                yield return (false, right[i]);
            }
        }
    }

    private static void Same<T>(Func<StreamSource<int>, int, StreamSource<T>> ours, Func<int[], int,
        IEnumerable<T>> reference) =>
        Prop.ForAll<int[], byte>((values, parameter) =>
        {
            int n = parameter % 6;
            Assert.Equal(reference(values, n), ours(StreamSources.From(values), n).AsEnumerable());
        }).Check(s_config);
}
