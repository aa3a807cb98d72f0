using System.Diagnostics;
using System.Text;
using Plenum.Cli.Commands.Shell;
using Plenum.TestSupport;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Tests.Shell;

/// <summary>The shell: as a script from a pipe, line by line, and on a terminal.</summary>
public sealed class ShellTests
{
    [Fact]
    public void Script_FromAPipe_RunsEveryLine()
    {
        using var segment = new TempSegment();
        string script = $"""
            # a comment
            zeroipc create {segment.Name} --size 1MiB
            cd {segment.Name}
            pwd
            queue create jobs --capacity 8 --type i32
            queue push jobs 1 2 -3 --type i32
            queue pop jobs --type i32
            array create 'two words' --type f64
            ls
            cd ..
            queue pop /{segment.Name}/jobs --type i32
            signal create {segment.Name} level 2.5 --type f64
            exit
            pwd
            """;

        var run = CommandRun.Spawn(Encoding.UTF8.GetBytes(script), "zeroipc", "shell");

        Assert.Equal(string.Empty, run.Error);
        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.Split('\n');
        Assert.Equal("/" + segment.Name, lines[1]);
        Assert.Equal("1", lines[2]);
        Assert.StartsWith("jobs ", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("two words", lines[4], StringComparison.Ordinal);
        Assert.Equal("2", lines[5]);
        Assert.Equal(7, lines.Length);
    }

    [Fact]
    public void Script_CatOfASegment_ShowsItWhateverItsProtocol()
    {
        using var segment = new TempSegment();
        using var writer = VoidShm.VoidShmWriter.Connect(segment.Name, 2);

        var run = CommandRun.Spawn(Encoding.UTF8.GetBytes($"cat {segment.Name}\n"), "zeroipc", "shell");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"{segment.Name}: void, ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Script_FailingLine_TheRestGoesOnAndItsCodeIsTheShells()
    {
        using var segment = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        _ = SharedQueue<int>.Create(memory, "jobs", 16);

        var run = CommandRun.Spawn(
            "queue pop jobs\nno-such-command\nqueue push jobs 7\nqueue pop jobs\n"u8.ToArray(), "zeroipc", "shell",
            segment.Name);

        Assert.Equal(5, run.ExitCode);
        Assert.Equal(2, run.ErrorLines.Length);
        Assert.Equal("7\n", run.Output);
    }

    [Fact]
    public void Lines_InASession_MoveAndShow()
    {
        using var segment = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        _ = SharedQueue<int>.Create(memory, "jobs", 16);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var session = new ShellSession(output, error);

        Assert.Equal(0, session.Execute("ls"));
        Assert.Contains(segment.Name + "/\n", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, session.Execute("cd /no-such-segment"));
        Assert.Equal(0, session.Execute("cd /" + segment.Name));
        Assert.Equal(2, session.Execute("cd jobs"));
        Assert.Equal(3, session.Execute("cd nothing"));
        Assert.Equal(0, session.Execute("cat jobs"));
        Assert.Contains("queue", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, session.Execute("cat nothing"));
        Assert.Equal(2, session.Execute("cat 'not closed"));
        Assert.Equal(2, session.Execute("zeroipc shell"));
        Assert.Equal(0, session.Execute("help"));
        Assert.Equal(0, session.Execute("help waiting"));
        Assert.Equal(3, session.FirstFailure);
        Assert.Equal(6, error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.False(session.HasEnded);
        session.Execute("exit");
        Assert.True(session.HasEnded);
    }

    [Fact]
    public void Shell_MissingSegment_Exits3() =>
        Assert.Equal(3, CommandRun.Spawn([], "zeroipc", "shell", "no-such-segment-here").ExitCode);

    [Theory]
    [InlineData("/", "a", "/a")]
    [InlineData("/a", "q", "/a/q")]
    [InlineData("/a/q", "..", "/a")]
    [InlineData("/a", "/b/c", "/b/c")]
    [InlineData("/a", "../b", "/b")]
    [InlineData("/", "../..", "/")]
    [InlineData("/a", ".", "/a")]
    public void Path_Relative_IsResolved(string from, string text, string expected) =>
        Assert.Equal(expected, ShellPath.Root.Resolve(from).Resolve(text).ToString());

    [Theory]
    [InlineData("a  b", "a|b")]
    [InlineData("'a b' \"c d\"e", "a b|c de")]
    [InlineData("a\\ b # rest", "a b")]
    [InlineData("x '' y", "x||y")]
    [InlineData("a#b", "a#b")]
    [InlineData("  ", "")]
    public void Words_OfALine_AreCut(string line, string expected) =>
        Assert.Equal(expected, string.Join('|', ShellWords.Split(line)));

    [Fact]
    public void Completion_OfALine_KnowsCommandsOperationsAndEntries()
    {
        using var segment = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        _ = SharedQueue<int>.Create(memory, "jobs", 16);
        var here = new ShellPath(segment.Name, null);

        Assert.Equal(["pwd"], ShellCompletion.Of("pw", here));
        Assert.Equal(["peek", "pop", "push"], ShellCompletion.Of("queue p", here));
        Assert.Equal(["jobs"], ShellCompletion.Of("queue push j", here));
        Assert.Equal(["jobs"], ShellCompletion.Of("cat ", here));
        Assert.Equal([$"/{segment.Name}/jobs"], ShellCompletion.Of($"cat /{segment.Name}/", ShellPath.Root));
        Assert.Contains("--type", ShellCompletion.Of("queue push jobs --t", here));
    }

    [Fact]
    public void Terminal_HistoryAndCompletion_AreWhatAPersonSees() => Watchdog.Run(() =>
    {
        if (!File.Exists("/usr/bin/tmux"))
        {
            Assert.Skip("tmux is not installed");
        }

        using var segment = new TempSegment("s");
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        _ = SharedQueue<int>.Create(memory, "jobs", 16);
        string socket = TempSegment.RunPrefix + "shell";
        string Tmux(params string[] words)
        {
            var info = new ProcessStartInfo("tmux", ["-L", socket, .. words]) { RedirectStandardOutput = true };
            using Process process = Process.Start(info)!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text;
        }

        string WaitFor(string expected)
        {
            string screen;
            do
            {
                screen = Tmux("capture-pane", "-p");
            }
            while (!screen.Contains(expected, StringComparison.Ordinal));
            return screen;
        }

        try
        {
            string prompt = $"/{segment.Name}> ";
            Tmux("new-session", "-d", "-x", "100", "-y", "30",
                "dotnet", "exec", Repository.AssemblyOf("Plenum.Cli", "plenum"), "zeroipc", "shell", segment.Name);
            WaitFor(prompt.TrimEnd());
            Tmux("send-keys", "queue pu", "Tab", "j", "Tab", "41", "Space", "42", "Enter");
            WaitFor("push jobs 41 42");
            Tmux("send-keys", "queue pop jobs", "Enter");
            WaitFor("\n41\n");
            Tmux("send-keys", "Up", "Enter");
            string screen = WaitFor("\n42\n");
            Tmux("send-keys", "queue p", "Tab");
            WaitFor("peek  pop  push");
            Tmux("send-keys", "C-c");
            WaitFor("^C");
            Tmux("send-keys", "pwx", "Left", "d", "Delete", "Enter");
            WaitFor($"\n/{segment.Name}\n");

            Assert.Equal(2, screen.Split("queue pop jobs").Length - 1);
            Assert.Contains(prompt + "queue push jobs 41 42", screen, StringComparison.Ordinal);
        }
        finally
        {
            Tmux("kill-server");
        }
    });
}
