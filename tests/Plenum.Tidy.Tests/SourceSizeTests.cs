using Plenum.TestSupport;

namespace Plenum.Tidy.Tests;

/// <summary>Limits of size: files of 400 lines, lines of 120 columns.</summary>
public sealed class SourceSizeTests
{
    private const int MaxLines = 400;

    [Fact]
    public void SourceFiles_Length_AtMostTheLimit()
    {
        IEnumerable<string> tooLong = Directory
            .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Lines: File.ReadLines(file).Count()))
            .Where(entry => entry.Lines > MaxLines)
            .Select(entry => $"{Path.GetRelativePath(Repository.Root, entry.File)}: {entry.Lines} lines, limit {MaxLines}");

        Assert.Empty(tooLong);
    }
}
