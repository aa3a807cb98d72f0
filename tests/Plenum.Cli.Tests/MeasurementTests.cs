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
        Assert.Empty(run.Error);
    }

    [Fact]
    public void BenchLimit_Json_HasRulerAndCopies()
    {
        var run = CommandRun.Spawn(null, "bench", "limit", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Json.GetProperty("ruler").GetProperty("p50Ns").GetDouble() > 0);
        Assert.True(run.Json.GetProperty("memoryCopy").GetArrayLength() >= 5);
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
