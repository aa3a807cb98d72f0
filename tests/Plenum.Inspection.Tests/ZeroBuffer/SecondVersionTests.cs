using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.Inspection.Tests.ZeroBuffer;

/// <summary>Buffers and channels of version 2, and the payload segments beside them.</summary>
public sealed class SecondVersionTests
{
    [Fact]
    public void Describe_PlainBufferWithAPayloadOfItsOwn_FramesAreFoundThere()
    {
        using var name = new TempSegment("v2");
        using var reader = ZeroBufferReader.Create(name.Name, Options());
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        writer.Metadata.Write([1, 2, 3]);
        writer.Write(new byte[100]);
        writer.Write(new byte[50]);

        SegmentDescription found = Describe(name.Name);

        Assert.Equal((SegmentProtocol.ZeroBuffer, SegmentState.Active), (found.Summary.Protocol, found.Summary.State));
        Assert.Equal(1024UL, found.Header("oieb_size"));
        Assert.Equal(1UL, found.Header("payload_location"));
        Assert.Equal(name.Name + "_payload", found.Header("payload_shm_name"));
        Assert.Equal(0UL, found.Header("role"));
        Assert.Equal(2UL, found.Derived("framesUnread"));
        Assert.Equal(100UL + 16 + 50 + 16, found.Derived("unreadBytes"));
        Assert.Equal(3UL, found.Derived("metadataBytes"));
        Assert.All(found.Header, field => Assert.NotEqual(FieldStatus.Violated, field.Status));
        Assert.DoesNotContain(found.Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    [Fact]
    public void Describe_PayloadSegment_IsToldWithItsBuffer()
    {
        using var name = new TempSegment("v2");
        using var reader = ZeroBufferReader.Create(name.Name, Options());

        SegmentDescription found = Describe(name.Name + "_payload");

        Assert.Equal((SegmentProtocol.ZeroBuffer, SegmentState.Idle), (found.Summary.Protocol, found.Summary.State));
        Assert.Contains($"the payload of '{name.Name}'", found.Summary.Reason, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId, found.Summary.Reader!.ProcessId);
        Assert.Equal(4096UL, found.Header("payload_size"));
        Assert.Equal((ulong)Environment.ProcessId, found.Header("creator_pid"));
        Assert.Equal(name.Name + "_payload", SegmentInspector.PayloadOf(name.SegmentName)!.Value);
    }

    [Fact]
    public void Describe_PayloadThatNobodyNames_IsStale()
    {
        using var name = new TempSegment("v2");
        byte[] orphan;
        using (PeerProcess gone = PeerProcess.StartPythonCode("pass"))
        {
            gone.ExpectExit();
            using var reader = ZeroBufferReader.Create(name.Name, Options());
            orphan = File.ReadAllBytes(name.FilePath + "_payload");
            BitConverter.TryWriteBytes(orphan.AsSpan(0x10), (ulong)gone.Id);
        }

        File.WriteAllBytes(name.FilePath + "_payload", orphan);

        SegmentSummary found = Describe(name.Name + "_payload").Summary;

        Assert.Equal(SegmentState.Stale, found.State);
        Assert.Contains("no buffer names", found.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_BufferWhosePayloadIsGone_SaysSo()
    {
        using var name = new TempSegment("v2");
        using var reader = ZeroBufferReader.Create(name.Name, Options());
        File.Delete(name.FilePath + "_payload");

        SegmentDescription found = Describe(name.Name);

        Assert.Contains(found.Findings, finding => finding.Code == "payload-missing");
        Assert.Null(found.Derived("framesUnread"));
    }

    [Theory]
    [InlineData(PayloadLocation.SameSegment)]
    [InlineData(PayloadLocation.OwnSegment)]
    public void Describe_InPlaceChannel_BothHeadersAndBothEnds(PayloadLocation location) => Watchdog.Run(() =>
    {
        using var name = new TempSegment("v2");
        var options = new InPlaceServerOptions { PayloadLocation = location, QueueSize = 8 };
        using InPlaceServer server = InPlaceServer.Start(name.Name, static (data, size) => size, options);
        SegmentDescription waiting = Describe(name.Name);
        using InPlaceClient client = InPlaceClient.Connect(name.Name, TimeSpan.FromSeconds(20));
        using (InPlaceExchange exchange = client.Reserve(100))
        {
            exchange.Call(100);
        }

        SegmentDescription found = Describe(name.Name);

        Assert.Equal((SegmentState.Idle, SegmentState.Active), (waiting.Summary.State, found.Summary.State));
        Assert.Contains("waits for a client", waiting.Summary.Reason, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId, found.Summary.Writer!.ProcessId);
        Assert.Equal(Environment.ProcessId, found.Summary.Reader!.ProcessId);
        Assert.Equal((ulong)location, found.Header("payload_location"));
        Assert.Equal(8UL, found.Header("queue_size"));
        Assert.Equal(1UL, found.Header("payload_written_count"));
        Assert.Equal(1UL, found.Header("answers.payload_written_count"));
        Assert.Equal(0UL, found.Derived("requestsWaiting"));
        Assert.All(found.Header, field => Assert.NotEqual(FieldStatus.Violated, field.Status));
        Assert.DoesNotContain(found.Findings, finding => finding.Severity == FindingSeverity.Error);
    });

    [Theory]
    [InlineData(0x60, 2)]
    [InlineData(0x68, 257)]
    [InlineData(0x170, 7)]
    [InlineData(0x178, 3)]
    [InlineData(0x08, 1)]
    public void Describe_FieldOfTheSecondHeaderIsWrong_IsInvalidAndNamed(int offset, int value)
    {
        using var name = new TempSegment("v2");
        byte[] bytes;
        using (var reader = ZeroBufferReader.Create(name.Name, Options()))
        {
            bytes = File.ReadAllBytes(name.FilePath);
        }

        BitConverter.TryWriteBytes(bytes.AsSpan(offset), (ulong)value);
        using var image = SegmentImage.FromBytes(name.Name, bytes);
        SegmentDescription found = SegmentInspector.Describe(image, new SegmentUsers(), SegmentProtocol.ZeroBuffer);

        Assert.Equal(SegmentState.Invalid, found.Summary.State);
        Assert.Contains(found.Findings, finding => finding.Code == "invariant");
    }

    [Fact]
    public void Look_ListOfAllSegments_HasThemAsBuffers()
    {
        using var name = new TempSegment("v2");
        using var reader = ZeroBufferReader.Create(name.Name, Options());

        IReadOnlyList<SegmentSummary> all = new SegmentCatalog().Look(TestContext.Current.CancellationToken);

        Assert.Equal(2, all.Count(summary => summary.Name.StartsWith(name.Name, StringComparison.Ordinal)
            && summary is { Protocol: SegmentProtocol.ZeroBuffer, State: SegmentState.Idle }));
    }

    private static ZeroBufferOptions Options() => new()
    {
        MetadataSizeBytes = 64,
        PayloadSizeBytes = 4096,
        PayloadLocation = PayloadLocation.OwnSegment,
    };

    private static SegmentDescription Describe(string name)
    {
        Assert.True(SegmentImage.TryOpen(SegmentName.Parse(name), out SegmentImage? image));
        using (image)
        {
            return SegmentInspector.Describe(image, new SegmentUsers());
        }
    }
}
