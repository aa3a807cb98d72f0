namespace Plenum.Inspection.Tests;

public sealed class HexDumpTests
{
    [Fact]
    public void Line_SixteenBytes_OffsetHexAndAscii()
    {
        byte[] bytes = [0x00, 0x04, 0x41, 0x7E, 0x7F, 0xFF, 0x20, 0x1F, 1, 2, 3, 4, 5, 6, 7, 8];

        Assert.Equal(
            "00000480  00 04 41 7e 7f ff 20 1f  01 02 03 04 05 06 07 08  |..A~.. .........|",
            HexDump.Line(0x480, bytes));
    }

    [Fact]
    public void Line_FewerBytes_ColumnsStayAligned() =>
        Assert.Equal(
            "00000000  41                                                |A|",
            HexDump.Line(0, "A"u8));

    [Fact]
    public void Write_EqualLines_AreFolded()
    {
        using var image = SegmentImage.FromBytes("zeros", new byte[64]);
        using var text = new StringWriter();

        long shown = HexDump.Write(image, 0, 64, text);

        Assert.Equal(64, shown);
        string[] lines =
            text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("*", lines[1]);
        Assert.Equal("00000040", lines[2]);
    }

    [Fact]
    public void Write_BeyondTheEnd_ShowsWhatIsThere()
    {
        using var image = SegmentImage.FromBytes("short", new byte[20]);
        using var text = new StringWriter();

        Assert.Equal(20, HexDump.Write(image, 0, 1000, text));
    }
}
