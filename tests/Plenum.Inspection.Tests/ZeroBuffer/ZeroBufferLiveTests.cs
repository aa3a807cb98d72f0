using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;

namespace Plenum.Inspection.Tests.ZeroBuffer;

/// <summary>Live buffers: peers, semaphores, and that looking changes nothing.</summary>
public sealed class ZeroBufferLiveTests
{
    [Fact]
    public void Describe_UnreadFrames_StateAndSemaphoresAreTold()
    {
        using var name = new TempSegment("inspect");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        writer.Write(new byte[100]);
        writer.Write(new byte[50]);

        SegmentDescription description = Describe(name.Name);

        Assert.Equal(SegmentState.Active, description.Summary.State);
        Assert.Equal(Environment.ProcessId, description.Summary.Writer!.ProcessId);
        Assert.Equal(ProcessLiveness.Alive, description.Summary.Reader!.Liveness);
        Assert.Equal(2UL, description.Derived("framesUnread"));
        var semaphore = Assert.IsAssignableFrom<IReadOnlyList<FieldDescription>>(description.Derived("writeSemaphore"));
        Assert.Equal(2UL, semaphore.Single(field => field.Name == "value").Value);
        Assert.DoesNotContain(description.Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    [Fact]
    public void Describe_LiveBuffer_ChangesNoByte()
    {
        using var name = new TempSegment("inspect");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);
        writer.Write(new byte[100]);
        byte[] before = File.ReadAllBytes(name.FilePath);

        _ = Describe(name.Name);
        _ = new SegmentCatalog().Look(TestContext.Current.CancellationToken);

        Assert.Equal(before, File.ReadAllBytes(name.FilePath));
        Assert.True(reader.TryRead(out Frame frame));
        frame.Dispose();
    }

    [Fact]
    public void Summarize_ReaderOnly_IsIdle()
    {
        using var name = new TempSegment("inspect");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });

        SegmentSummary summary = Describe(name.Name).Summary;

        Assert.Equal(SegmentState.Idle, summary.State);
        Assert.Null(summary.Writer);
    }

    [Fact]
    public void Summarize_BothPartiesGone_IsStale()
    {
        using var name = new TempSegment("inspect");
        File.WriteAllBytes(name.FilePath, Closed());

        SegmentSummary summary = Describe(name.Name).Summary;

        Assert.Equal(SegmentProtocol.ZeroBuffer, summary.Protocol);
        Assert.Equal(SegmentState.Stale, summary.State);
    }

    [Fact]
    public void Look_SemaphoresAndDotFiles_AreNoSegments()
    {
        using var name = new TempSegment("inspect");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });

        IReadOnlyList<SegmentSummary> all = new SegmentCatalog().Look(TestContext.Current.CancellationToken);

        SegmentSummary found =
            Assert.Single(all, summary => summary.Name.Contains(name.Name, StringComparison.Ordinal));
        Assert.Equal(name.Name, found.Name);
        Assert.Equal(SegmentProtocol.ZeroBuffer, found.Protocol);
        Assert.False(SegmentCatalog.IsSegmentName("sem.x"));
        Assert.False(SegmentCatalog.IsSegmentName(".x"));
        Assert.True(SegmentCatalog.IsSegmentName("x"));
    }

    [Fact]
    public void Look_BufferThatMoved_IsActiveWithItsAge()
    {
        using var name = new TempSegment("inspect");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        var catalog = new SegmentCatalog();
        TimeSpan first = Find(catalog, name.Name).LastChange;
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name))
        {
            writer.Write(new byte[10]);
        }

        SegmentSummary second = Find(catalog, name.Name);

        Assert.True(second.LastChange >= TimeSpan.Zero);
        Assert.Equal(SegmentState.Active, second.State);
        Assert.True(first >= TimeSpan.Zero);
    }

    private static SegmentSummary Find(SegmentCatalog catalog, string name) =>
        catalog.Look(TestContext.Current.CancellationToken).Single(summary => summary.Name == name);

    private static SegmentDescription Describe(string name)
    {
        Assert.True(SegmentImage.TryOpen(SegmentName.Parse(name), out SegmentImage? image));
        using (image)
        {
            return SegmentInspector.Describe(image, new SegmentUsers());
        }
    }

    private static byte[] Closed()
    {
        byte[] bytes = GoldenImage.Read("zerobuffer", "cpp-08-writer-closed.bin");
        return GoldenImage.Masked(bytes, (0x50, 16));
    }
}
