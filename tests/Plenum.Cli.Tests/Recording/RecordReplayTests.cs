using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Plenum.Recording;
using Plenum.TestSupport;
using Plenum.VoidShm;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Tests.Recording;

/// <summary><c>record</c> and <c>replay</c> as processes, beside real writers and readers.</summary>
public sealed class RecordReplayTests : IDisposable
{
    private const int FullHd = 1920 * 1080 * 3;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"plenum-{Guid.NewGuid():N}.plr");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Frames_FullHdAt30Hz_ReplayBitIdentical() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        using var target = new TempSegment();
        string frames = Campaign.Count(60, 1800).ToString();
        using Process recorder = CommandRun.Start(
            "record", segment.Name, "--output", _file, "--payload-size", "64MiB", "--json");
        var written = CommandRun.Spawn(
            null, "zerobuffer", "write", segment.Name, "--wait", "20s", "-n", frames, "-s", FullHd.ToString(),
            "--rate", Campaign.IsFull ? "30" : "60", "--pattern", "sequential", "--metadata", "1920x1080", "--checksum",
            "--json");
        var recorded = CommandRun.Finish(recorder);
        Assert.Equal(0, recorded.ExitCode);
        Assert.Equal(0, written.ExitCode);
        Assert.Equal(long.Parse(frames), recorded.LastLineJson.GetProperty("items").GetInt64());
        Assert.Equal("closed", recorded.LastLineJson.GetProperty("ended").GetString());

        using Process reader = CommandRun.Start(
            "zerobuffer", "read", target.Name, "--payload-size", "64MiB", "--verify", "sequential", "--checksum",
            "--timeout-ms", "20000", "--json");
        var replayed = CommandRun.Spawn(
            null, "replay", _file, "--to", target.Name, "--wait", "20s", "--speed", Campaign.IsFull
            ? "1" : "4", "--json");
        var read = CommandRun.Finish(reader);

        Assert.Equal(0, replayed.ExitCode);
        Assert.Equal(0, read.ExitCode);
        Assert.Equal(Checksum(written), Checksum(read));
        Assert.Equal("MTkyMHgxMDgw", read.LastLineJson.GetProperty("metadata").GetString());
        TestContext.Current.TestOutputHelper?.WriteLine($"recorded {recorded.Output}replayed {replayed.Output}read "
            + $"{read.Output}");
    });

    [Fact]
    public void Tee_ReaderOfTheOtherBuffer_GetsEveryFrameAndTheMetadata() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        using var display = new TempSegment();
        using Process reader = CommandRun.Start(
            "zerobuffer", "read", display.Name, "--verify", "sequential", "--checksum", "--timeout-ms", "20000",
            "--json");
        using Process recorder = CommandRun.Start(
            "record", segment.Name, "--output", _file, "--tee", display.Name, "--wait", "20s");
        var written = CommandRun.Spawn(
            null, "zerobuffer", "write", segment.Name, "--wait", "20s", "-n", "200", "-s", "10000",
            "--metadata", "m", "--checksum", "--json");

        Assert.Equal(0, CommandRun.Finish(recorder).ExitCode);
        var read = CommandRun.Finish(reader);

        Assert.Equal(0, read.ExitCode);
        Assert.Equal(200, read.LastLineJson.GetProperty("framesRead").GetInt64());
        Assert.Equal(Checksum(written), Checksum(read));
        Assert.Equal("bQ==", read.LastLineJson.GetProperty("metadata").GetString());
        Assert.Equal(200, Info().GetProperty("items").GetInt64());
    });

    [Fact]
    public void Tee_ReaderGone_RecordingGoesOnAndExits6() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        using var display = new TempSegment();
        using Process recorder = CommandRun.Start(
            "record", segment.Name, "--output", _file, "--tee", display.Name, "--wait", "20s");
        using (ZeroBufferReader reader = ZeroBufferReader.Create(display.Name))
        {
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, Watchdog.Limit);
            writer.Write([1, 2, 3]);
            Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, Watchdog.Limit));
            frame.Dispose();
            reader.Dispose();
            for (int i = 0; i < 9; i++)
            {
                writer.Write([4, 5, 6]);
            }
        }

        var recorded = CommandRun.Finish(recorder);

        Assert.Equal(6, recorded.ExitCode);
        Assert.Contains("the recording went on", recorded.Error, StringComparison.Ordinal);
        Assert.Equal(10, Info().GetProperty("items").GetInt64());
    });

    [Fact]
    public void Recorder_Killed_EverythingWrittenIsReadable() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        using PeerProcess recorder = PeerProcess.StartPlenum("record", segment.Name, "--output", _file);
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name, Watchdog.Limit))
        {
            byte[] frame = new byte[100_000];
            for (int i = 0; i < 50; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(frame, i);
                writer.Write(frame);
            }

            // The first block is on the disk; whatever else is there depends on the moment.
            while (!GrowingRecording.HoldsAnItem(_file))
            {
                Thread.Yield();
            }

            recorder.Kill();
        }

        using var reader = RecordingReader.Open(_file);
        int items = 0;
        while (reader.TryRead(out RecordedItem item))
        {
            Assert.Equal(items++, BinaryPrimitives.ReadInt32LittleEndian(item.Data));
        }

        Assert.InRange(items, 1, 50);
        Assert.Equal(RecordingEnding.Unfinished, reader.Ending);
        Assert.Equal("unfinished", Info().GetProperty("ending").GetString());
    });

    [Fact]
    public void Snapshots_BesideAReader_ReplayWithTheirValuesAndOwner() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment("r");
        string name = segment.Name;
        using (VoidShmWriter writer = VoidShmWriter.Connect(
            name, 2, 3, new VoidWriterOptions { Owner = new VoidOwner("app", "project", "node") }))
        {
            writer.Write([0, 1, 2, 3, 4, 5]);
            using Process recorder = CommandRun.Start("record", "void:" + name, "--output", _file, "--count", "5");
            int value = 1;
            while (!recorder.WaitForExit(2))
            {
                writer.Write([value++, 1, 2, 3, 4, 5]);
            }

            Assert.Equal(0, CommandRun.Finish(recorder).ExitCode);
        }

        float[][] recorded = Snapshots();
        Assert.Equal(5, recorded.Length);
        using Process replay = CommandRun.Start("replay", _file, "--speed", "1000", "--hold");
        VoidInfo info;
        do
        {
            info = VoidInfo.Read(name);
        }
        while (!info.IsValid || info.Frame < 5);
        float[] values = new float[6];
        using (var reader = new VoidShmReader(name))
        {
            Assert.True(reader.TrySnapshot(values, out _));
        }

        Assert.Equal(recorded[^1], values);
        Assert.Equal((2, 3), (info.Channels, info.Length));
        Assert.Equal(new VoidOwner("app", "project", "node"), info.Owner);
        CommandRun.Interrupt(replay);
        Assert.Equal(130, CommandRun.Finish(replay).ExitCode);
        Assert.False(VoidInfo.Read(name).IsValid);
    });

    [Fact]
    public void Replay_Speed_DividesTheTimes() => Watchdog.Run(() =>
    {
        Write(Enumerable.Range(0, 5).Select(i => i * 200));
        using var segment = new TempSegment();
        using ZeroBufferReader reader = ZeroBufferReader.Create(segment.Name);

        var slow = CommandRun.InProcess("replay", _file, "--to", segment.Name, "--speed", "2", "--json");

        Assert.Equal(0, slow.ExitCode);
        Assert.Equal(5, slow.Json.GetProperty("items").GetInt64());

        // Never early; how late depends on the machine.
        Assert.True(slow.Json.GetProperty("durationMs").GetInt64() >= 400);
        Assert.Equal([0, 1, 2, 3, 4], Frames(reader, 5));
    });

    [Fact]
    public void Replay_Loop_BeginsAgainUntilTheCount() => Watchdog.Run(() =>
    {
        Write([0, 10, 20]);
        using var segment = new TempSegment();
        using ZeroBufferReader reader = ZeroBufferReader.Create(segment.Name);

        var looped = CommandRun.InProcess("replay", _file, "--to", segment.Name, "--loop", "--count", "8", "--json");

        Assert.Equal(0, looped.ExitCode);
        Assert.Equal(2, looped.Json.GetProperty("passes").GetInt64());
        Assert.True(looped.Json.GetProperty("durationMs").GetInt64() >= 70);
        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1], Frames(reader, 8));
    });

    [Fact]
    public void Replay_LoopInterrupted_Exits130AndTheReaderIsTold() => Watchdog.Run(() =>
    {
        Write([0, 1, 2]);
        using var segment = new TempSegment();
        using ZeroBufferReader reader = ZeroBufferReader.Create(segment.Name);
        using Process replay = CommandRun.Start("replay", _file, "--to", segment.Name, "--loop", "--wait", "20s");
        _ = Frames(reader, 7);

        CommandRun.Interrupt(replay);
        ReadOutcome outcome;
        while ((outcome = reader.Read(out Frame frame, Watchdog.Limit)) == ReadOutcome.Frame)
        {
            frame.Dispose();
        }

        Assert.Equal(130, CommandRun.Finish(replay).ExitCode);
        Assert.Equal(ReadOutcome.WriterClosed, outcome);
    });

    [Fact]
    public void Replay_WithoutTo_PlaysIntoTheRecordedName() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        Write([0], segment.Name);
        using ZeroBufferReader reader = ZeroBufferReader.Create(segment.Name);

        Assert.Equal(0, CommandRun.InProcess("replay", _file).ExitCode);
        Assert.Equal([0], Frames(reader, 1));
    });

    [Fact]
    public void Replay_NoReader_Exits3()
    {
        Write([0], "no-such-buffer-of-anybody");

        var run = CommandRun.InProcess("replay", _file, "--wait", "50ms");

        Assert.Equal(3, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public void Replay_WrongFileNewerVersionAndMissingFile_AreSaid()
    {
        File.WriteAllText(_file, "this is a text and no recording of anything at all");
        var wrong = CommandRun.InProcess("replay", _file);
        Assert.Equal(4, wrong.ExitCode);
        Assert.Contains("no recording", Assert.Single(wrong.ErrorLines), StringComparison.Ordinal);

        byte[] newer = [0x89, 0x50, 0x4C, 0x52, 0x45, 0x43, 0x0D, 0x0A, 9, 0, 1, 0, 0xFC, 0xCC, 0x3A, 0x5B];
        BinaryPrimitives.WriteUInt32LittleEndian(newer.AsSpan(12), Crc(newer.AsSpan(0, 12)));
        File.WriteAllBytes(_file, newer);
        var version = CommandRun.InProcess("replay", _file, "--info");
        Assert.Equal(4, version.ExitCode);
        Assert.Contains("version 9.1", Assert.Single(version.ErrorLines), StringComparison.Ordinal);

        var missing = CommandRun.InProcess("replay", _file + ".not-there");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("no such file", Assert.Single(missing.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_DamagedBlock_Exits1AndSkipDamagedPlaysTheRest() => Watchdog.Run(() =>
    {
        Write([0, 1, 2]);
        byte[] bytes = File.ReadAllBytes(_file);
        bytes[bytes.AsSpan().LastIndexOf("item 1"u8)] ^= 1;
        File.WriteAllBytes(_file, bytes);

        var verified = CommandRun.InProcess("replay", _file, "--verify", "--json");
        Assert.Equal(1, verified.ExitCode);
        Assert.Equal("damaged", verified.Json.GetProperty("ending").GetString());
        Assert.Contains("checksum", Assert.Single(verified.ErrorLines), StringComparison.Ordinal);

        using var segment = new TempSegment();
        using ZeroBufferReader reader = ZeroBufferReader.Create(segment.Name);
        Assert.Equal(4, CommandRun.InProcess("replay", _file, "--to", segment.Name).ExitCode);
        Assert.Equal([0], Frames(reader, 1));
    });

    [Fact]
    public void Record_FullDevice_Exits8AndSaysIt()
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.Skip("there is no /dev/full here");
        }

        using var segment = new TempSegment();
        var run = CommandRun.InProcess("record", segment.Name, "--output", "/dev/full", "--seconds", "5");

        Assert.Equal(8, run.ExitCode);
        Assert.Contains("/dev/full", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Record_LimitsAndMistakes_HaveTheirCodes() => Watchdog.Run(() =>
    {
        using var segment = new TempSegment();
        var empty = CommandRun.InProcess("record", segment.Name, "--output", _file, "--seconds", "0.1", "--json");
        Assert.Equal(0, empty.ExitCode);
        Assert.Equal("seconds", empty.Json.GetProperty("ended").GetString());
        Assert.Equal(1, CommandRun.InProcess("replay", _file, "--wait", "1ms").ExitCode is 3 ? 1 : 0);

        Assert.Equal(2, CommandRun.InProcess("record", segment.Name).ExitCode);
        Assert.Equal(2, CommandRun.InProcess("record", segment.Name, "-o", _file, "--policy", "maybe").ExitCode);
        Assert.Equal(2, CommandRun.InProcess("record", segment.Name, "-o", "/no/such/folder/f", "--seconds",
            "1").ExitCode);
        Assert.Equal(3, CommandRun.InProcess("record", "void:" + segment.Name, "-o", _file, "--wait", "20ms").ExitCode);
        Assert.Equal(2, CommandRun.InProcess("record", "void:x", "-o", _file, "--tee", "y").ExitCode);
        using ZeroBufferReader reader = ZeroBufferReader.Create(segment.Name);
        Assert.Equal(7, CommandRun.InProcess("record", segment.Name, "-o", _file).ExitCode);
    });

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }

    private static string? Checksum(CommandRun run) => run.LastLineJson.GetProperty("checksum").GetString();

    private static int[] Frames(ZeroBufferReader reader, int count)
    {
        var found = new List<int>();
        while (found.Count < count)
        {
            Assert.Equal(ReadOutcome.Frame, reader.Read(out Frame frame, Watchdog.Limit));
            using (frame)
            {
                found.Add(int.Parse(Encoding.UTF8.GetString(frame.Span)["item ".Length..]));
            }
        }

        return [.. found];
    }

    private JsonElement Info()
    {
        var run = CommandRun.InProcess("replay", _file, "--info", "--json");
        Assert.Equal(0, run.ExitCode);
        return run.Json;
    }

    private float[][] Snapshots()
    {
        using var reader = RecordingReader.Open(_file);
        var found = new List<float[]>();
        while (reader.TryRead(out RecordedItem item))
        {
            float[] values = [];
            Assert.True(SnapshotItem.TryRead(item.Data, ref values, out _));
            found.Add(values);
        }

        return [.. found];
    }

    private void Write(IEnumerable<int> milliseconds, string segment = "recorded")
    {
        using var writer = RecordingWriter.Create(
            _file,
            new RecordingDescription { Kind = RecordingKind.Frames, Segment = segment },
            new RecordingWriterOptions { BlockBytes = 1 });
        int index = 0;
        foreach (int time in milliseconds)
        {
            Assert.True(writer.Add(
                RecordedItemKind.Data, time * 1_000_000L, (ulong)index + 1, [],
                Encoding.UTF8.GetBytes($"item {index++}")));
        }

        writer.Complete();
    }
}
