using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Images of the peers' futures, lazy values and channels, decoded through the API and made again byte for
/// byte.</summary>
public sealed class CodataGoldenTests
{
    // completion_time of the finished futures: f_ready, f_i32, f_error, f_p12.
    private static readonly (int, int)[] s_times = [(3384 + 8, 8), (3664 + 8, 8), (3944 + 8, 8), (4224 + 8, 8)];

    [Theory]
    [InlineData("cpp_future.bin")]
    [InlineData("py_future.bin")]
    public void Future_Image_Decodes(string file)
    {
        using Segment segment = Image(file);

        Assert.Equal(FutureState.Pending, SharedFuture<double>.Open(segment.First, "f_pending").State);
        Assert.Equal(2.5, SharedFuture<double>.Open(segment.First, "f_ready").Get());
        Assert.Equal(-7, SharedFuture<int>.Open(segment.First, "f_i32").Get());
        var failed = SharedFuture<double>.Open(segment.First, "f_error");
        Assert.Equal("boom", failed.ErrorText);
        Assert.False(failed.IsCanceled);
        Assert.True(SharedFuture<double>.Open(segment.First, "f_pending").TrySet(1));
        if (SharedFuture<Point>.TryOpen(segment.First, "f_p12", out SharedFuture<Point>? point))
        {
            Assert.Equal(new Point(1, 2, 3), point.Get());
            var computing = SharedFuture<double>.Open(segment.First, "f_computing");
            Assert.False(computing.Get(out _, TimeSpan.FromMilliseconds(1)));
            Assert.False(computing.TrySet(1));
        }
    }

    [Fact]
    public void Future_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        _ = SharedFuture<double>.Create(segment.First, "f_pending");
        SharedFuture<double>.Create(segment.First, "f_ready").TrySet(2.5);
        SharedFuture<int>.Create(segment.First, "f_i32").TrySet(-7);
        SharedFuture<double>.Create(segment.First, "f_error").TryFail("boom");
        SharedFuture<Point>.Create(segment.First, "f_p12").TrySet(new Point(1, 2, 3));
        Assert.True(SharedFuture<double>.Create(segment.First,
            "f_computing").TryBegin(out FutureSetter<double>? setter));

        AssertImage("cpp_future.bin", segment, s_times);

