using System.Diagnostics;
using System.Text.Json;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Tests.Live;

/// <summary>monitor and list --watch.</summary>
public sealed class MonitorCommandTests
{
    [Fact]
    public void Monitor_Json_IsOneObjectALineWithTheNumbers()
    {
        using var name = new TempSegment("mon");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        writer.Write(new byte[100]);

        var run = CommandRun.InProcess("monitor", "/" + name.Name, "--count", "2", "--interval", "1ms", "--json");

        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        JsonElement line = run.LastLineJson;
        Assert.Equal(name.Name, line.GetProperty("name").GetString());
        Assert.Equal("zerobuffer", line.GetProperty("protocol").GetString());
        Assert.Equal(1, line.GetProperty("produced").GetInt64());
        Assert.Equal(1, line.GetProperty("depth").GetInt64());
        Assert.Equal("still", line.GetProperty("motion").GetString());
        Assert.Equal(JsonValueKind.Array, line.GetProperty("events").ValueKind);
        Assert.Contains("does not read", line.GetProperty("explanation").GetString(), StringComparison.Ordinal);
        Assert.True(reader.TryRead(out Frame frame));
        frame.Dispose();
    }

    [Fact]
    public void Monitor_Signal_PrintsItsValue()
    {
        using var name = new TempSegment("mon");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        _ = SharedSignal<double>.Create(memory, "level", 2.5);

        var run = CommandRun.InProcess("monitor", name.Name, "level", "--count", "1");

        Assert.Equal((0, "2.5\n"), (run.ExitCode, run.Output));
        Assert.Contains("read as f64", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Monitor_Future_PrintsItsStateAndThenItsValue()
    {
        using var name = new TempSegment("mon");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedFuture<int> answer = SharedFuture<int>.Create(memory, "answer");

        using PeerProcess monitor = PeerProcess.StartPlenum(
            "monitor", name.Name, "answer", "--type", "i32", "--interval", "20ms");
        Assert.Contains("state 0", monitor.ReadLine(), StringComparison.Ordinal);
        Assert.True(answer.TrySet(42));
        _ = monitor.ExpectLine("42");
        var json = CommandRun.InProcess("monitor", name.Name, "answer", "--type", "i32", "--count", "1", "--json");

        Assert.Equal(42, json.LastLineJson.GetProperty("value").GetInt32());
        Assert.Equal(0, answer.WaitingCount);
    }

    [Fact]
    public void Monitor_QueueWithType_PrintsNumbersAndValuesWithoutConsuming()
    {
        using var name = new TempSegment("mon");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        SharedQueue<int> jobs = SharedQueue<int>.Create(memory, "jobs", 4);
        Assert.True(jobs.TryEnqueue(42));

        var numbers = CommandRun.InProcess("monitor", name.Name, "jobs", "--count", "1", "--interval", "1ms", "--json");
        var values = CommandRun.InProcess(
            "monitor", name.Name, "jobs", "--type", "i32", "--count", "2", "--interval", "1ms");

        Assert.Equal(1, numbers.LastLineJson.GetProperty("measured").GetProperty("depth").GetInt64());
        Assert.Equal(4, numbers.LastLineJson.GetProperty("measured").GetProperty("capacity").GetInt64());
        Assert.EndsWith("42\n", values.Output, StringComparison.Ordinal);
        Assert.Single(jobs);
    }

    [Fact]
    public void Monitor_MissingSegmentEntryOrWrongType_SaysSo()
    {
        using var name = new TempSegment("mon");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        _ = SharedSignal<double>.Create(memory, "level", 2.5);

        Assert.Equal(3, CommandRun.InProcess("monitor", "no-such-segment-here").ExitCode);
        Assert.Equal(3, CommandRun.InProcess("monitor", name.Name, "nothing").ExitCode);
        Assert.Equal(2, CommandRun.InProcess("monitor", name.Name, "level", "--type", "f16").ExitCode);
        Assert.Equal(4, CommandRun.InProcess("monitor", name.Name, "level", "--type", "bytes:64").ExitCode);
    }

    [Fact]
    public void Monitor_CtrlC_Exit130()
    {
        using var name = new TempSegment("mon");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        using Process process = CommandRun.Start("monitor", name.Name, "--interval", "50ms");
        _ = process.StandardOutput.ReadLine();

        CommandRun.Interrupt(process);

        Assert.Equal(130, CommandRun.Finish(process).ExitCode);
    }

    [Fact]
    public void ListWatch_Json_IsOneObjectALineAndExit130()
    {
        using var name = new TempSegment("mon");
        using SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20);
        using Process process = CommandRun.Start("list", "--watch", "--interval", "10ms", "--json");
        _ = process.StandardOutput.ReadLine();
        using JsonDocument line = JsonDocument.Parse(process.StandardOutput.ReadLine()!);

        CommandRun.Interrupt(process);

        Assert.Contains(
            line.RootElement.GetProperty("segments").EnumerateArray(),
            segment => segment.GetProperty("name").GetString() == name.Name
                && segment.GetProperty("protocol").GetString() == "zeroipc");
        Assert.Equal(130, CommandRun.Finish(process).ExitCode);
    }
}
