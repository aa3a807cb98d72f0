namespace Plenum.ZeroBuffer.Tests;

/// <summary>The hand-over line between a reader and its parent.</summary>
public sealed class StreamAnnouncementTests
{
    [Fact]
    public void StreamAnnouncement_Line_IsAsDocumentedAndParsesBack()
    {
        using var pair = new Pair(4096, 65536);
        var announcement = StreamAnnouncement.For(pair.Reader);

        string line = announcement.ToLine();

        Assert.Equal(
            "> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"" + pair.Name + "\",4096,65536]}", line);
        Assert.Equal(announcement, StreamAnnouncement.Parse(line));
        Assert.Equal(announcement, StreamAnnouncement.Parse("  >" + line[2..] + "  "));
        pair.Writer.Dispose();
        using ZeroBufferWriter writer = announcement.Connect(Pair.Patience);
        Assert.Equal(65536, writer.PayloadSizeBytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData(">")]
    [InlineData("> {")]
    [InlineData("> []")]
    [InlineData("> {\"jsonrpc\":\"1.0\",\"method\":\"start-stream\",\"params\":[\"x\",1,1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"stop-stream\",\"params\":[\"x\",1,1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"x\",1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"a/b\",1,1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"x\",-1,1]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"x\",1,9223372036854775807]}")]
    [InlineData("> {\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"\\ud800\",1,1]}")]
    public void StreamAnnouncement_OtherLines_AreNotRecognised(string? line)
    {
        Assert.False(StreamAnnouncement.TryParse(line, out _));
        Assert.Throws<FormatException>(() => StreamAnnouncement.Parse(line ?? string.Empty));
    }

    [Fact]
    public async Task StreamAnnouncement_FindAsync_SkipsOtherOutput()
    {
        string line = new StreamAnnouncement("x", 0, 64).ToLine();
        using var output = new StringReader("starting\n> not this\n" + line + "\nrest");

        Assert.Equal(new StreamAnnouncement("x", 0, 64), await StreamAnnouncement.FindAsync(output));
        Assert.Equal("rest", await output.ReadLineAsync());
        using var empty = new StringReader("nothing");
        Assert.Null(await StreamAnnouncement.FindAsync(empty));
    }
}
