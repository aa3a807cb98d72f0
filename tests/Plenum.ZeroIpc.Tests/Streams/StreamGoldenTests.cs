namespace Plenum.ZeroIpc.Tests.Streams;

/// <summary>Streams in the images written by the C++ and Python peers, decoded and made again byte for byte.</summary>
public sealed class StreamGoldenTests
{
    private static readonly StreamOptions s_python = new() { Layout = StreamLayout.Python };

    [Fact]
    public void Cpp_Stream_IsDecoded()
    {
        using TestMemory test = TestMemory.Golden("cpp_stream");

        SharedStream<double> temp = SharedStream<double>.Open(test.Memory, "temp");
        SharedStream<int> done = SharedStream<int>.Open(test.Memory, "done");

        Assert.Equal((8, 5UL, 2UL, 3, false, 0), (
            temp.Capacity, temp.EmittedCount, temp.TakenCount, temp.Count, temp.IsClosed, temp.SubscriberCount));
        Assert.Equal([2.25, 3.25, 4.25], Drain(temp));
        Assert.True(done.IsClosed);
        Assert.False(done.TryEmit(3));
        Assert.Equal([1, 2], Drain(done));
        Assert.True(done.IsCompleted);
        Assert.Equal(NextOutcome.Closed, done.Next(out _, TimeSpan.FromSeconds(60)));
        SharedEventStream ticks = SharedEventStream.Open(test.Memory, "ticks");
        Assert.Equal((3UL, false), (ticks.Count, ticks.IsClosed));
    }

    [Fact]
    public void Cpp_Stream_IsReproduced()
    {
        using TestMemory test = TestMemory.Create();
        SharedStream<double> temp = SharedStream<double>.Create(test.Memory, "temp", 8);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(EmitOutcome.Emitted, temp.Emit(0.25 + i));
        }

        Assert.True(temp.TryNext(out double first) && temp.TryNext(out _));
        Assert.Equal(0.25, first);
        SharedStream<int> done = SharedStream<int>.Create(test.Memory, "done", 4);
        Assert.Equal(2, done.TryEmit([1, 2]));
        done.Close();
        SharedEventStream ticks = SharedEventStream.Create(test.Memory, "ticks");
        for (int i = 0; i < 3; i++)
        {
            Assert.True(ticks.TryEmit());
        }

        test.AssertEqualsGolden("cpp_stream");
    }

    [Fact]
    public void Python_Stream_IsDecodedAndReproduced()
    {
        using TestMemory golden = TestMemory.Golden("py_stream");
        SharedStream<double> temp = SharedStream<double>.Open(golden.Memory, "temp", s_python);
        Assert.Equal((8, 5UL, 3, false), (temp.Capacity, temp.EmittedCount, temp.Count, temp.IsClosed));
        Assert.Equal([2.25, 3.25, 4.25], Drain(temp));
        Assert.Throws<InvalidOperationException>(temp.Close);

        using TestMemory test = TestMemory.Create();
        SharedStream<double> again = SharedStream<double>.Create(test.Memory, "temp", 8, s_python);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(again.TryEmit(0.25 + i));
        }

        Assert.True(again.TryNext(out _) && again.TryNext(out _));
        test.AssertEqualsGolden("py_stream");
    }

    [Fact]
    public void Python_StreamOpenedAsNative_SaysWhichLayoutItIs()
    {
        using TestMemory golden = TestMemory.Golden("py_stream");

        var error = Assert.Throws<Platform.SegmentFormatException>(() =>
            SharedStream<double>.Open(golden.Memory, "temp"));

        Assert.Contains("StreamLayout.Python", error.Message, StringComparison.Ordinal);
    }

    private static List<T> Drain<T>(SharedStream<T> stream)
        where T : unmanaged
    {
        var values = new List<T>();
        while (stream.TryNext(out T value))
        {
            values.Add(value);
        }

        return values;
    }
}
