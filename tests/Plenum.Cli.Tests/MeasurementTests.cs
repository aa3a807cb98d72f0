using System.Text.Json;
using Plenum.Cli.Measurement;

namespace Plenum.Cli.Tests;

/// <summary>demo and bench: shapes and verification; no number decides anything.</summary>
public sealed class MeasurementTests
{
    [Fact]
    public void Demo_Json_IsVerifiedWithTheContractsShapes()
    {
        var run = CommandRun.Spawn(null, "demo", "--seconds", "0.5", "--frame-size", "256KiB", "--json");

        Assert.Equal(0, run.ExitCode);
        JsonElement json = run.Json;
        Assert.True(json.GetProperty("verified").GetBoolean());
        Assert.Contains(
            json.GetProperty("ruler").GetProperty("state").GetString(), (string[])["NEAR", "FAR", "SIBLING", "MIXED"]);
        Assert.True(json.GetProperty("ruler").GetProperty("p50Ns").GetDouble() > 0);
        JsonElement protocol = json.GetProperty("zerobuffer");
        Assert.Equal(64, protocol.GetProperty("pingPong").GetProperty("sizeBytes").GetInt32());
        Assert.True(protocol.GetProperty("pingPong").GetProperty("p99Ns").GetInt64()
            >= protocol.GetProperty("pingPong").GetProperty("p50Ns").GetInt64());
        JsonElement stream = protocol.GetProperty("oneWay")[0];
        Assert.Equal(256 * 1024, stream.GetProperty("sizeBytes").GetInt32());
        Assert.True(stream.GetProperty("messagesPerSecond").GetDouble() > 0);
        Assert.Equal(2048, json.GetProperty("void").GetProperty("oneWay")[0].GetProperty("sizeBytes").GetInt32());
        foreach (string name in (string[])["zerobuffer", "duplex", "inPlace", "zeroipc", "void"])
        {
            Assert.True(json.GetProperty(name).GetProperty("verified").GetBoolean(), name);
        }

        Assert.Empty(run.Error);
    }

    [Fact]
    public void Demo_Text_FitsEightyColumnsAndNamesEveryProtocol()
    {
        var run = CommandRun.Spawn(null, "demo", "--seconds", "0.3", "--frame-size", "6MiB");

        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.All(
            (string[])["zerobuffer", "duplex", "inPlace", "zeroipc", "void"], name => Assert.Contains(name, lines));
        Assert.Contains("everything verified", lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void Demo_FramesOfOneByte_AreVerified()
    {
        var run = CommandRun.Spawn(null, "demo", "--seconds", "0.2", "--frame-size", "1", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Json.GetProperty("verified").GetBoolean());
    }

    [Fact]
    public void Bench_SecondProcessFindsNoMemory_OneLineAndItsExitCode()
    {
        CommandRun run = Unshared.Run(
            Unshared.Mounts, $"mount -t tmpfs -o size=2m tmpfs /dev/shm && {Unshared.Command} bench zerobuffer");

        Assert.Equal(8, run.ExitCode);
        Assert.Contains("shared-memory file system", Assert.Single(run.ErrorLines, line =>
            !line.Contains("oversubscribed", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void BenchVoid_Json_HasTheContractsShapes()
    {
        var run = CommandRun.Spawn(null, "bench", "void", "--json");

        Assert.Equal(0, run.ExitCode);
        JsonElement protocol = run.Json.GetProperty("void");
        JsonElement pingPong = protocol.GetProperty("pingPong");
        Assert.Equal(64, pingPong.GetProperty("sizeBytes").GetInt32());
        Assert.True(pingPong.GetProperty("p99Ns").GetInt64() >= pingPong.GetProperty("p50Ns").GetInt64());
        Assert.True(pingPong.GetProperty("ratioToRuler").GetDouble() >= 0);
        Assert.Equal(
            [32, 2048, 262_144, 4_194_304],
            protocol.GetProperty("oneWay").EnumerateArray().Select(one => one.GetProperty("sizeBytes").GetInt32()));
        Assert.All(
            protocol.GetProperty("oneWay").EnumerateArray(),
            one => Assert.True(one.GetProperty("messages").GetInt64() <= one.GetProperty("snapshots").GetInt64()));
        Assert.True(protocol.GetProperty("verified").GetBoolean());
        Assert.False(run.Json.TryGetProperty("memoryCopy", out _));
    }

    [Theory]
    [InlineData(0, "0 ns")]
    [InlineData(999, "999 ns")]
    [InlineData(1234, "1.23 us")]
    [InlineData(12_345, "12.3 us")]
    [InlineData(123_456, "123 us")]
    [InlineData(1_000_398, "1.00 ms")]
    [InlineData(12_345_678, "12.3 ms")]
    [InlineData(1_234_567_890, "1235 ms")]
    public void Time_Nanoseconds_AreShort(long nanoseconds, string text) =>
        Assert.Equal(text, MeasurementOutput.Time(nanoseconds));

    [Fact]
    public void BenchLimit_Json_HasRulerAndCopies()
    {
        var run = CommandRun.Spawn(null, "bench", "limit", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Json.GetProperty("ruler").GetProperty("p50Ns").GetDouble() > 0);
        Assert.True(run.Json.GetProperty("memoryCopy").GetArrayLength() >= 5);

        // Counted before the measuring thread was pinned to one of them.
        Assert.Equal(
            Plenum.Platform.ProcessorAffinity.Available().Count, run.Json.GetProperty("processors").GetInt32());
    }

    [Theory]
    [InlineData(70, 90, "SIBLING")]
    [InlineData(100, 200, "NEAR")]
    [InlineData(340, 500, "FAR")]
    [InlineData(90, 120, "MIXED")]
    [InlineData(250, 250, "MIXED")]
    [InlineData(200, 400, "MIXED")]
    public void State_Readings_AreToldApart(double before, double after, string state) =>
        Assert.Equal(state, MeasurementOutput.StateText(new Bracket(before, after).State));

    [Fact]
    public void IsBetterThan_Brackets_UnmixedThenNarrow()
    {
        var near = new Bracket(100, 110);
        var nearWide = new Bracket(100, 200);
        var mixed = new Bracket(250, 250);

        Assert.True(near.IsBetterThan(nearWide));
        Assert.True(nearWide.IsBetterThan(mixed));
        Assert.False(mixed.IsBetterThan(nearWide));
    }

    [Fact]
    public void Percentile_KnownSamples_AreFound()
    {
        var samples = new LatencySamples(200);
        for (int i = 100; i > 0; i--)
        {
            samples.Add(i);
        }

        Assert.Equal(51, samples.Percentile(0.5));
        Assert.Equal(100, samples.Percentile(0.99));
        Assert.Equal(100, samples.Percentile(1));
        Assert.Equal(0, new LatencySamples(4).Percentile(0.5));
    }
}
