namespace Plenum.Platform.Tests.Segments;

public sealed class SegmentNameTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("/a", "a")]
    [InlineData("/with space", "with space")]
    [InlineData("größe", "größe")]
    [InlineData("...", "...")]
    public void Parse_ValidName_DropsOneSlash(string text, string value)
    {
        Assert.Equal(value, SegmentName.Parse(text).Value);
        Assert.True(SegmentName.TryParse(text, out SegmentName? name));
        Assert.Equal(SegmentName.Parse(value), name);
        Assert.Equal(SegmentName.Parse(value).GetHashCode(), name!.GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/..")]
    [InlineData("//a")]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData("a\0b")]
    public void Parse_InvalidName_Refused(string text)
    {
        Assert.Throws<ArgumentException>(() => SegmentName.Parse(text));
        Assert.False(SegmentName.TryParse(text, out _));
    }

    [Fact]
    public void Parse_Length_CountsBytesNotCharacters()
    {
        Assert.Equal(255, SegmentName.Parse(new string('a', 255)).Value.Length);
        Assert.Throws<ArgumentException>(() => SegmentName.Parse(new string('a', 256)));
        Assert.Throws<ArgumentException>(() => SegmentName.Parse(new string('ö', 128)));
    }

    [Fact]
    public void TryParse_Null_IsFalse() => Assert.False(SegmentName.TryParse(null, out _));
}
