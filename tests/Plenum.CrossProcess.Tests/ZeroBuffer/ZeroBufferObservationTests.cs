using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>What surrounds the frames, between two processes: metadata as JSON, health, metrics.</summary>
public sealed class ZeroBufferObservationTests
{
    [Fact]
    public void Metadata_JsonOfTheOtherProcess_IsReadAsAnObject()
    {
        using var segment = new TempSegment("json");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(PeerKind.Ours, segment.Name);
        Assert.Null(reader.Metadata.ReadJson(VideoDescriptionJson.Default.VideoDescription));

        writer.Send("write-json 1920 1080 RGB24", "metadata");

        VideoDescription? found = reader.Metadata.ReadJson(VideoDescriptionJson.Default.VideoDescription);
        Assert.Equal(new VideoDescription(1920, 1080, "RGB24", 29.97), found);
        Assert.StartsWith("{\"Width\":1920", reader.Metadata.ReadText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_JsonForTheOtherProcess_IsUnderstoodThere()
    {
        using var segment = new TempSegment("json");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 1024, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);

        writer.Metadata.WriteJson(new VideoDescription(640, 480, "Größe/GRAY8", 30), VideoDescriptionJson.Default.VideoDescription);

        JsonElement found = reader.Send("read-json", "metadata");
        Assert.Equal(640, ZeroBufferPeer.Number(found, "width"));
        Assert.Equal(480, ZeroBufferPeer.Number(found, "height"));
        Assert.Equal("Größe/GRAY8", ZeroBufferPeer.Text(found, "format"));
    }

    [Fact]
    public void Metadata_NoJson_IsAnError()
    {
        using var segment = new TempSegment("json");
        using var reader = Create(segment.Name, 1024, 10240);
        using ZeroBufferPeer writer = Writer(PeerKind.Python, segment.Name);

        writer.Send("metadata 40 250", "metadata");

        Assert.ThrowsAny<JsonException>(() => reader.Metadata.ReadJson(VideoDescriptionJson.Default.VideoDescription));
        Assert.Equal(FramePattern.Make(40, 250), reader.Metadata.ToArray());
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void HealthChanged_OtherProcessFillsAndDrains_IsReportedInOrder(PeerKind kind)
    {
        // Tenths of the ring: healthy below 80 %, degraded to 95 %, critical above. A reader sees the free bytes as it gives back.
        using var segment = new TempSegment("health");
        using var reader = Create(segment.Name, 64, 10240);
        using ZeroBufferPeer writer = Writer(kind, segment.Name);
        var seen = new List<BufferHealthChange>();
        reader.HealthChanged += (sender, change) =>
        {
            Assert.Same(reader, sender);
            seen.Add(change);
        };
        ulong written = 0;
        ulong read = 0;
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                PeerWrites(writer, ++written, 1008);
            }

            // What is in use is looked up; the health is what the reader saw when it looked last, and it has not looked since.
            Assert.Equal(1.0, reader.Utilisation, 3);
            Assert.Equal(BufferHealth.Healthy, reader.Health);
            for (int i = 0; i < 10; i++)
            {
                ReadFrame(reader, ++read, 1008);
            }

            Assert.Equal(BufferHealth.Healthy, reader.Health);
            Assert.Equal(0.0, reader.Utilisation, 3);
        }

        Assert.Equal(
            [BufferHealth.Degraded, BufferHealth.Healthy, BufferHealth.Degraded, BufferHealth.Healthy],
            seen.Select(change => change.Current));
        Assert.Equal(0.9, seen[0].Utilisation, 3);
        Assert.Equal(0.7, seen[1].Utilisation, 3);
    }

    [Fact]
    public void HealthChanged_BothEnds_TellOfTheSameRing()
    {
        using var segment = new TempSegment("health");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 64, 10240);
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        var seen = new List<string>();
        writer.HealthChanged += (_, change) => seen.Add($"{change.Previous}>{change.Current}");
        for (int i = 0; i < 9; i++)
        {
            WriteFrame(writer, 1008);
        }

        for (ulong sequence = 1; sequence <= 9; sequence++)
        {
            PeerReadsAndReleases(reader, sequence, 1008);
        }

        WriteFrame(writer, 1008);

        Assert.Equal(["Healthy>Degraded", "Degraded>Healthy"], seen);
        Assert.Equal(BufferHealth.Healthy, writer.Health);
        JsonElement status = reader.Send("status", "status");
        Assert.Equal("Healthy", ZeroBufferPeer.Text(status, "health"));
    }

    [Fact]
    public void Metrics_OfBothProcesses_CountTheSameFrames()
    {
        using var segment = new TempSegment("metrics");
        using ZeroBufferPeer reader = Reader(PeerKind.Ours, segment.Name, 64, 1024);
        using ZeroBufferPeer writer = Writer(PeerKind.Ours, segment.Name);
        for (ulong sequence = 1; sequence <= 20; sequence++)
        {
            PeerWrites(writer, sequence, 100);
            PeerReadsAndReleases(reader, sequence, 100);
        }

        PeerWrites(writer, 21, 112);
        JsonElement written = writer.Send($"metrics {segment.Name}", "metrics");
        JsonElement read = reader.Send($"metrics {segment.Name}", "metrics");

        Assert.Equal(21, written.GetProperty("writer frames").GetDouble());
        Assert.Equal(2112, written.GetProperty("writer bytes").GetDouble());
        Assert.Equal(20, read.GetProperty("reader frames").GetDouble());
        Assert.Equal(2000, read.GetProperty("reader bytes").GetDouble());
        Assert.Equal(2, written.GetProperty("writer wraps").GetDouble());
        Assert.Equal(2, read.GetProperty("reader wraps").GetDouble());
        Assert.Equal(0.125, written.GetProperty("writer utilisation").GetDouble(), 3);
        Assert.Equal(0.125, read.GetProperty("reader utilisation").GetDouble(), 3);
        Assert.False(read.TryGetProperty("writer frames", out _), "each process tells of its own end");
    }
}
