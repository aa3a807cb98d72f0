using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

/// <summary>read, write and relay as processes, joined by the reader's announcement, never by time.</summary>
public sealed class ZeroBufferCommandTests
{
    private const string Small = "1MiB";

    [Fact]
    public void ReadAndWrite_SequentialFrames_AreVerifiedWithEqualChecksums()
    {
        using var name = new TempSegment("rw");
        using Process reader = StartReader(name, "--verify", "sequential", "--checksum", "-n", "500");

        var written = CommandRun.Spawn(
            null, "zerobuffer", "write", "/" + name.Name, "-n", "500", "-s", "4KiB", "--checksum", "--json-output");
        var read = CommandRun.Finish(reader);

        Assert.Equal(0, written.ExitCode);
        Assert.Equal(0, read.ExitCode);
        JsonElement json = read.LastLineJson;
        Assert.Equal(500, json.GetProperty("framesRead").GetInt64());
        Assert.Equal(500 * 4096, json.GetProperty("bytesRead").GetInt64());
        Assert.Equal(0, json.GetProperty("verifyErrors").GetInt64());
        Assert.Equal(0, json.GetProperty("sequenceErrors").GetInt64());
        Assert.Equal(500, written.LastLineJson.GetProperty("framesWritten").GetInt64());
        Assert.Equal(
            written.LastLineJson.GetProperty("checksum").GetString(), json.GetProperty("checksum").GetString());
        Assert.Empty(TempSegment.StillThere(name.Name));
    }

    [Fact]
    public void ReadAndWrite_Batches_SameFrames()
    {
        using var name = new TempSegment("batch");
        using Process reader =
            StartReader(name, "--verify", "sequential", "--batch-size", "8", "--payload-size", "64KiB");

        var written = CommandRun.Spawn(
            null, "zerobuffer", "write", name.Name, "-n", "1003", "-s", "1000", "--batch-size", "16", "--json");
        var read = CommandRun.Finish(reader);

        Assert.Equal(0, written.ExitCode);
        Assert.Equal(0, read.ExitCode);
        Assert.Equal(1003, read.LastLineJson.GetProperty("framesRead").GetInt64());
    }

    [Fact]
    public void Read_WrongContents_Exit1WithTheCount()
    {
        using var name = new TempSegment("verify");
        using Process reader = StartReader(name, "--verify", "ones");

        _ = CommandRun.Spawn(null, "zerobuffer", "write", name.Name, "-n", "3", "--pattern", "zero");
        var read = CommandRun.Finish(reader);

        Assert.Equal(1, read.ExitCode);
        Assert.Equal(3, read.LastLineJson.GetProperty("verifyErrors").GetInt64());
        Assert.Single(read.ErrorLines);
    }

    [Fact]
    public void Read_WriterClosesEarly_Exit1()
    {
        using var name = new TempSegment("early");
        using Process reader = StartReader(name, "-n", "10");

        _ = CommandRun.Spawn(null, "zerobuffer", "write", name.Name, "-n", "4");
        var read = CommandRun.Finish(reader);

        Assert.Equal(1, read.ExitCode);
        Assert.Equal(4, read.LastLineJson.GetProperty("framesRead").GetInt64());
    }

    [Fact]
    public void Read_NoWriter_Exit5()
    {
        using var name = new TempSegment("alone");

        var read = CommandRun.InProcess(
            "zerobuffer", "read", name.Name, "--payload-size", Small, "--timeout-ms", "50", "--json");

        Assert.Equal(5, read.ExitCode);
        Assert.Equal(0, read.LastLineJson.GetProperty("framesRead").GetInt64());
        Assert.Equal(JsonValueKind.Null, read.LastLineJson.GetProperty("checksum").ValueKind);
        Assert.Equal(JsonValueKind.Null, read.LastLineJson.GetProperty("metadata").ValueKind);
        Assert.Single(read.ErrorLines);
    }

    [Fact]
    public void Read_SecondReader_Exit7()
    {
        using var name = new TempSegment("second");
        using Process reader = StartReader(name);

        var second = CommandRun.InProcess("zerobuffer", "read", name.Name, "--payload-size", Small);

        Assert.Equal(7, second.ExitCode);
        Assert.Single(second.ErrorLines);
        CommandRun.Interrupt(reader);
        Assert.Equal(130, CommandRun.Finish(reader).ExitCode);
    }

