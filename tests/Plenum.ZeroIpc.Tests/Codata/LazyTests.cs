using FsCheck;
using FsCheck.Fluent;
using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Lazy values: the peers' operations, references, functions, errors, invalidation.</summary>
public sealed class LazyTests
{
    [Fact]
    public void StoredOperations_OfEveryNumberType_GiveTheirResults()
    {
        using var segment = new Segment(1 << 20);
        SharedMemory memory = segment.First;
        Assert.Equal(9.5, SharedLazy<double>.Add(memory, "f64", 7.5, 2).Force());
        Assert.Equal(-6f, SharedLazy<float>.Multiply(memory, "f32", -3, 2).Force());
        Assert.Equal(int.MinValue, SharedLazy<int>.Add(memory, "i32", int.MaxValue, 1).Force());
        Assert.Equal(-5L, SharedLazy<long>.Negate(memory, "i64", 5).Force());
        Assert.Equal(251, SharedLazy<byte>.Negate(memory, "u8", 5).Force());
        Assert.Equal(unchecked((short)90_000), SharedLazy<short>.Multiply(memory, "i16", 300, 300).Force());
        Assert.Equal(4ul, SharedLazy<ulong>.Add(memory, "u64", ulong.MaxValue, 5).Force());
        var sum = SharedLazy<double>.Open(memory, "f64");
        Assert.Equal((FutureState.Ready, 1, LazyOperation.Add), (sum.State, (int)sum.ComputeCount, sum.Operation));
        Assert.True(sum.Reset());
        Assert.False(sum.Reset());
        Assert.False(sum.TryPeek(out _));
        Assert.Equal((9.5, 2L), (sum.Force(), sum.ComputeCount));
        Assert.True(sum.TryPeek(out double peeked));
        Assert.Equal(9.5, peeked);
    }

    [Fact]
    public void Truth_Operations_GiveTheirResultsAndShortCircuit()
    {
        using var segment = new Segment();
        SharedMemory memory = segment.First;
        var yes = SharedLazy<bool>.Constant(memory, "yes", true);
        var no = SharedLazy<bool>.Constant(memory, "no", false);
        int asked = 0;
        var costly = SharedLazy<bool>.Create(memory, "costly", () => ++asked > 0);

        SharedLazy<bool> both = SharedLazy.And(memory, "and", yes, no);
        SharedLazy<bool> either = SharedLazy.Or(memory, "or", no, yes);
        SharedLazy<bool> differ = SharedLazy.Xor(memory, "xor", yes, yes);
        SharedLazy<bool> opposite = SharedLazy.Not(memory, "not", no);
        SharedLazy<bool> cut = SharedLazy.Or(memory, "cut", yes, costly);

        Assert.Equal((FutureState.Pending, LazyOperation.And), (both.State, both.Operation));
        Assert.Equal((false, true, false, true), (both.Force(), either.Force(), differ.Force(), opposite.Force()));
        Assert.Equal((FutureState.Ready, 0), (cut.State, asked));
        Assert.True(costly.Force() && costly.Force());
        Assert.Equal(1, asked);
    }

    [Fact]
    public void References_AreEvaluatedOnDemandAndInvalidationPropagates()
    {
        using var segment = new Segment();
        using SharedMemory other = segment.OpenAgain();
        SharedMemory memory = segment.First;
        double reading = 2;
        int calls = 0;
        var sensor = SharedLazy<double>.Create(memory, "sensor", () =>
        {
            calls++;
            return reading;
        });
        var factor = SharedLazy<double>.Constant(memory, "factor", 10);
        var product = SharedLazy<double>.Multiply(memory, "product", sensor, factor);
        var negative = SharedLazy<double>.Negate(memory, "negative", product);
        Assert.Equal(0, calls);

        Assert.Equal(-20, negative.Force());
        Assert.Equal(-20, SharedLazy<double>.Open(other, "negative").Force());
        Assert.Equal((1, 1L), (calls, negative.ComputeCount));
        reading = 3;
        Assert.Equal(-20, negative.Force());
        Assert.True(sensor.Invalidate());
        Assert.False(sensor.Invalidate());

        Assert.Equal(-30, negative.Force());
        Assert.Equal((2, 2L), (calls, negative.ComputeCount));
        Assert.Equal(-30, SharedLazy<double>.Open(other, "negative").Force());
        Assert.Equal((FutureState.Ready, LazyOperation.Chain), (product.State, product.Operation));
    }

