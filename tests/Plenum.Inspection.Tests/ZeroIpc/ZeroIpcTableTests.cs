using System.Buffers.Binary;
using System.Text;
using Plenum.TestSupport;

namespace Plenum.Inspection.Tests.ZeroIpc;

/// <summary>Headers, rows and their rules.</summary>
public sealed class ZeroIpcTableTests
{
    public static TheoryData<string> Files => [.. GoldenImage.FilesOf("zeroipc")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Describe_GoldenImage_IsIdleWithoutErrors(string file)
    {
        SegmentDescription description = Describe(GoldenImage.Read("zeroipc", file));

        Assert.Equal(SegmentProtocol.ZeroIpc, description.Summary.Protocol);
        Assert.Equal(SegmentState.Idle, description.Summary.State);
        Assert.DoesNotContain(description.Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    [Fact]
    public void Describe_SmallTable_HeaderIsAsDocumented()
    {
        SegmentDescription description = Describe(GoldenImage.Read("zeroipc", "cpp_table_small.bin"));

        Assert.Equal(0x5A49504DUL, description.Header("magic"));
        Assert.Equal(2UL, description.Header("version"));
        Assert.Equal(4UL, description.Header("entry_count"));
        Assert.Equal(4UL, description.Header("max_entries"));
        Assert.Equal(65536UL, description.Header("memory_size"));
        Assert.Equal(0xFCUL, description.Header("next_offset"));
        Assert.Equal([0xE0, 0xE8, 0xF0, 0xF8], description.Entries.Select(entry => (int)entry.Offset));
        Assert.Equal([1, 2, 3, 4], description.Entries.Select(entry => (int)entry.SizeBytes));
    }

    [Fact]
    public void Describe_VersionOneNarrowShape_TableAndArraysAreRead()
    {
        byte[] bytes = new byte[4096];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0x5A49504D);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), 1024 + 48);
        Encoding.UTF8.GetBytes("temps").CopyTo(bytes.AsSpan(16));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16 + 32), 1024);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16 + 36), 48);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1024), 10);

        SegmentDescription description = Describe(bytes);

        Assert.Equal(SegmentState.Idle, description.Summary.State);
        EntryDescription entry = Assert.Single(description.Entries);
        Assert.Equal("temps", entry.Name);
        Assert.Equal(1024, entry.Offset);
        Assert.Equal("array", entry.Kind);
    }

    [Theory]
    [InlineData(0x04, 3u, "version")]
    [InlineData(0x08, 70u, "entry-count")]
    [InlineData(0x10, 70000u, "memory-size")]
    [InlineData(0x18, 70000u, "next-offset")]
    [InlineData(0x0C, 100000u, "max-entries")]
    [InlineData(0x20 + 0x20, 8u, "bounds")]
    [InlineData(0x20 + 0x28, 70000u, "bounds")]
    [InlineData(0x20 + 0x20, 0xC25u, "alignment")]
    [InlineData(0x20 + 0x28, 4096u, "overlap")]
    [InlineData(0x20, 0u, "name")]
    public void Describe_BrokenRule_IsAFinding(int offset, uint value, string code)
    {
        byte[] bytes = GoldenImage.Read("zeroipc", "cpp_queue.bin");
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);

        SegmentDescription description = Describe(bytes);

        Assert.Contains(description.Findings, finding => finding.Code == code);
        Assert.Equal(SegmentState.Invalid, description.Summary.State);
    }

    [Fact]
    public void Describe_QueueWithWrongSequence_IsAFinding()
    {
        byte[] bytes = GoldenImage.Read("zeroipc", "cpp_queue.bin");

        // q_i32: 8 elements of 4 bytes from 0xC30, then the sequences.
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(0xC20 + 16 + 32), 77);
        SegmentDescription description = Describe(bytes);

        Assert.Equal("queue", description.Entry("q_i32").Kind);
        Assert.Contains(description.Findings, finding => finding.Message.Contains("q_i32", StringComparison.Ordinal));
    }

    private static SegmentDescription Describe(byte[] bytes)
    {
        using var image = SegmentImage.FromBytes("image", bytes);
        return SegmentInspector.Describe(image, new SegmentUsers());
    }
}
