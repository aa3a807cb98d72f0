using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary><c>plenum zerobuffer serve</c> and <c>call</c>, as processes.</summary>
public sealed class DuplexCommandTests
{
    [Theory]
    [InlineData("echo", false)]
    [InlineData("reverse", true)]
    [InlineData("xor", true)]
    public void ServeAndCall_TwoProcesses_EveryAnswerIsVerified(string mode, bool inPlace)
    {
        using var name = new TempSegment("serve");
        string[] extra = inPlace ? ["--in-place"] : [];
        using Process server = CommandRun.Start(
            ["zerobuffer", "serve", name.Name, "--mode", mode, "--xor-key", "90", "--json-output", .. extra]);
        CommandRun call = CommandRun.InProcess(
            ["zerobuffer", "call", "/" + name.Name, "-n", "50", "-s", "100KiB", "--verify", mode, "--xor-key", "90",
            "--wait", "30s", "--json-output", .. extra]);
        CommandRun.Interrupt(server);
        CommandRun served = CommandRun.Finish(server);

        Assert.Equal((0, 130), (call.ExitCode, served.ExitCode));
        JsonElement report = call.LastLineJson;
        Assert.Equal(50, report.GetProperty("requests").GetInt64());
        Assert.Equal(0, report.GetProperty("errors").GetInt64() + report.GetProperty("verifyErrors").GetInt64());
        Assert.True(report.GetProperty("p50Ns").GetInt64() > 0);
        Assert.True(report.GetProperty("p99Ns").GetInt64() >= report.GetProperty("p50Ns").GetInt64());
        Assert.Equal(50, served.LastLineJson.GetProperty("requests").GetInt64());
        Assert.Empty(TempSegment.Leftovers(name.Name));
    }

    [Fact]
    public void Call_InputAndOutput_AnswersArePassedThrough()
    {
        using var name = new TempSegment("io");
        using Process server = CommandRun.Start("zerobuffer", "serve", name.Name, "--mode", "reverse", "-n", "3");
        CommandRun call = CommandRun.Spawn(
            Encoding.UTF8.GetBytes("abcdefgh"), "zerobuffer", "call", name.Name, "--input", "-", "--output", "-", "-s",
            "3", "--wait", "30s", "--json");

        Assert.Equal((0, "cbafedhg"), (call.ExitCode, call.Output));
        Assert.Contains("\"requests\":3", call.Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Finish(server).ExitCode);
    }

    [Fact]
    public void Call_WrongAnswers_Exit1()
    {
        using var name = new TempSegment("wrong");
        using Process server = CommandRun.Start("zerobuffer", "serve", name.Name, "--mode", "xor", "-n", "2");
        CommandRun call = CommandRun.InProcess(
            "zerobuffer", "call", name.Name, "-n", "2", "--verify", "echo", "--wait", "30s", "--json");

        Assert.Equal((1, 2), (call.ExitCode, call.LastLineJson.GetProperty("verifyErrors").GetInt32()));
        CommandRun.Finish(server);
    }

    [Fact]
    public void Call_NoServer_Exit3AndOneLine()
    {
        using var name = new TempSegment("none");
        foreach (string[] extra in new[] { [], new[] { "--in-place" } })
        {
            CommandRun call = CommandRun.InProcess(
                ["zerobuffer", "call", name.Name, "--wait", "50ms", .. extra]);
            Assert.Equal(3, call.ExitCode);
            Assert.Single(call.ErrorLines);
        }
    }

    [Fact]
    public void Serve_ChannelHasAServer_Exit7()
    {
        using var name = new TempSegment("busy");
        using Process server = CommandRun.Start("zerobuffer", "serve", name.Name, "-n", "1");
        CommandRun first = CommandRun.InProcess("zerobuffer", "call", name.Name, "--wait", "30s");
        Assert.Equal(0, first.ExitCode);
        CommandRun.Finish(server);

        using var owner = Plenum.ZeroBuffer.Duplex.DuplexServer.Start(
            name.Name, static (request, response) => response.Write(request.Data));
        Assert.Equal(7, CommandRun.InProcess("zerobuffer", "serve", name.Name).ExitCode);
        using var client = Plenum.ZeroBuffer.Duplex.DuplexClient.Connect(name.Name, TimeSpan.FromSeconds(20));
        Assert.Equal(7, CommandRun.InProcess("zerobuffer", "call", name.Name).ExitCode);
    }

    [Fact]
    public void Call_ServerStaysSilentOrLeaves_Exit5And6()
    {
        using var name = new TempSegment("silent");
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        using var server = Plenum.ZeroBuffer.Duplex.DuplexServer.Start(name.Name, (request, response) =>
        {
            entered.Set();
            release.Wait();
            response.Write(request.Data);
        });
        Assert.Equal(5, CommandRun.InProcess("zerobuffer", "call", name.Name, "--timeout-ms", "50").ExitCode);
        entered.Reset();
        release.Set();
        SpinWait.SpinUntil(() => !server.IsClientConnected);
        release.Reset();
        int code = 0;
        var caller = new Thread(() => code = CommandRun.InProcess("zerobuffer", "call", name.Name).ExitCode);
        caller.Start();
        entered.Wait();
        server.Stop(TimeSpan.Zero);
        caller.Join();
        release.Set();

        Assert.Equal(6, code);
    }

    [Fact]
    public void Call_HandlerFails_Exit1AndTheErrorIsTold()
    {
        using var name = new TempSegment("fails");
        using var server = Plenum.ZeroBuffer.Duplex.DuplexServer.Start(
            name.Name, static (_, _) => throw new InvalidDataException("not today"));
        CommandRun call = CommandRun.InProcess("zerobuffer", "call", name.Name, "-n", "2", "--json");

        Assert.Equal((1, 2), (call.ExitCode, call.LastLineJson.GetProperty("errors").GetInt32()));
        Assert.Contains("InvalidDataException: not today", call.Error, StringComparison.Ordinal);
    }
}
