namespace Plenum.ZeroBuffer.Tests.Scenarios;

/// <summary>Features 5 and 12: the header.</summary>
public sealed class ProtocolScenarioTests
{
    [Fact]
    public void Scenario_5_1_CorruptedOiebDetection()
    {
        using var pair = new Pair(connect: false);
        pair.Raw.UInt32(0).WriteOwned(64);
        Assert.Throws<SegmentFormatException>(() => pair.Connect());

        pair.Raw.UInt32(0).WriteOwned(1024);
        Assert.Contains(
            "version 2", Assert.Throws<SegmentFormatException>(() => pair.Connect()).Message, StringComparison.Ordinal);

        pair.Raw.UInt32(0).WriteOwned(128);
        pair.Poke(0x30, 10241);
        SegmentCorruptedException error = Assert.Throws<SegmentCorruptedException>(() => pair.Connect());
        Assert.Equal("payload_write_pos", error.Field);
        Assert.Equal("10241", error.Value);

        pair.Poke(0x30, 0);
        pair.Connect();
    }

    [Fact]
    public void Scenario_5_1_OtherVersions()
    {
        using var pair = new Pair(connect: false);
        pair.Raw.UInt32(4).WriteOwned(2);
        Assert.Throws<SegmentFormatException>(() => pair.Connect());

        pair.Raw.UInt32(4).WriteOwned(0x01000001);
        Assert.Throws<SegmentFormatException>(() => pair.Connect());

        pair.Raw.UInt32(4).WriteOwned(0x00070301);
        pair.Connect();
        Assert.True(pair.Writer.ProtocolVersion.IsNewerMinor);
        Assert.Equal(new ProtocolVersion(1, 3, 7), pair.Writer.ProtocolVersion);
    }

    [Fact]
    public void Scenario_12_1_ProtocolComplianceOieb()
    {
        using var pair = new Pair();
        pair.WriteP(100, 1);

        Assert.Equal(10240ul - 116, pair.Free);
        Assert.Equal(116ul, pair.WritePosition);
        Assert.Equal(1ul, pair.WrittenCount);

        Assert.True(pair.Reader.TryRead(out Frame frame));
        Assert.Equal(10240ul - 116, pair.Free);
        Assert.Equal(116ul, pair.ReadPosition);
        Assert.Equal(1ul, pair.ReadCount);

        frame.Dispose();
        Assert.Equal(10240ul, pair.Free);
    }

    [Fact]
    public void Scenario_12_2_MemoryAlignment()
    {
        using var pair = new Pair(100, 1000);

        Assert.Equal(128, pair.Reader.MetadataSizeBytes);
        Assert.Equal(1024, pair.Reader.PayloadSizeBytes);
        Assert.Equal(128 + 128 + 1024, pair.Raw.SizeBytes);
        pair.WriteP(1, 1);
        Assert.Equal(1, pair.Raw.ReadOnlySpan(128 + 128, 1)[0]);
    }
}
