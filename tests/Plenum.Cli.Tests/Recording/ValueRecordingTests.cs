using System.Buffers.Binary;
using System.Diagnostics;
using Plenum.Recording;
using Plenum.TestSupport;
using Plenum.ZeroIpc;

namespace Plenum.Cli.Tests.Recording;

/// <summary>Values of ZeroIPC structures, recorded beside their readers.</summary>
public sealed class ValueRecordingTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"plenum-{Guid.NewGuid():N}.plr");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Signal_Recorded_ReplaysIntoASignalOfTheSameType() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        using var target = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        var signal = SharedSignal<double>.Create(memory, "level", 0.5);
        using Process recorder = CommandRun.Start(
            "record", segment.Name, "level", "--type", "f64", "--output", _file, "--count", "4", "--json");
        double value = 1.5;
        while (!recorder.WaitForExit(5))
        {
            signal.Set(value++);
        }

        var recorded = CommandRun.Finish(recorder);
        Assert.Equal(0, recorded.ExitCode);
        Assert.Equal(4, recorded.LastLineJson.GetProperty("items").GetInt64());
        double last = Values()[^1];

        Assert.Equal(0, CommandRun.InProcess("replay", _file, "--to", target.Name, "--speed", "100").ExitCode);
        using var opened = SharedMemory.Open(target.Name);
        Assert.Equal(last, SharedSignal<double>.Open(opened, "level").Read().Value);
    });

    [Fact]
    public void Queue_Recorded_KeepsItsValuesAndReplaysInOrder() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        using var target = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        var queue = SharedQueue<double>.Create(memory, "jobs", 1024);
        queue.TryEnqueue(0);
        using Process recorder = CommandRun.Start("record", segment.Name, "jobs", "--output", _file, "--count", "20");
        int pushed = 1;
        while (!recorder.WaitForExit(2))
        {
            // Until it looks, and then one after the other.
            if (queue.TryEnqueue(pushed))
            {
                pushed++;
            }
            else
            {
                _ = queue.TryDequeue(out _);
            }
        }

        Assert.Equal(0, CommandRun.Finish(recorder).ExitCode);
        double[] values = Values();
        Assert.Equal(20, values.Length);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => values[0] + i), values);

        Assert.Equal(0, CommandRun.InProcess(
            "replay", _file, "--to", target.Name, "--entry", "again", "--speed", "1000").ExitCode);
        using var opened = SharedMemory.Open(target.Name);
        var replayed = SharedQueue<double>.Open(opened, "again");
        Assert.Equal(values, replayed.ToArray());
    });

    [Fact]
    public void Broadcast_RecordedBesideItsSubscriber_ReplaysToAnother() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        using var target = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        var news = SharedBroadcast<double>.Create(memory, "news", new BroadcastOptions { Capacity = 1024 });
        using BroadcastPublisher<double> publisher = news.OpenPublisher();
        using BroadcastSubscription<double> consumer = news.Subscribe();
        double[] sent = [.. Enumerable.Range(0, 900).Select(i => i * 0.5)];
        using Process recorder = CommandRun.Start(
            "record", segment.Name, "news", "--type", "f64", "--output", _file, "--json");

        // The file exists once the recorder looks; it sees what is emitted from then on, and ends at the closing.
        SpinWait.SpinUntil(() => File.Exists(_file) && new FileInfo(_file).Length > 16);
        foreach (double value in sent)
        {
            Assert.Equal(EmitOutcome.Emitted, publisher.Emit(value));
        }

        publisher.Close();
        var recorded = CommandRun.Finish(recorder);

        Assert.Equal(0, recorded.ExitCode);
        Assert.Equal("closed", recorded.LastLineJson.GetProperty("ended").GetString());
        Assert.Single(news.Subscribers);
        double[] values = Values();
        Assert.NotEmpty(values);
        Assert.Equal(sent[^values.Length..], values);
        double[] consumed = new double[sent.Length];
        Assert.Equal(sent.Length, consumer.TryNext(consumed));
        Assert.Equal(sent, consumed);

        using var other = SharedMemory.Create(target.Name, 1 << 20);
        var again = SharedBroadcast<double>.Create(other, "news", new BroadcastOptions { Capacity = 1024 });
        using BroadcastSubscription<double> listener = again.Subscribe();
        Assert.Equal(0, CommandRun.InProcess("replay", _file, "--to", target.Name, "--speed", "1000").ExitCode);
        double[] heard = new double[values.Length + 1];
        Assert.Equal(values.Length, listener.TryNext(heard));
        Assert.Equal(values, heard[..^1]);
    });

    [Fact]
    public void Entry_MissingOrOfAnotherKind_IsSaid()
    {
        using var segment = new TempSegment();
        using var memory = SharedMemory.Create(segment.Name, 1 << 20);
        _ = SharedMutex.Create(memory, "guard");

        Assert.Equal(3, CommandRun.InProcess("record", segment.Name, "nothing", "-o", _file).ExitCode);
        Assert.Equal(4, CommandRun.InProcess("record", segment.Name, "guard", "-o", _file).ExitCode);
        Assert.Equal(2, CommandRun.InProcess("record", segment.Name, "-o", _file).ExitCode);
    }

    private double[] Values()
    {
        using var reader = RecordingReader.Open(_file);
        var values = new List<double>();
        while (reader.TryRead(out RecordedItem item))
        {
            values.Add(BinaryPrimitives.ReadDoubleLittleEndian(item.Data));
        }

        return [.. values];
    }
}