        setter.Dispose();
    }

    [Fact]
    public void Channel_CppImage_Decodes()
    {
        using Segment segment = Image("cpp_channel.bin");
        var buf = SharedChannel<int>.Open(segment.First, "buf");
        var closed = SharedChannel<int>.Open(segment.First, "closed");
        var idle = SharedChannel<int>.Open(segment.First, "idle");
        var rdv = SharedChannel<double>.Open(segment.First, "rdv");

        Assert.Equal((4, 2, false), (buf.Capacity, buf.Count, buf.IsClosed));
        Assert.Equal((2, 3), (buf.Receive(), buf.Receive()));
        Assert.Equal((2, true), (closed.Capacity, closed.IsClosed));
        Assert.Equal(new[] { 5 }, closed.ReadAll());
        Assert.Equal((0, 0, 0, 0), (idle.Capacity, idle.Count, idle.WaitingSenders, idle.WaitingReceivers));
        Assert.Equal((0, 1, 1), (rdv.Capacity, rdv.WaitingSenders, rdv.Count));
        Assert.Equal(6.25, rdv.Receive());
        Assert.Equal(ChannelStatus.TimedOut, rdv.Receive(out _, TimeSpan.Zero));
        using Segment after = Image("cpp_channel_recvwait.bin");
        Assert.Equal(1, SharedChannel<int>.Open(after.First, "rdv2").WaitingReceivers);
        Assert.Equal(0, SharedChannel<double>.Open(after.First, "rdv").Count);
    }

    [Fact]
    public void Channel_PythonImage_Decodes()
    {
        using Segment segment = Image("py_channel.bin");
        var buf = SharedChannel<int>.Open(segment.First, "buf");
        var rdv = SharedChannel<double>.Open(segment.First, "rdv");

        Assert.Equal((3, 2, CodataLayout.Python), (buf.Capacity, buf.Count, buf.Layout));
        Assert.Equal((2, 3), (buf.Receive(), buf.Receive()));
        Assert.Equal(new[] { 5 }, SharedChannel<int>.Open(segment.First, "closed").ReadAll());
        Assert.Equal(0, SharedChannel<int>.Open(segment.First, "idle").Capacity);
        Assert.Equal((0, 1, 0), (rdv.Capacity, rdv.WaitingSenders, rdv.Count));
    }

    [Fact]
    public void Channel_RecipeWithBlockedThreads_MakesBothCppImages()
    {
        using var segment = new Segment();
        Fill(segment.First, CodataLayout.Native);
        var rdv = SharedChannel<double>.Create(segment.First, "rdv", 0);
        Task sender = Segment.Background(() => rdv.Send(6.25));
        Segment.Until(() => rdv.WaitingSenders == 1 && rdv.Count == 1);
        AssertImage("cpp_channel.bin", segment);

        Assert.Equal(6.25, rdv.Receive());
        Segment.Join(sender);
        var rdv2 = SharedChannel<int>.Create(segment.First, "rdv2", 0);
        using var stop = new CancellationTokenSource();
        Task receiver = Segment.Background(() => rdv2.Receive(stop.Token));
        Segment.Until(() => rdv2.WaitingReceivers == 1);
        AssertImage("cpp_channel_recvwait.bin", segment);

        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => receiver.GetAwaiter().GetResult());
    }

    [Fact]
    public void Channel_PythonRecipeWithABlockedThread_MakesThePythonImage()
    {
        using var segment = new Segment();
        Fill(segment.First, CodataLayout.Python);
        var rdv = SharedChannel<double>.Create(segment.First, "rdv", 0, CodataLayout.Python);
        using var stop = new CancellationTokenSource();
        Task sender = Segment.Background(() => rdv.Send(6.25, stop.Token));
        Segment.Until(() => rdv.WaitingSenders == 1);
        AssertImage("py_channel.bin", segment);

        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => sender.GetAwaiter().GetResult());
    }

    [Fact]
    public void Lazy_CppImage_Decodes()
    {
        using Segment segment = Image("cpp_lazy.bin");
        SharedMemory memory = segment.First;
        Assert.True(SharedLazy<double>.Open(memory, "l_const").TryPeek(out double constant));
        Assert.Equal((7.5, 2.0), (constant, SharedLazy<double>.Open(memory, "l_const2").Force()));
        var mul = SharedLazy<double>.Open(memory, "l_mul");
        Assert.True(mul.TryPeek(out double product));
        Assert.Equal((15.0, 1L, LazyOperation.Multiply), (product, mul.ComputeCount, mul.Operation));
        Assert.Equal(9.5, SharedLazy<double>.Open(memory, "l_add").Force());
        Assert.Equal(42, SharedLazy<int>.Open(memory, "l_i32").Force());
        var error = SharedLazy<double>.Open(memory, "l_err");
        Assert.Equal((FutureState.Failed, "Complex operations not yet implemented"), (error.State, error.ErrorText));
        Assert.Throws<FutureFailedException>(() => error.Force());
        var reset = SharedLazy<double>.Open(memory, "l_reset");
        Assert.Equal((FutureState.Pending, 4.5), (reset.State, reset.Force()));
        Assert.True(SharedLazy<bool>.Open(memory, "l_true").Force());
        Assert.False(SharedLazy<bool>.Open(memory, "l_false").Force());
        Assert.False(SharedLazy<bool>.Open(memory, "l_and").Force());
        Assert.True(SharedLazy<bool>.Open(memory, "l_and2").TryPeek(out bool cut));
        Assert.False(cut);
    }

    [Fact]
    public void Lazy_Recipe_MakesTheCppImage()
    {
        using var segment = new Segment();
        SharedMemory memory = segment.First;
        _ = SharedLazy<double>.Constant(memory, "l_const", 7.5);
        _ = SharedLazy<double>.Constant(memory, "l_const2", 2.0);
        _ = SharedLazy<double>.Add(memory, "l_add", 7.5, 2.0);
        Assert.Equal(15.0, SharedLazy<double>.Multiply(memory, "l_mul", 7.5, 2.0).Force());
        _ = SharedLazy<int>.Constant(memory, "l_i32", 42);
        var error = SharedLazy<double>.Create(
            memory, "l_err", () => throw new NotSupportedException("Complex operations not yet implemented"));
        Assert.Throws<FutureFailedException>(() => error.Force());
        Assert.True(SharedLazy<double>.Constant(memory, "l_reset", 4.5).Reset());
        var yes = SharedLazy<bool>.Constant(memory, "l_true", true);
        var no = SharedLazy<bool>.Constant(memory, "l_false", false);
        _ = SharedLazy.And(memory, "l_and", yes, no);
        _ = SharedLazy.And(memory, "l_and2", no, yes);

        AssertImage("cpp_lazy.bin", segment);
    }

    [Fact]
    public void Lazy_PythonImage_DecodesAndIsMadeAgain()
    {
        using Segment image = Image("py_lazy.bin");
        Assert.Equal(7.5, SharedLazy<double>.Open(image.First, "l_const").Force());
        Assert.Equal(42, SharedLazy<int>.Open(image.First, "l_i32").Force());
        Assert.Equal(2.25, SharedLazy<double>.Open(image.First, "l_forced").Force());
        Assert.Equal("division by zero", SharedLazy<double>.Open(image.First, "l_err").ErrorText);
        Assert.Equal(1.5, SharedLazy<double>.Open(image.First, "l_pending", () => 1.5).Force());

        using var segment = new Segment();
        SharedMemory memory = segment.First;
        _ = SharedLazy<double>.Constant(memory, "l_const", 7.5, CodataLayout.Python);
        _ = SharedLazy<int>.Constant(memory, "l_i32", 42, CodataLayout.Python);
        _ = SharedLazy<double>.Create(memory, "l_pending", () => 0, layout: CodataLayout.Python);
        _ = SharedLazy<double>.Create(memory, "l_forced", () => 2.25, layout: CodataLayout.Python).Force();
        var error = SharedLazy<double>.Create(
            memory, "l_err", () => throw new DivideByZeroException("division by zero"), layout: CodataLayout.Python);
        Assert.Throws<FutureFailedException>(() => error.Force());

        AssertImage("py_lazy.bin", segment);
    }

    private static void Fill(SharedMemory memory, CodataLayout layout)
    {
        var buf = SharedChannel<int>.Create(memory, "buf", 3, layout);
        Assert.Equal(3, buf.TrySend(new[] { 1, 2, 3 }));
        Assert.Equal(1, buf.Receive());
        var closed = SharedChannel<int>.Create(memory, "closed", 2, layout);
        closed.Send(5);
        closed.Close();
        _ = SharedChannel<int>.Create(memory, "idle", 0, layout);
    }

    private static Segment Image(string file) => new(GoldenImage.Read("zeroipc", file));

    private static void AssertImage(string file, Segment segment, params (int, int)[] masks) =>
        Assert.Null(GoldenImage.FirstDifference(
            GoldenImage.Masked(GoldenImage.Read("zeroipc", file), masks), GoldenImage.Masked(segment.Bytes(), masks)));
}
