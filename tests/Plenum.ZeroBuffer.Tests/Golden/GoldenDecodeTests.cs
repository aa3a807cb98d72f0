using System.Buffers.Binary;
using System.Security.Cryptography;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Tests.Golden;

/// <summary>The foreign images, decoded value by value against the table of their README.</summary>
public sealed class GoldenDecodeTests
{
    [Fact]
    public void Golden_Images_AreAllInTheTable()
    {
        IEnumerable<string> rows = GoldenTable.Rows.Select(row => row.File).Order(StringComparer.Ordinal);

        Assert.Equal(GoldenImage.FilesOf("zerobuffer"), rows);
    }

    [Theory]
    [MemberData(nameof(GoldenTable.Files), MemberType = typeof(GoldenTable))]
    public void Golden_Header_DecodesToTheDocumentedValues(string file)
    {
        GoldenTable.Row row = GoldenTable.Of(file);
        byte[] image = GoldenImage.Read("zerobuffer", file);

        OperationInfoBlock block = OperationInfoBlock.Decode(image);

        Assert.Equal(row.Bytes, image.Length);
        Assert.Equal(128u, block.OiebSize);
        Assert.Equal(new ProtocolVersion(1, 0, 0), block.Version);
        Assert.Equal(row.MetadataSize, block.MetadataSize);
        Assert.Equal(row.MetadataFree, block.MetadataFreeBytes);
        Assert.Equal(row.MetadataWritten, block.MetadataWrittenBytes);
        Assert.Equal(row.Payload, block.PayloadSize);
        Assert.Equal(row.Free, block.PayloadFreeBytes);
        Assert.Equal(row.WritePosition, block.PayloadWritePos);
        Assert.Equal(row.ReadPosition, block.PayloadReadPos);
        Assert.Equal(row.WrittenCount, block.PayloadWrittenCount);
        Assert.Equal(row.ReadCount, block.PayloadReadCount);
        Assert.Equal(row.HasWriter, block.WriterPid != 0);
        Assert.Equal(row.HasReader, block.ReaderPid != 0);
        Assert.Equal(0ul, block.Reserved0 | block.Reserved1 | block.Reserved2 | block.Reserved3);
        string hash = Convert.ToHexStringLower(SHA256.HashData(image.AsSpan(0x80)));
        Assert.StartsWith(row.Sha256, hash, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(GoldenTable.Files), MemberType = typeof(GoldenTable))]
    public void Golden_Layout_IsValid(string file)
    {
        byte[] image = GoldenImage.Read("zerobuffer", file);
        OperationInfoBlock block = OperationInfoBlock.Decode(image);

        var layout = Internal.BufferLayout.Validate(block, image.Length, file);

        Assert.Equal(128, layout.MetadataOffset);
        Assert.Equal(128 + (long)block.MetadataSize, layout.PayloadOffset);
        Assert.Equal(image.Length, layout.TotalSizeBytes);
    }

    [Theory]
    [InlineData("cpp")]
    [InlineData("cs")]
    [InlineData("py")]
    public void Golden_ThreeFrames_HaveHeadersAndContentWhereDocumented(string peer)
    {
        byte[] image = GoldenImage.Read("zerobuffer", $"{peer}-04-three-frames-unread.bin");

        Assert.Equal(100ul, BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(0x80)));
        Assert.Equal(Pair.P(100, 0), image.AsSpan(0x88, 100).ToArray());
        AssertFrame(image, 0x480, 1024, 1);
        AssertFrame(image, 0x480 + 1040, 1, 2);
        AssertFrame(image, 0x480 + 1057, 100, 3);
    }

    [Theory]
    [InlineData("cpp-09-wrap-marker.bin", 0x480, 3ul)]
    [InlineData("cs-09-wrap-marker.bin", 0x480, 3ul)]
    [InlineData("py-09-wrap-marker.bin", 0x480, 3ul)]
    [InlineData("cpp-19-second-lap-wrap-marker.bin", 0x80, 4ul)]
    public void Golden_WrapMarker_IsSixteenZeroBytesAndTheFrameIsAtZero(string file, int payload, ulong sequence)
    {
        byte[] image = GoldenImage.Read("zerobuffer", file);

        Assert.True(FrameHeader.Decode(image.AsSpan(payload + 8032)).IsWrapMarker);
        AssertFrame(image, payload, 4000, sequence);
    }

    private static void AssertFrame(byte[] image, int offset, int size, ulong sequence)
    {
        FrameHeader header = FrameHeader.Decode(image.AsSpan(offset));

        Assert.Equal((ulong)size, header.PayloadSize);
        Assert.Equal(sequence, header.SequenceNumber);
        Assert.Equal(Pair.P(size, (long)sequence), image.AsSpan(offset + 16, size).ToArray());
    }
}
