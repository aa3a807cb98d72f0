using System.Diagnostics;
using Plenum.TestSupport;
using Plenum.VoidShm;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Tests.Live;

/// <summary>top and plot in a real terminal: tmux, 80 x 24, its screen captured as text.</summary>
public sealed class TerminalTests
{
    [Fact]
    public void Top_InTmux_ShowsSelectsAndQuits()
    {
        Assert.SkipUnless(HasTmux(), "tmux is not installed");
        using var name = new TempSegment("aaa-top");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using var terminal = new Terminal80x24($"dotnet exec '{CommandPath}' top --ascii --interval 100ms");
        string screen = terminal.WaitFor("q quit");

        Assert.Contains("plenum top ", screen, StringComparison.Ordinal);
        Assert.Contains("NAME ", screen, StringComparison.Ordinal);
        Assert.Contains(name.Name[..16], screen, StringComparison.Ordinal);
        Assert.All(screen.Split('\n'), line => Assert.True(line.Length <= 80, line));
        terminal.Press("Enter");
        _ = terminal.WaitFor("Esc or Enter back");
        terminal.Press("Escape");
        _ = terminal.WaitFor("q quit  up/down select");
        terminal.Press("q");
        Assert.Contains("exit 0", terminal.WaitFor("exit "), StringComparison.Ordinal);
    }

    [Fact]
    public void Top_CtrlCInTmux_GivesTheScreenBackAndExits130()
    {
        Assert.SkipUnless(HasTmux(), "tmux is not installed");
        using var terminal = new Terminal80x24($"dotnet exec '{CommandPath}' top --ascii");
        _ = terminal.WaitFor("q quit");

        terminal.Press("C-c");

        string screen = terminal.WaitFor("exit ");
        Assert.Contains("exit 130", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("q quit", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Plot_InTmux_DrawsOverItselfAndStaysAtTheEnd()
    {
        Assert.SkipUnless(HasTmux(), "tmux is not installed");
        using var name = new TempSegment("p");
        using VoidShmWriter writer = WriteWave(name);
        using var terminal = new Terminal80x24(
            $"dotnet exec '{CommandPath}' plot {name.Name} --ascii --seconds 1500ms --height 20");

        string screen = terminal.WaitFor("exit ");

        Assert.Contains("exit 0", screen, StringComparison.Ordinal);
        Assert.Equal(2, screen.Split($"{name.Name}: 2 channels of 64").Length);
        Assert.Contains("* ch0", screen, StringComparison.Ordinal);
        Assert.Contains("+ ch1", screen, StringComparison.Ordinal);
        Assert.Contains("         |", screen, StringComparison.Ordinal);
        Assert.Contains("+---", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Plot_CtrlCInTmux_KeepsThePictureAndExits130()
    {
        Assert.SkipUnless(HasTmux(), "tmux is not installed");
        using var name = new TempSegment("p");
        using VoidShmWriter writer = WriteWave(name);
        using var terminal = new Terminal80x24($"dotnet exec '{CommandPath}' plot {name.Name} --ascii --seconds 60");
        string screen = terminal.WaitFor("+ ch1");
        string[] rows = screen.Split('\n');

        Assert.Contains($"{name.Name}: 2 channels of 64", rows[0], StringComparison.Ordinal);
        Assert.All(rows, row => Assert.True(row.Length <= 80, row));
        terminal.Press("C-c");
        Assert.Contains("exit 130", terminal.WaitFor("exit "), StringComparison.Ordinal);
    }

    private static VoidShmWriter WriteWave(TempSegment name)
    {
        var writer = VoidShmWriter.Connect(name.Name, 2, 64);
        float[] values = new float[128];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sin(i * MathF.PI / 32) * (i < 64 ? 1 : 0.5f);
        }

        writer.Write(values);
        return writer;
    }

    private static string CommandPath => Repository.AssemblyOf("Plenum.Cli", "plenum");

    private static bool HasTmux() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "tmux")));

    /// <summary>A tmux server of its own with one window.</summary>
    private sealed class Terminal80x24 : IDisposable
    {
        private readonly string _socket = TempSegment.RunPrefix + Guid.NewGuid().ToString("N")[..8];

        internal Terminal80x24(string command) => Tmux(
            "new-session", "-d", "-x", "80", "-y", "24", "-e", "TERM=screen", "-e", "NO_COLOR=",
            $"{command}; echo \"exit $?\"; cat");

        public void Dispose() => Tmux("kill-server");

        internal void Press(string key) => Tmux("send-keys", key);

        /// <summary>The screen as soon as it holds a text.</summary>
        internal string WaitFor(string text)
        {
            long end = Environment.TickCount64 + (long)Watchdog.Limit.TotalMilliseconds;
            string screen = string.Empty;
            while (Environment.TickCount64 < end)
            {
                screen = Tmux("capture-pane", "-p");
                if (screen.Contains(text, StringComparison.Ordinal))
                {
                    return screen;
                }

                _ = TestContext.Current.CancellationToken.WaitHandle.WaitOne(50);
            }

            throw new TimeoutException($"'{text}' never stood on the screen:\n{screen}");
        }

        private string Tmux(params string[] arguments)
        {
            var info = new ProcessStartInfo("tmux") { RedirectStandardOutput = true, UseShellExecute = false };
            foreach (string argument in (string[])["-L", _socket, "-f", "/dev/null", .. arguments])
            {
                info.ArgumentList.Add(argument);
            }

            info.Environment.Remove("TMUX");
            using Process process = Process.Start(info)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output;
        }
    }
}
