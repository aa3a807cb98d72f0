using System.Runtime.Versioning;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary>What a command does when its stdout ends, is full, or is shared with other commands.</summary>
[Trait("OS", "Linux")]
[SupportedOSPlatform("linux")]
public sealed class StandardOutputTests
{
    [Theory]
    [InlineData("list --watch --interval 50ms")]
    [InlineData("list --watch --interval 50ms --json")]
    public void Following_ReaderOfThePipeLeaves_EndsQuietlyWithSuccess(string line)
    {
        CommandRun run = Shell($"{{ {Unshared.Command} {line}; echo \"code $?\" >&2; }} | head -n 1");

        Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["code 0"], run.ErrorLines);
    }

    [Fact]
    public void ReadFramesToAPipe_ReaderOfThePipeLeaves_SaysSo()
    {
        using var name = new TempSegment("pipe");
        CommandRun run = Shell(
            $"{Unshared.Command} zerobuffer write {name.Name} --wait 60s -n 100 -s 100000 --timeout-ms 60000 "
            + $"2> /dev/null & {{ {Unshared.Command} zerobuffer read {name.Name} --payload-size 1MiB "
            + "--timeout-ms 60000 --output - 2> /dev/null; echo \"code $?\" >&2; } | head -c 3 > /dev/null; wait");

        Assert.Equal(["code 8"], run.ErrorLines);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("list --help")]
    [InlineData("list --protocol void")]
    public void FullDevice_OneLineAndExit8(string line)
    {
        CommandRun run = Shell($"{Unshared.Command} {line} > /dev/full; exit $?");

        Assert.Equal(8, run.ExitCode);
        Assert.StartsWith("plenum: writing the results to stdout: ", Assert.Single(run.ErrorLines),
            StringComparison.Ordinal);
    }

    [Fact]
    public void FileSharedByTwoCommands_BothAreInIt()
    {
        using var name = new TempSegment("out");
        File.WriteAllBytes(name.FilePath, [1, 2, 3, 4]);
        string file = Path.GetTempFileName();
        try
        {
            string dump = $"{Unshared.Command} dump {name.Name} --raw -";

            Assert.Equal(0, Shell($"{{ {dump}; {dump}; }} > {file}").ExitCode);

            Assert.Equal([1, 2, 3, 4, 1, 2, 3, 4], File.ReadAllBytes(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static CommandRun Shell(string script)
    {
        var info = new System.Diagnostics.ProcessStartInfo("sh", ["-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        PeerProcess.LeaveNoDiagnosticFiles(info);
        using var process = System.Diagnostics.Process.Start(info)!;
        return CommandRun.Finish(process);
    }
}
