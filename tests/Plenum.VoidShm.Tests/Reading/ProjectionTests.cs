namespace Plenum.VoidShm.Tests.Reading;

public sealed class ProjectionTests
{
    private static readonly float[] s_frame = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void List_OfAFrame_IsRowByRow() => Assert.Equal(s_frame, VoidProjection.List(s_frame, 3, 2).ToArray());

    [Fact]
    public void Channel_OfAFrame_IsItsRow()
    {
        Assert.Equal([3, 4], VoidProjection.Channel(s_frame, 3, 2, 1).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => VoidProjection.Channel(s_frame, 3, 2, 3).ToArray());
    }

    [Fact]
    public void Lanes_MoreThanChannels_AreZeroAndOnlyTheFirstElementCounts()
    {
        float[] lanes = [9, 9, 9, 9, 9];

        VoidProjection.Lanes(s_frame, 3, 2, lanes);

        Assert.Equal([1, 3, 5, 0, 0], lanes);
    }

    [Fact]
    public void Lanes_FewerThanChannels_IgnoreTheRest()
    {
        float[] lanes = new float[2];

        VoidProjection.Lanes(s_frame, 3, 2, lanes);

        Assert.Equal([1, 3], lanes);
    }

    [Fact]
    public void Matrix_WithStride_LeavesTheGapsAlone()
    {
        float[] matrix = [9, 9, 9, 9, 9, 9, 9, 9, 9];

        VoidProjection.Matrix(s_frame, 3, 2, matrix, 3);

        Assert.Equal([1, 2, 9, 3, 4, 9, 5, 6, 9], matrix);
    }

    [Fact]
    public void Projection_FrameSmallerThanItsShape_IsRefused() =>
        Assert.Throws<ArgumentException>(() => VoidProjection.List(s_frame, 4, 2).ToArray());

    [Fact]
    public void Ramp_MovesInStraightLines()
    {
        var ramp = new VoidRamp(2, TimeSpan.FromMilliseconds(100));
        float[] values = new float[2];
        ramp.SetTarget([1, 10]);
        ramp.Advance(0, values);
        Assert.Equal([1, 10], values);

        ramp.SetTarget([2, 0]);
        ramp.Advance(0.025, values);
        Assert.Equal(1.25f, values[0], 5);
        Assert.Equal(7.5f, values[1], 5);
        ramp.SetTarget([0]);
        ramp.Advance(0.05, values);
        Assert.Equal(0.625f, values[0], 5);
        ramp.Advance(1, values);
        Assert.Equal([0, 0], values);
    }

    [Fact]
    public void Ramp_WithoutTime_Steps()
    {
        var ramp = new VoidRamp(1, TimeSpan.Zero);
        float[] values = new float[1];
        ramp.SetTarget([1]);
        ramp.SetTarget([5]);
        ramp.Advance(0, values);

        Assert.Equal(5f, values[0]);
    }
}
