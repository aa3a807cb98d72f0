using Plenum.TestSupport;

namespace Plenum.Inspection.Tests.ZeroBuffer;

/// <summary>Every foreign image decoded; the expected numbers are typed from the images' README.</summary>
public sealed class ZeroBufferGoldenTests
{
    public static TheoryData<string> Files => [.. GoldenImage.FilesOf("zerobuffer")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Identify_GoldenImage_IsZeroBuffer(string file)
    {
        using SegmentImage image = Open(file);

        SegmentProtocol protocol = SegmentInspector.Identify(image, out IReadOnlyList<string> evidence);

        Assert.Equal(SegmentProtocol.ZeroBuffer, protocol);
        Assert.NotEmpty(evidence);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Describe_GoldenImage_BreaksNoInvariant(string file)
    {
        SegmentDescription description = Describe(file);

        Assert.NotEqual(SegmentState.Invalid, description.Summary.State);
        Assert.DoesNotContain(description.Header, field => field.Status == FieldStatus.Violated);
        Assert.DoesNotContain(description.Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    [Theory]
    [InlineData("cpp-01-created.bin", 1024, 0, 10240, 10240, 0, 0, 0, 0)]
    [InlineData("cpp-03-metadata100.bin", 916, 108, 10240, 10240, 0, 0, 0, 0)]
    [InlineData("cpp-04-three-frames-unread.bin", 916, 108, 10240, 9067, 1173, 0, 3, 0)]
    [InlineData("cs-05-first-frame-held.bin", 916, 108, 10240, 9067, 1173, 1040, 3, 1)]
    [InlineData("cpp-09-wrap-marker.bin", 1024, 0, 10240, 4016, 4016, 8032, 4, 2)]
    [InlineData("cpp-12-exact-fit.bin", 0, 0, 10240, 0, 10240, 0, 1, 0)]
    [InlineData("cs-12-exact-fit.bin", 0, 0, 10240, 0, 0, 0, 1, 0)]
    [InlineData("py-16-tail7-after-implicit-wrap.bin", 64, 0, 128, 85, 36, 121, 4, 2)]
    public void Describe_GoldenImage_HeaderIsAsDocumented(
        string file, long metadataFree, long metadataWritten, long payload, long free, long write, long read,
            long written, long readCount)
    {
        SegmentDescription description = Describe(file);

        Assert.Equal((ulong)metadataFree, description.Header("metadata_free_bytes"));
        Assert.Equal((ulong)metadataWritten, description.Header("metadata_written_bytes"));
        Assert.Equal((ulong)payload, description.Header("payload_size"));
        Assert.Equal((ulong)free, description.Header("payload_free_bytes"));
        Assert.Equal((ulong)write, description.Header("payload_write_pos"));
        Assert.Equal((ulong)read, description.Header("payload_read_pos"));
        Assert.Equal((ulong)written, description.Header("payload_written_count"));
        Assert.Equal((ulong)readCount, description.Header("payload_read_count"));
    }

    [Theory]
    [InlineData("cpp-01-created.bin", 0, 0, 0)]
    [InlineData("cpp-04-three-frames-unread.bin", 3, 1173, 0)]
    [InlineData("py-04-three-frames-unread.bin", 3, 1173, 0)]
    [InlineData("cpp-05-first-frame-held.bin", 2, 133, 1040)]
    [InlineData("cpp-06-first-frame-released.bin", 2, 133, 0)]
    [InlineData("cpp-07-all-read.bin", 0, 0, 0)]
    [InlineData("cpp-09-wrap-marker.bin", 1, 4016, 0)]
    [InlineData("cpp-10-wrapped-frame-held.bin", 0, 0, 4016)]
    [InlineData("cpp-12-exact-fit.bin", 1, 10240, 0)]
    [InlineData("cs-12-exact-fit.bin", 1, 10240, 0)]
    [InlineData("cpp-14-exact-fit-next.bin", 1, 26, 0)]
    [InlineData("cpp-16-tail7-after-implicit-wrap.bin", 1, 36, 0)]
    [InlineData("py-16-tail7-after-implicit-wrap.bin", 1, 36, 0)]
    [InlineData("cpp-17-tail7-after-read-attempt.bin", 0, 0, 0)]
    [InlineData("cpp-19-second-lap-wrap-marker.bin", 1, 4016, 0)]
    public void Describe_GoldenImage_FramesAreCounted(string file, long frames, long unreadBytes, long heldBytes)
    {
        SegmentDescription description = Describe(file);

        Assert.Equal((ulong)frames, description.Derived("framesUnread"));
        Assert.Equal((ulong)unreadBytes, description.Derived("unreadBytes"));
        Assert.Equal((ulong)heldBytes, description.Derived("heldBytes"));
    }

    [Fact]
    public void Describe_ThreeFramesUnread_SequencesAreFound()
    {
        SegmentDescription description = Describe("cpp-04-three-frames-unread.bin");

        Assert.Equal(1UL, description.Derived("firstUnreadSequence"));
        Assert.Equal(3UL, description.Derived("lastUnreadSequence"));
        Assert.Equal(100UL, description.Derived("metadataBytes"));
        Assert.Equal(10224UL, description.Derived("maxFrameBytes"));
        Assert.Equal(5104UL, description.Derived("alwaysWritableFrameBytes"));
    }

    [Theory]
    [InlineData(0x00, 1, "oieb_size")]
    [InlineData(0x04, 2, "version")]
    [InlineData(0x07, 1, "version")]
    [InlineData(0x28 + 7, 0x7F, "payload_free_bytes")]
    [InlineData(0x30 + 7, 0x7F, "payload_write_pos")]
    [InlineData(0x38 + 7, 0x7F, "payload_read_pos")]
    [InlineData(0x48 + 7, 0x7F, "payload_read_count")]
    [InlineData(0x18 + 7, 0x7F, "metadata_written_bytes")]
    public void Describe_BrokenField_IsNamed(int offset, byte value, string field)
    {
        byte[] bytes = GoldenImage.Read("zerobuffer", "cpp-04-three-frames-unread.bin");
        bytes[offset] = value;
        using var image = SegmentImage.FromBytes("broken", bytes);

        SegmentDescription description =
            SegmentInspector.Describe(image, new SegmentUsers(), SegmentProtocol.ZeroBuffer);

        Assert.Equal(SegmentState.Invalid, description.Summary.State);
        Assert.Equal(FieldStatus.Violated, description.Header.Single(found => found.Name == field).Status);
        Assert.Contains(description.Findings, finding => finding.Message.StartsWith(field, StringComparison.Ordinal));
    }

    [Fact]
    public void Describe_FrameThatIsTooLong_IsAFinding()
    {
        byte[] bytes = GoldenImage.Read("zerobuffer", "cpp-04-three-frames-unread.bin");
        bytes[0x480 + 1040 + 5] = 1;
        using var image = SegmentImage.FromBytes("broken", bytes);

        SegmentDescription description = SegmentInspector.Describe(image, new SegmentUsers());

        Finding finding = Assert.Single(description.Findings, found => found.Code == "frame");
        Assert.Contains("payload offset 1040", finding.Message, StringComparison.Ordinal);
    }

    private static SegmentImage Open(string file) => SegmentImage.FromFile(GoldenImage.PathOf("zerobuffer", file));

    private static SegmentDescription Describe(string file)
    {
        using SegmentImage image = Open(file);
        return SegmentInspector.Describe(image, new SegmentUsers());
    }
}
