using System.Text.Json;
using Plenum.Cli.Output.Drawing;
using Plenum.TestSupport;
using Plenum.VoidShm;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Tests.Live;

/// <summary>plot: pictures in memory, and the command.</summary>
public sealed class PlotTests
{
    [Fact]
    public void Draw_RampInAscii_IsThisPicture()
    {
        var series = new PlotSeries("y");
        for (int i = 0; i <= 10; i++)
        {
            series.Add(i, i);
        }

        ScreenBuffer picture = new LinePlot(23, 9, unicode: false).Draw("ramp", [series], string.Empty);

        string[] expected =
        [
            "          ramp",
            "       10 +          *",
            "          |       ***",
            "          |      *",
            "        5 +   ***",
            "          |  *",
            "        0 +**",
            "          +-----------",
            "           0        10",
        ];
        Assert.Equal(expected, picture.Lines());
    }

    [Theory]
    [InlineData(-0.777, 0.914, 4, "-1.0 -0.5 0.0 0.5 1.0")]
    [InlineData(0, 0, 2, "-1 0 1")]
    [InlineData(5, 5, 2, "4.5 5.0 5.5")]
    [InlineData(0, 1023, 4, "0 500 1000 1500")]
    [InlineData(0.00012, 0.00019, 3, "0.00010 0.00015 0.00020")]
    [InlineData(0, 3e7, 3, "0 10000000 20000000 30000000")]
    [InlineData(0, 3e9, 3, "0 1e9 2e9 3e9")]
    [InlineData(-1e300, 1e300, 2, "-1e300 0 1e300")]
    public void Axis_OfARange_HasRoundMarks(double low, double high, int steps, string expected)
    {
        var axis = PlotAxis.Around(low, high, steps);

        Assert.Equal(expected, string.Join(' ', axis.Marks().Select(axis.Label)));
    }

    [Theory]
    [InlineData(-1.7e308, 1.7e308)]
    [InlineData(0, 5e-324)]
    [InlineData(1e16, 10000000000000002)]
    public void Axis_OfARangeBeyondArithmetic_HoldsItsValues(double low, double high)
    {
        var axis = PlotAxis.Around(low, high, 4);

        Assert.InRange(axis.Marks().Count(), 2, 101);
        Assert.True(axis.Low <= low && high <= axis.High);
    }

    [Fact]
    public void Draw_Braille_UsesAllDots()
    {
        var series = new PlotSeries("y");
        series.Add(0, 0);
        series.Add(1, 1);

        ScreenBuffer picture = new LinePlot(20, 6, unicode: true).Draw("line", [series], string.Empty);

        Assert.Contains(picture.Lines(), line => line.Any(letter => letter is > '\u2800' and <= '\u28FF'));
    }

    [Fact]
    public void Draw_NoPointsConstantsAndNoNumbers_IsDrawn()
    {
        var odd = new PlotSeries("odd");
        odd.Add(0, double.NaN);
        odd.Add(1, 5);
        odd.Add(2, double.PositiveInfinity);
        odd.Add(3, 5);

        Assert.Equal(6, new LinePlot(30, 6, unicode: true).Draw("none", [], string.Empty).Height);
        Assert.Equal(6, new LinePlot(30, 6, unicode: false).Draw("odd", [odd, new PlotSeries("b")], "s").Height);
    }

    [Fact]
    public void Plot_VoidWave_PrintsThePointsOfEachChannel()
    {
        using var name = new TempSegment("pl");
        using var writer = new VoidShmWriter(name.Name, 2, 3);
        writer.Connect();
        _ = writer.Write([1, 2, 3, 4, 5, 6]);

        var json = CommandRun.InProcess("plot", name.Name, "--seconds", "0", "--json");
        var text = CommandRun.InProcess("plot", "void:" + name.Name, "--seconds", "0", "--ascii");

        Assert.Equal(0, json.ExitCode);
        JsonElement[] series = [.. json.Json.GetProperty("series").EnumerateArray()];
        Assert.Equal([4.0, 5.0, 6.0], Numbers(series[1], "y"));
        Assert.Equal([0.0, 1.0, 2.0], Numbers(series[0], "x"));
        Assert.Equal(22, text.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("2 channels of 3", text.Output, StringComparison.Ordinal);
        Assert.Contains("+ ch1", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Plot_ArrayAndSignal_AreDrawn()
    {
        using var name = new TempSegment("pl");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedArray<float> array = SharedArray<float>.Create(memory, "levels", 4);
        array[2] = 7.5f;
        _ = SharedSignal<double>.Create(memory, "level", 2.5);

        var levels = CommandRun.InProcess("plot", name.Name, "levels", "--seconds", "0", "--json");
        var level = CommandRun.InProcess("plot", name.Name, "level", "--seconds", "0", "--json", "--type", "f64");

        Assert.Equal([0.0, 0.0, 7.5, 0.0], Numbers(levels.Json.GetProperty("series")[0], "y"));
        Assert.Equal([2.5], Numbers(level.Json.GetProperty("series")[0], "y"));
    }

    [Fact]
    public void Plot_NothingToDraw_SaysWhy()
    {
        using var name = new TempSegment("pl");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        _ = SharedQueue<int>.Create(memory, "jobs", 4);
        _ = SharedSemaphore.Create(memory, "permits", 1, 5);

        Assert.Equal(2, CommandRun.InProcess("plot", name.Name).ExitCode);
        Assert.Equal(3, CommandRun.InProcess("plot", name.Name, "nothing").ExitCode);
        Assert.Equal(4, CommandRun.InProcess("plot", name.Name, "permits").ExitCode);
        Assert.Equal(5, CommandRun.InProcess("plot", name.Name, "jobs", "--seconds", "0").ExitCode);
        Assert.Equal(3, CommandRun.InProcess("plot", "no-such-segment-here").ExitCode);
    }

    private static double[] Numbers(JsonElement series, string name) =>
        [.. series.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
}
