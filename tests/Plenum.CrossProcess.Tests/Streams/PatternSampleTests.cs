using System.Text.RegularExpressions;

namespace Plenum.CrossProcess.Tests.Streams;

/// <summary>The samples of samples/ZeroIpcPatterns print what their README says, and end by themselves.</summary>
public sealed class PatternSampleTests
{
    [Theory]
    [InlineData("backpressure", "consumer: sum 500500, expected 500500")]
    [InlineData("pub-sub", "subscriber 2: from price 140 on, 160 seen, 0 lost")]
    [InlineData("request-response", "client: 100 of 100 squares right")]
    [InlineData("pipeline", "warnings: 104 F, 113 F, 122 F")]
    [InlineData("fork-join", "joined: 179999700000, expected 179999700000")]
    [InlineData("supervisor", "supervisor: 2 workers, 19 of 20 jobs done, poison left out: True")]
    public void Pattern_Run_PrintsItsResult(string pattern, string line)
    {
        using PeerProcess sample = PeerProcess.StartDotnet(Repository.AssemblyOf("ZeroIpcPatterns"), pattern);

        Assert.Equal(line, sample.ExpectLine(line));
        sample.ExpectLine($"{pattern}: done");
        sample.ExpectExit();
    }

    [Fact]
    public void Guide_EveryCodeBlock_RunsAndPrintsWhatItComputes()
    {
        using PeerProcess sample = PeerProcess.StartDotnet(Repository.AssemblyOf("ZeroIpcPatterns"), "guide");

        string[] expected =
        [
            "21.5", "warnings 96.8 104, averages 11 31", "squares 0 1 4 9 16", "True: 42", "price 2.75, then 3.75",
            "job 42", "alternative 1: 100.25", "guide: done",
        ];
        Assert.All(expected, line => Assert.Equal(line, sample.ReadLine()));
        sample.ExpectExit();
    }

    [Fact]
    public void Guide_EveryCodeBlock_IsThatOfTheSample()
    {
        string guide = File.ReadAllText(Repository.PathOf("docs/guides/computation-over-time.md"));
        string sample = File.ReadAllText(Repository.PathOf("samples/ZeroIpcPatterns/GuideExamples.cs"));
        string[] blocks = [.. Blocks(guide, @"```csharp\n(.*?)\n```", indent: 0)];
        string[] marked = [.. Blocks(sample, @"// \[[a-z]+\]\n(.*?)\n        // \[end\]", indent: 8)];

        Assert.True(blocks.Length >= 10, $"{blocks.Length} blocks were found");
        Assert.All(blocks, block => Assert.Contains(block, marked));
        Assert.All(marked, block => Assert.Contains(block, blocks));
    }

    private static IEnumerable<string> Blocks(string text, string pattern, int indent) => Regex
        .Matches(text, pattern, RegexOptions.Singleline)
        .Select(match => string.Join('\n', match.Groups[1].Value.Split('\n').Select(line =>
            line[Math.Min(indent, line.Length)..])));
}