    [Fact]
    public void Functions_WithDependencies_FollowThem()
    {
        using var segment = new Segment();
        long source = 5;
        var first = SharedLazy<long>.Create(segment.First, "first", () => source);
        var second = SharedLazy<long>.Create(segment.First, "second", () => first.Force() * first.Force(), [first]);
        Assert.Equal(25, second.Force());
        source = 6;
        Assert.True(first.Invalidate());
        Assert.Equal(36, second.Force());
        Assert.Equal(2, second.ComputeCount);
    }

    [Fact]
    public void Errors_AreRememberedAndPassedOnUntilInvalidated()
    {
        using var segment = new Segment();
        bool broken = true;
        int calls = 0;
        var source = SharedLazy<int>.Create(segment.First, "source", () =>
        {
            calls++;
            return broken ? throw new InvalidOperationException("no sensor") : 4;
        });
        var twice = SharedLazy<int>.Add(segment.First, "twice", source, source);

        Assert.Equal("no sensor", Assert.Throws<FutureFailedException>(() => twice.Force()).ErrorText);
        Assert.Equal("no sensor", Assert.Throws<FutureFailedException>(() => source.Force()).ErrorText);
        Assert.Equal((1, FutureState.Failed, "no sensor"), (calls, twice.State, twice.ErrorText));
        Assert.False(source.Reset());
        broken = false;
        Assert.True(source.Invalidate());

        Assert.Equal(8, twice.Force());
        Assert.Null(twice.ErrorText);

        // A function belongs to the process that gave it: opened again, as another process would, there is none.
        _ = SharedLazy<int>.Create(segment.First, "n", () => 1);
        Assert.Throws<InvalidOperationException>(
            () => SharedLazy<int>.Open(segment.OpenAgain(), "n").Force());
    }

