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
}
