using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary>What is wrong with a command line is one line on stderr, exit code 2, and nothing on stdout.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("bogus")]
    [InlineData("zerobuffer")]
    [InlineData("zerobuffer bogus")]
    [InlineData("list extra")]
    [InlineData("list --bogus")]
    [InlineData("list --protocol")]
    [InlineData("list --protocol carrier-pigeon")]
    [InlineData("show")]
    [InlineData("show a b c")]
    [InlineData("show a --jsno")]
    [InlineData("show zerobuffer:")]
    [InlineData("show a/b/")]
    [InlineData("dump x --size many")]
    [InlineData("dump x --size=-1")]
    [InlineData("remove")]
    [InlineData("bench quickly")]
    [InlineData("demo --seconds 0")]
    [InlineData("demo --frame-size 0")]
    [InlineData("zerobuffer read")]
    [InlineData("zerobuffer read x -n -5")]
    [InlineData("zerobuffer read x --verify random")]
    [InlineData("zerobuffer read zeroipc:x")]
    [InlineData("zerobuffer write")]
    [InlineData("zerobuffer write x --pattern plaid")]
    [InlineData("zerobuffer write x --from-announcement y")]
    [InlineData("zerobuffer write x --rate 0")]
    [InlineData("void state x --poll-freq 1e-20")]
    [InlineData("zerobuffer write x --input /nowhere/at/all")]
    [InlineData("zerobuffer write x -m a --metadata-file b")]
    [InlineData("zerobuffer read x --payload-size 0")]
    [InlineData("zerobuffer read x --payload-size 100TiB")]
    [InlineData("zerobuffer read x --metadata-size 2GiB")]
    [InlineData("zerobuffer serve x --payload-size 0")]
    [InlineData("zerobuffer relay x")]
    [InlineData("zerobuffer relay x /x")]
    public void Run_BadCommandLine_OneLineAndExit2(string line)
    {
        var run = CommandRun.InProcess(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        // A path with a slash that leads nowhere is a file that was not found.
        Assert.Equal(line == "show a/b/" ? 3 : 2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Single(run.ErrorLines);
        Assert.StartsWith("plenum: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("list -h")]
    [InlineData("zerobuffer --help")]
    [InlineData("zerobuffer read --help")]
    [InlineData("zerobuffer write --bogus --help")]
    public void Run_Help_IsOnStdoutWithExit0(string line)
    {
        var run = CommandRun.InProcess(line.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void Run_HelpOfACommand_ShowsExamplesAndDefaults()
    {
        var run = CommandRun.InProcess("zerobuffer", "read", "--help");

        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains("[default: 256MiB]", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("268435456", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Version_IsOnStdout()
    {
        var run = CommandRun.InProcess("--version");

        Assert.Equal(0, run.ExitCode);
        Assert.NotEmpty(run.Output);
    }

    [Theory]
    [InlineData("-x")]
    [InlineData("@x")]
    [InlineData("@/etc/hostname")]
    [InlineData("-5")]
    public void Run_NameThatStartsLikeAnOption_IsAName(string name)
    {
        var run = CommandRun.InProcess(
            "show", TempSegment.RunPrefix.Length > 0 && name.Contains('/', StringComparison.Ordinal) ? "@host" : name);

        Assert.Equal(3, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public void Run_NameAfterSeparator_IsAName()
    {
        var run = CommandRun.InProcess("show", "--", "--json");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("'--json'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ErrorWithVerbose_AddsTheTrace()
    {
        var run = CommandRun.InProcess("show", "no-such-segment-at-all", "--verbose");

        Assert.Equal(3, run.ExitCode);
        Assert.True(run.ErrorLines.Length > 1);
        Assert.Contains("   at ", run.Error, StringComparison.Ordinal);
    }
}