    [Fact]
    public void Cycles_AndEndlessDepth_AreRefused()
    {
        using var segment = new Segment(1 << 20, entries: 128);
        var a = SharedLazy<int>.Constant(segment.First, "a", 1);
        var b = SharedLazy<int>.Add(segment.First, "b", a, a);
        var c = SharedLazy<int>.Add(segment.First, "c", b, b);

        // b refers to c from now on, as only a hostile or damaged segment can.
        segment.First.Segment.UInt32(b.Core.Offset + 8).WriteRelease((uint)(c.Core.Offset / 8));
        Assert.Contains("itself", Assert.Throws<InvalidOperationException>(() =>
            c.Force()).Message, StringComparison.Ordinal);
        segment.First.Segment.UInt32(b.Core.Offset + 8).WriteRelease(3);
        Assert.Throws<SegmentCorruptedException>(() => SharedLazy<int>.Open(segment.First, "b").Force());

        SharedLazy<int> deep = a;
        for (int i = 0; i < LazyPath.MaxDepth - 1; i++)
        {
            deep = SharedLazy<int>.Negate(segment.First, "d" + i, deep);
        }

        Assert.Equal(LazyPath.MaxDepth % 2 == 0 ? -1 : 1, deep.Force());
        deep = SharedLazy<int>.Negate(segment.First, "over", deep);
        Assert.Contains("deep", Assert.Throws<InvalidOperationException>(() =>
            deep.Force()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Force_ManyThreads_ComputesOnce()
    {
        for (int round = 0; round < 30; round++)
        {
            using var segment = new Segment(ours: true);
            int calls = 0;
            _ = SharedLazy<long>.Create(segment.First, "x", () => 0);
            Crew.Run(6, self =>
            {
                var mine = SharedLazy<long>.Open(segment.First, "x", () => Interlocked.Increment(ref calls) * 7);
                Assert.Equal(7, self % 2 == 0 ? mine.Force() : mine.ForceAsync().AsTask().GetAwaiter().GetResult());
            });
            Assert.Equal(1, calls);
        }
    }

    [Fact]
    public void Force_WhileOthersInvalidate_NeverReadsHalfAValue()
    {
        using var segment = new Segment(ours: true);
        int next = 0;
        var lazy = SharedLazy<Point>.Create(segment.First, "x", () =>
        {
            float value = Interlocked.Increment(ref next);
            return new Point(value, value, value);
        });
        int rounds = Campaign.Count(2_000, 200_000);
        Crew.Run(3, self =>
        {
            for (int i = 0; i < rounds; i++)
            {
                if (self == 0)
                {
                    lazy.Invalidate();
                    continue;
                }

                Point seen = lazy.Force();
                Assert.True(seen.X == seen.Y && seen.Y == seen.Z, $"{seen} is torn");
            }
        });
    }

    [Fact]
    public void PythonLayout_ConstantFunctionErrorReset()
    {
        using var segment = new Segment();
        var constant = SharedLazy<double>.Constant(segment.First, "c", 7.5, CodataLayout.Python);
        var computed = SharedLazy<int>.Create(segment.First, "f", () => 3, layout: CodataLayout.Python);
        var failing = SharedLazy<int>.Create(
            segment.First, "e", () => throw new DivideByZeroException("division by zero"), layout: CodataLayout.Python);
        Assert.Equal((7.5, 3), (constant.Force(), computed.Force()));
        Assert.Equal("division by zero", Assert.Throws<FutureFailedException>(() => failing.Force()).ErrorText);
        Assert.Equal(CodataLayout.Python, SharedLazy<int>.Open(segment.First, "f").Layout);
        Assert.Equal(268, segment.First.Table.Find("c").SizeBytes);
    }

    [Fact]
    public void Trees_OfRandomOperations_GiveWhatArithmeticGives()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), seeds =>
        {
            using var segment = new Segment(1 << 20, entries: 128);
            var lazies = new List<SharedLazy<int>> { SharedLazy<int>.Constant(segment.First, "x0", 3) };
            var values = new List<int> { 3 };
            foreach (int seed in seeds.Take(40))
            {
                int a = (int)((uint)seed / 7 % (uint)values.Count);
                int b = (int)((uint)seed / 701 % (uint)values.Count);
                string name = "x" + values.Count;
                switch ((uint)seed % 5)
                {
                    case 0:
                        lazies.Add(SharedLazy<int>.Constant(segment.First, name, seed));
                        values.Add(seed);
                        break;
                    case 1:
                        lazies.Add(SharedLazy<int>.Add(segment.First, name, lazies[a], lazies[b]));
                        values.Add(unchecked(values[a] + values[b]));
                        break;
                    case 2:
                        lazies.Add(SharedLazy<int>.Multiply(segment.First, name, lazies[a], lazies[b]));
                        values.Add(unchecked(values[a] * values[b]));
                        break;
                    case 3:
                        lazies.Add(SharedLazy<int>.Negate(segment.First, name, lazies[a]));
                        values.Add(unchecked(-values[a]));
                        break;
                    default:
                        lazies.Add(SharedLazy<int>.Multiply(segment.First, name, seed, values[a]));
                        values.Add(unchecked(seed * values[a]));
                        break;
                }
            }

            return Enumerable.Range(0, values.Count).Reverse().All(i => lazies[i].Force() == values[i]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Campaign.Count(25, 1_000)));
    }
}
