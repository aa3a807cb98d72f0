using Plenum.Cli.Output;

namespace Plenum.Cli.Tests;

public sealed class WrappedTextTests
{
    [Theory]
    [InlineData(30, "one two three four five six seven", "one two three four five six", "  seven")]
    [InlineData(0, "one two three four five six seven", "one two three four five six seven")]
    [InlineData(30, "short", "short")]
    [InlineData(30, "a-word-that-is-longer-than-the-terminal-is", "a-word-that-is-longer-than-the-terminal-is")]
    [InlineData(10, "too narrow to be worth it", "too narrow to be worth it")]
    public void WriteLine_Width_CutsBetweenWords(int width, string line, params string[] expected)
    {
        using var output = new StringWriter { NewLine = "\n" };

        new WrappedText(output, width).WriteLine(line, 2);

        Assert.Equal(string.Join('\n', expected) + "\n", output.ToString());
    }
}