    [Fact]
    public void Read_InterruptedWhileWaiting_Exit130AndNothingIsLeft()
    {
        using var name = new TempSegment("ctrl-c");
        using Process reader = StartReader(name, "--timeout-ms", "-1");

        CommandRun.Interrupt(reader);
        var read = CommandRun.Finish(reader);

        Assert.Equal(130, read.ExitCode);
        Assert.Empty(TempSegment.StillThere(name.Name));
    }

    [Fact]
    public void Read_WriterKilled_AllFramesThenExit6()
    {
        using var name = new TempSegment("killed");
        using Process reader = StartReader(name);
        using Process writer = CommandRun.Start(
            "zerobuffer", "write", name.Name, "--input", "-", "-s", "4");

        // Two whole frames are sent; the third stays half read, with the writer waiting for the rest of it.
        writer.StandardInput.Write("aaaabbbbc");
        writer.StandardInput.Flush();
        WaitForFrames(name.Name, 2);
        writer.Kill();
        writer.WaitForExit();
        var read = CommandRun.Finish(reader);

        Assert.Equal(6, read.ExitCode);
        Assert.Equal(2, read.LastLineJson.GetProperty("framesRead").GetInt64());
    }

    [Fact]
    public void Write_ReaderKilled_Exit6()
    {
        using var name = new TempSegment("orphan");
        using Process reader = StartReader(name, "--payload-size", "64KiB");
        using Process writer =
            CommandRun.Start("zerobuffer", "write", name.Name, "-n", "100000000", "-s", "1KiB", "--json");
        WaitForFrames(name.Name, 1);

        reader.Kill();
        reader.WaitForExit();
        var written = CommandRun.Finish(writer);

        Assert.Equal(6, written.ExitCode);
        Assert.Single(written.ErrorLines);
        Assert.True(written.LastLineJson.GetProperty("framesWritten").GetInt64() >= 1);
    }

