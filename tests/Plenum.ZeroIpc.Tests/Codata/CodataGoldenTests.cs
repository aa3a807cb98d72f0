using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>Images of the peers' futures, decoded through the API and made again byte for byte.</summary>
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
        Assert.True(SharedFuture<double>.Create(segment.First, "f_computing").TryBegin(out FutureSetter<double>? setter));

        AssertImage("cpp_future.bin", segment, s_times);

        setter.Dispose();
    }

    private static Segment Image(string file) => new(GoldenImage.Read("zeroipc", file));

    private static void AssertImage(string file, Segment segment, params (int, int)[] masks) =>
        Assert.Null(GoldenImage.FirstDifference(
            GoldenImage.Masked(GoldenImage.Read("zeroipc", file), masks), GoldenImage.Masked(segment.Bytes(), masks)));
}
