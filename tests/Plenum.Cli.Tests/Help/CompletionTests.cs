using System.Diagnostics;
using Plenum.TestSupport;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Tests.Help;

/// <summary>What Tab offers, asked directly and through the shells themselves.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("zerob", "zerobuffer")]
    [InlineData("zerobuffer re", "read,relay")]
    [InlineData("zerobuffer read --ver", "--verbose,--verify")]
    [InlineData("zerobuffer read camera --verify s", "sequential")]
    [InlineData("zeroipc queue p", "peek,pop,push")]
    [InlineData("help exit", "exit-codes")]
    [InlineData("completion z", "zsh")]
    [InlineData("void profile sh", "show")]
    [InlineData("no-such-command ", null)]
    public void Candidates_OfALine_AreThose(string line, string? expected)
    {
        string output = CommandRun.InProcess(["complete", "--", .. line.Split(' ')]).Output;

        if (expected is not null)
        {
            Assert.Equal(expected.Split(','), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        else
        {
            Assert.Contains("zerobuffer\n", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Candidates_SegmentsAndEntries_AreThoseThatExist()
    {
        using var segment = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        _ = SharedQueue<int>.Create(memory, "jobs", 16);

        string segments = CommandRun.InProcess("complete", "--", "show", segment.Name[..^2]).Output;
        string entries = CommandRun.InProcess("complete", "--", "zeroipc", "queue", "push", segment.Name, "j").Output;

        Assert.Contains(segment.Name + "\n", segments, StringComparison.Ordinal);
        Assert.Equal("jobs\n", entries);
    }

    [Fact]
    public void Bash_SourcedScript_CompletesCommandsOptionsAndSegments() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        string script = $$"""
            plenum() { dotnet exec '{{Repository.AssemblyOf("Plenum.Cli", "plenum")}}' "$@"; }
            source <(plenum completion bash)
            COMP_WORDBREAKS=$' \t\n:'
            ask() { COMP_LINE="$1"; COMP_POINT=${#1}; COMP_WORDS=($1); COMP_CWORD=$((
                ${#COMP_WORDS[@]}-1)); _plenum; echo "[${COMPREPLY[*]}]"; }
            ask 'plenum zerobuffer re'
            ask 'plenum replay --loo'
            ask 'plenum show {{segment.Name[..^1]}}'
            ask 'plenum show zeroipc:{{segment.Name[..^1]}}'
            complete -p plenum
            """;

        string[] lines = Shell("bash", script).Split('\n');

        Assert.Equal("[read relay]", lines[0]);
        Assert.Equal("[--loop]", lines[1]);
        Assert.Contains(segment.Name, lines[2], StringComparison.Ordinal);
        Assert.Equal($"[{segment.Name}]", lines[3]);
        Assert.Contains("_plenum", lines[4], StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("zsh", "zsh -n")]
    [InlineData("fish", "fish --no-execute")]
    public void OtherShells_Script_IsTheirSyntax(string shell, string check) => Watchdog.Run(() =>
    {
        if (!File.Exists("/usr/bin/" + shell) && !File.Exists("/bin/" + shell))
        {
            Assert.Skip(shell + " is not installed");
        }

        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, CommandRun.InProcess("completion", shell).Output);
            Assert.Equal("ok\n", Shell("bash", $"{check} {file} && echo ok"));
        }
        finally
        {
            File.Delete(file);
        }
    });

    [Fact]
    public void Completion_AnotherShell_Exits2() =>
        Assert.Equal(2, CommandRun.InProcess("completion", "tcsh").ExitCode);

    private static string Shell(string program, string script)
    {
        var info = new ProcessStartInfo(program, ["--norc", "-c", script]) { RedirectStandardOutput = true };
        using Process process = Process.Start(info)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