    [Fact]
    public void Write_NoBuffer_Exit3()
    {
        var run = CommandRun.InProcess("zerobuffer", "write", "no-such-buffer-here", "--wait", "20ms");

        Assert.Equal(3, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public void ReadAndWrite_Pipes_BytesAreTheSame()
    {
        using var name = new TempSegment("pipe");
        byte[] bytes = new byte[100_001];
        new Random(7).NextBytes(bytes);
        using Process reader = CommandRun.Start(
            "zerobuffer", "read", name.Name, "--payload-size", Small, "--output", "-", "--json-output", "--checksum");

        var written = CommandRun.Spawn(
            bytes, "zerobuffer", "write", name.Name, "--input", "-", "-s", "4096", "--wait", "60s", "--json");
        var read = CommandRun.Finish(reader);

        Assert.Equal(0, written.ExitCode);
        Assert.Equal(0, read.ExitCode);
        Assert.Equal(
            Convert.ToHexString(SHA256.HashData(bytes)), Convert.ToHexString(SHA256.HashData(read.OutputBytes)));

        // 24 whole frames and a short one; the report went to stderr because stdout carries the bytes.
        Assert.Equal(25, written.LastLineJson.GetProperty("framesWritten").GetInt64());
        using var report = JsonDocument.Parse(read.ErrorLines[^1]);
        Assert.Equal(bytes.Length, report.RootElement.GetProperty("bytesRead").GetInt64());
    }

    [Fact]
    public void Write_InputFile_LastShortFrameIsKept()
    {
        using var name = new TempSegment("file");
        string file = Path.Combine(Path.GetTempPath(), TempSegment.RunPrefix + "in.bin");
        string copy = file + ".out";
        try
        {
            File.WriteAllBytes(file, [1, 2, 3, 4, 5, 6, 7]);
            using Process reader = StartReader(name, "--output", copy);

            var written =
                CommandRun.Spawn(null, "zerobuffer", "write", name.Name, "--input", file, "-s", "3", "--json");
            var read = CommandRun.Finish(reader);

            Assert.Equal(0, read.ExitCode);
            Assert.Equal(3, written.LastLineJson.GetProperty("framesWritten").GetInt64());
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(copy));
        }
        finally
        {
            File.Delete(file);
            File.Delete(copy);
        }
    }

    [Theory]
    [InlineData("-x")]
    [InlineData("@file")]
    [InlineData("--json")]
    [InlineData("grüße")]
    public void Write_Metadata_ArrivesWhateverItStartsWith(string metadata)
    {
        using var name = new TempSegment("meta");
        using Process reader = StartReader(name);

        var written = CommandRun.InProcess("zerobuffer", "write", name.Name, "-n", "1", "--metadata", metadata);
        var read = CommandRun.Finish(reader);

        Assert.Equal(0, written.ExitCode);
        byte[] bytes = read.LastLineJson.GetProperty("metadata").GetBytesFromBase64();
        Assert.Equal(metadata, Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void Write_FromAnnouncement_FindsTheBuffer()
    {
        using var name = new TempSegment("announced");
        using Process reader = CommandRun.Start(
            "zerobuffer", "read", name.Name, "--payload-size", Small, "--announce", "--json-output");
        string line = reader.StandardOutput.ReadLine()!;

        // Other lines before it, and blanks after the mark, are allowed.
        string text = "starting up\n>    " + line[1..].Trim() + "\n";
        var written = CommandRun.Spawn(
            Encoding.UTF8.GetBytes(text), "zerobuffer", "write", "--from-announcement", "-", "-n", "2", "--json");
        var read = CommandRun.Finish(reader);

        Assert.Equal(
            $"> {{\"jsonrpc\":\"2.0\",\"method\":\"start-stream\",\"params\":[\"{name.Name}\",4096,1048576]}}", line);
        Assert.Equal(0, written.ExitCode);
        Assert.Equal(2, read.LastLineJson.GetProperty("framesRead").GetInt64());
    }

    [Fact]
    public void Write_AnnouncementMissing_Exit3()
    {
        string file = Path.Combine(Path.GetTempPath(), TempSegment.RunPrefix + "none.txt");
        try
        {
            File.WriteAllText(file, "nothing of the kind\n> {\"jsonrpc\":\"2.0\",\"method\":\"other\"}\n");

            Assert.Equal(3, CommandRun.InProcess("zerobuffer", "write", "--from-announcement", file).ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Relay_Xor_FramesAndMetadataArriveTransformed()
    {
        using var input = new TempSegment("relay-in");
        using var output = new TempSegment("relay-out");
        using Process reader = StartReader(output, "--verify", "ones");
        using Process relay = CommandRun.Start(
            "zerobuffer", "relay", input.Name, output.Name, "--buffer-size", Small, "--transform", "xor",
                "--json-output");

        var written = CommandRun.Spawn(
            null, "zerobuffer", "write", input.Name, "-n", "200", "--pattern", "zero", "-m", "hello", "--wait", "60s");
        var relayed = CommandRun.Finish(relay);
        var read = CommandRun.Finish(reader);

        Assert.Equal(0, written.ExitCode);
        Assert.Equal(0, relayed.ExitCode);
        Assert.Equal(200, relayed.LastLineJson.GetProperty("framesRelayed").GetInt64());
        Assert.Equal(0, read.ExitCode);
        Assert.Equal(200, read.LastLineJson.GetProperty("framesRead").GetInt64());
        Assert.Equal("hello", Encoding.UTF8.GetString(read.LastLineJson.GetProperty("metadata").GetBytesFromBase64()));
    }

    [Fact]
    public void Relay_NobodyReadsTheOutput_Exit3()
    {
        using var input = new TempSegment("relay-in");
        using var output = new TempSegment("relay-out");

        var run = CommandRun.InProcess(
            "zerobuffer", "relay", input.Name, output.Name, "--buffer-size", Small, "--wait", "20ms");

        Assert.Equal(3, run.ExitCode);
    }

    private static Process StartReader(TempSegment name, params string[] more)
    {
        string[] size = more.Contains("--payload-size") ? [] : ["--payload-size", Small];
        string[] timeout = more.Contains("--timeout-ms") ? [] : ["--timeout-ms", "50000"];
        Process reader = CommandRun.Start(
            ["zerobuffer", "read", name.Name, .. size, .. timeout, "--announce", "--json-output", .. more]);
        Assert.StartsWith("> {", reader.StandardOutput.ReadLine(), StringComparison.Ordinal);
        return reader;
    }

    // Looks at the counter that the writer publishes; the step that follows needs those frames to be there.
    private static void WaitForFrames(string name, long frames)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Watchdog.Limit)
        {
            var show = CommandRun.InProcess("show", "zerobuffer:" + name, "--json");
            if (show.Json.GetProperty("header").GetProperty("payload_written_count").GetInt64() >= frames)
            {
                return;
            }
        }

        throw new TimeoutException("the frames did not come");
    }
}
