using Plenum.Cli.Commands.Live;
using Plenum.Cli.Output.Drawing;
using Plenum.Inspection;
using Plenum.Inspection.Watching;
using Plenum.Platform;

namespace Plenum.Cli.Tests.Live;

/// <summary>What a person sees of top, drawn into memory.</summary>
public sealed class TopViewTests
{
    private static readonly DateTime s_time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Fact]
    public void Draw_80x24InAscii_IsThisScreen()
    {
        TopModel model = Model();

        ScreenBuffer screen = new TopView(new Glyphs(unicode: false))
            .Draw(80, 24, Snapshot(), model, "23 GiB of 24 GiB free");

        IReadOnlyList<string> lines = screen.Lines();
        Assert.Equal(24, lines.Count);
        Assert.Equal("plenum top 03:04:05  3 segments, 1 moving, 1 stalled       23 GiB of 24 GiB free", lines[0]);
        Assert.Equal(" NAME               PROTOCOL   MOTION      IN/S     BYTES/S USED         TREND", lines[1]);
        Assert.Equal(
            ">camera             zerobuffer moving        60   356 MiB/s ######.  81% _~+#", lines[2]);
        Assert.Equal(" levels             void       stalled        0           -", lines[3]);
        Assert.Equal(" sensors            zeroipc    still          0           -", lines[4]);
        Assert.Equal("camera: 10 MiB, writer 71 encoder, reader 72 viewer, moved 5 ms ago", lines[20]);
        Assert.Equal("03:04:05 levels: stalled: its writer, process 9, writes nothing", lines[22]);
        Assert.Equal("q quit  up/down select  Enter show  s sort (name)  space pause", lines[23]);
    }

    [Fact]
    public void Draw_LargeScreen_HasMoreColumns()
    {
        ScreenBuffer screen = new TopView(new Glyphs(unicode: true)).Draw(160, 50, Snapshot(), Model(), string.Empty);

        Assert.Contains("OUT/S", screen.Line(1), StringComparison.Ordinal);
        Assert.Contains("DEPTH", screen.Line(1), StringComparison.Ordinal);
        Assert.Contains("█████████", screen.Line(2), StringComparison.Ordinal);
        Assert.EndsWith("▁▄▆█", screen.Line(2), StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_VeryWideScreen_NamesSizesAndPeers()
    {
        ScreenBuffer screen = new TopView(new Glyphs(unicode: false)).Draw(200, 50, Snapshot(), Model(), string.Empty);

        Assert.Contains("SIZE WRITER             READER             TREND", screen.Line(1), StringComparison.Ordinal);
        Assert.Contains(
            "10 MiB 71 encoder         72 viewer          _~+#", screen.Line(2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, "plenum top 03:04:05  3 segments, 1 moving, 1 stalled")]
    [InlineData(76, "plenum top 03:04:05  3 segments, 1 moving, 1 stalled   23 GiB of 24 GiB free")]
    public void Draw_NarrowScreen_TheTitleIsNotWrittenOver(int width, string expected)
    {
        ScreenBuffer screen = new TopView(new Glyphs(unicode: false))
            .Draw(width, 24, Snapshot(), Model(), "23 GiB of 24 GiB free");

        Assert.Equal(expected, screen.Line(0));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 5)]
    [InlineData(40, 10)]
    [InlineData(300, 100)]
    public void Draw_AnySize_IsThatSize(int width, int height)
    {
        ScreenBuffer screen = new TopView(new Glyphs(unicode: true)).Draw(width, height, Snapshot(), Model(), "free");

        Assert.Equal(height, screen.Lines().Count);
        Assert.All(screen.Lines(), line => Assert.True(line.Length <= width));
    }

    [Fact]
    public void Ansi_WithoutColour_HasNoColourCodes()
    {
        ScreenBuffer screen = new TopView(new Glyphs(unicode: false)).Draw(80, 24, Snapshot(), Model(), string.Empty);

        Assert.Contains("\e[7m", screen.Ansi(2, colour: false), StringComparison.Ordinal);
        for (int y = 0; y < 24; y++)
        {
            Assert.DoesNotContain("\e[3", screen.Ansi(y, colour: false), StringComparison.Ordinal);
        }

        Assert.Contains("\e[33m", screen.Ansi(3, colour: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Model_SelectionStaysOnItsSegmentWhenTheOrderChanges()
    {
        TopModel model = Model();
        model.Move(1);
        Assert.Equal("levels", model.Selected!.Summary.Name);

        model.NextOrder();
        Assert.Equal("camera", model.Rows[0].Summary.Name);
        Assert.Equal("levels", model.Selected!.Summary.Name);
        model.Move(100);
        Assert.Equal(2, model.SelectedIndex);
        model.Update(Snapshot() with { Segments = [], Events = [] });
        Assert.Null(model.Selected);
        model.Move(-1);
    }

    [Fact]
    public void Draw_MoreSegmentsThanRows_ScrollsWithTheSelection()
    {
        var model = new TopModel("name");
        WatchSnapshot many = Snapshot() with
        {
            Events = [],
            Segments = [.. Enumerable.Range(0, 100).Select(i => Segment($"s{i:00}", SegmentProtocol.ZeroIpc))],
        };
        model.Update(many);
        model.Move(60);

        ScreenBuffer screen = new TopView(new Glyphs(unicode: false)).Draw(80, 24, many, model, string.Empty);

        Assert.Contains(screen.Lines(), line => line.StartsWith(">s60", StringComparison.Ordinal));
    }

    private static TopModel Model()
    {
        var model = new TopModel("name");
        model.Update(Snapshot());
        return model;
    }

    private static WatchSnapshot Snapshot() => new(
        2, s_time, TimeSpan.FromSeconds(1),
        [
            Segment("camera", SegmentProtocol.ZeroBuffer) with
            {
                Motion = WatchMotion.Moving,
                ProducedPerSecond = 60,
                ConsumedPerSecond = 59,
                BytesPerSecond = 356.0 * 1024 * 1024,
                Depth = 3,
                Utilization = 0.81,
                SinceChange = TimeSpan.FromMilliseconds(5),
                History = [0, 20, 40, 60],
            },
            Segment("levels", SegmentProtocol.Void) with { Motion = WatchMotion.Stalled },
            Segment("sensors", SegmentProtocol.ZeroIpc),
        ],
        [new WatchEvent("levels", WatchEventKind.Stalled, "its writer, process 9, writes nothing", s_time)]);

    private static WatchedSegment Segment(string name, SegmentProtocol protocol) => new(
        new SegmentSummary(name, protocol, 10 << 20, SegmentState.Idle)
        {
            Writer = new PeerDescription(71, "encoder", ProcessLiveness.Alive),
            Reader = new PeerDescription(72, "viewer", ProcessLiveness.Alive),
        });
}
