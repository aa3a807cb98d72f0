using Plenum.Cli.Parsing;
using Plenum.Inspection;

namespace Plenum.Cli.Tests;

public sealed class TextParsingTests
{
    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("64KiB", 65536)]
    [InlineData("10MiB", 10 << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("1.5KiB", 1536)]
    [InlineData("64kib", 65536)]
    [InlineData("0", 0)]
    public void TryParse_Size_IsBytes(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out long parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("1,5KiB")]
    [InlineData("0.3")]
    [InlineData("99999999999GiB")]
    [InlineData("1e3")]
    public void TryParse_NoSize_IsRefused(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("5s", 5000)]
    [InlineData("2m", 120_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("3", 3000)]
    [InlineData("0", 0)]
    public void TryParse_Duration_IsMilliseconds(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan parsed));
        Assert.Equal(milliseconds, parsed.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("5 parsecs")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    public void TryParse_NoDuration_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("cam", SegmentProtocol.Unknown, "cam")]
    [InlineData("/cam", SegmentProtocol.Unknown, "cam")]
    [InlineData("zerobuffer:cam", SegmentProtocol.ZeroBuffer, "cam")]
    [InlineData("zeroipc:/cam", SegmentProtocol.ZeroIpc, "cam")]
    [InlineData("void:cam", SegmentProtocol.Void, "cam")]
    [InlineData("other:cam", SegmentProtocol.Unknown, "other:cam")]
    internal void Parse_Selector_ProtocolAndName(string text, SegmentProtocol protocol, string name)
    {
        var selector = SegmentSelector.Parse(text);

        Assert.Equal(protocol, selector.Protocol);
        Assert.Equal(name, selector.ToName().Value);
    }

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(6L << 20, "6 MiB")]
    public void Format_Size_IsShort(long bytes, string text) => Assert.Equal(text, SizeText.Format(bytes));
}
