using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Tests.Layout;

/// <summary>Numbers typed again from the protocol, not from the structs' constants.</summary>
public sealed class OperationInfoBlockLayoutTests
{
    [Theory]
    [InlineData("OiebSize", 0x00, 4)]
    [InlineData("Version", 0x04, 4)]
    [InlineData("MetadataSize", 0x08, 8)]
    [InlineData("MetadataFreeBytes", 0x10, 8)]
    [InlineData("MetadataWrittenBytes", 0x18, 8)]
    [InlineData("PayloadSize", 0x20, 8)]
    [InlineData("PayloadFreeBytes", 0x28, 8)]
    [InlineData("PayloadWritePos", 0x30, 8)]
    [InlineData("PayloadReadPos", 0x38, 8)]
    [InlineData("PayloadWrittenCount", 0x40, 8)]
    [InlineData("PayloadReadCount", 0x48, 8)]
    [InlineData("WriterPid", 0x50, 8)]
    [InlineData("ReaderPid", 0x58, 8)]
    [InlineData("Reserved0", 0x60, 8)]
    [InlineData("Reserved1", 0x68, 8)]
    [InlineData("Reserved2", 0x70, 8)]
    [InlineData("Reserved3", 0x78, 8)]
    public void OperationInfoBlock_Field_LiesWhereTheProtocolSays(string field, int offset, int size)
    {
        FieldInfo info = typeof(OperationInfoBlock).GetField(field, BindingFlags.NonPublic | BindingFlags.Instance)!;

        Assert.Equal(offset, info.GetCustomAttribute<FieldOffsetAttribute>()!.Value);
        Assert.Equal(size, Marshal.SizeOf(info.FieldType));
    }

    [Fact]
    public void OperationInfoBlock_Sizes_AreThoseOfTheProtocol()
    {
        Assert.Equal(128, Unsafe.SizeOf<OperationInfoBlock>());
        Assert.Equal(16, Unsafe.SizeOf<FrameHeader>());
        Assert.Equal(4, Unsafe.SizeOf<ProtocolVersion>());
    }

    [Fact]
    public void OperationInfoBlock_Fields_LeaveNoGapAndNoOverlap()
    {
        FieldInfo[] fields = typeof(OperationInfoBlock).GetFields(BindingFlags.NonPublic | BindingFlags.Instance);
        int end = 0;

        foreach (FieldInfo field in fields.OrderBy(f => f.GetCustomAttribute<FieldOffsetAttribute>()!.Value))
        {
            Assert.Equal(end, field.GetCustomAttribute<FieldOffsetAttribute>()!.Value);
            end += Marshal.SizeOf(field.FieldType);
        }

        Assert.Equal(128, end);
    }

    [Fact]
    public void OperationInfoBlock_LiveOffsets_AreMeasured()
    {
        OperationInfoBlock block = default;
        ref byte start = ref Unsafe.As<OperationInfoBlock, byte>(ref block);

        Assert.Equal(0x28, Unsafe.ByteOffset(ref start, ref Unsafe.As<ulong, byte>(ref block.PayloadFreeBytes)));
        Assert.Equal(0x30, Unsafe.ByteOffset(ref start, ref Unsafe.As<ulong, byte>(ref block.PayloadWritePos)));
        Assert.Equal(0x48, Unsafe.ByteOffset(ref start, ref Unsafe.As<ulong, byte>(ref block.PayloadReadCount)));
        Assert.Equal(0x58, Unsafe.ByteOffset(ref start, ref Unsafe.As<ulong, byte>(ref block.ReaderPid)));
    }

    [Fact]
    public void OperationInfoBlock_Decode_ReadsEachFieldFromItsOffset()
    {
        var bytes = new byte[128];
        for (int i = 0; i < 128; i++)
        {
            bytes[i] = (byte)i;
        }

        OperationInfoBlock block = OperationInfoBlock.Decode(bytes);

        Assert.Equal(0x03020100u, block.OiebSize);
        Assert.Equal(new ProtocolVersion(4, 5, 6, 7), block.Version);
        Assert.Equal(0x0F0E0D0C0B0A0908ul, block.MetadataSize);
        Assert.Equal(0x1716151413121110ul, block.MetadataFreeBytes);
        Assert.Equal(0x1F1E1D1C1B1A1918ul, block.MetadataWrittenBytes);
        Assert.Equal(0x2726252423222120ul, block.PayloadSize);
        Assert.Equal(0x2F2E2D2C2B2A2928ul, block.PayloadFreeBytes);
        Assert.Equal(0x3736353433323130ul, block.PayloadWritePos);
        Assert.Equal(0x3F3E3D3C3B3A3938ul, block.PayloadReadPos);
        Assert.Equal(0x4746454443424140ul, block.PayloadWrittenCount);
        Assert.Equal(0x4F4E4D4C4B4A4948ul, block.PayloadReadCount);
        Assert.Equal(0x5756555453525150ul, block.WriterPid);
        Assert.Equal(0x5F5E5D5C5B5A5958ul, block.ReaderPid);
        Assert.Equal(0x7F7E7D7C7B7A7978ul, block.Reserved3);
    }

    [Fact]
    public void FrameHeader_Encode_StoresSizeThenSequence()
    {
        var bytes = new byte[16];

        new FrameHeader(0x400, 0x0102030405060708).Encode(bytes);

        Assert.Equal(new byte[] { 0, 4, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1 }, bytes);
        Assert.False(FrameHeader.Decode(bytes).IsWrapMarker);
        Assert.True(FrameHeader.Decode(new byte[16]).IsWrapMarker);
    }

    [Fact]
    public void ProtocolVersion_Word_IsOneZeroZeroInLittleEndian()
    {
        Assert.Equal(1u, ProtocolVersion.Current.ToWord());
        Assert.Equal(0x07030201u, new ProtocolVersion(1, 2, 3, 7).ToWord());
        Assert.Equal("1.2.3", new ProtocolVersion(1, 2, 3).ToString());
        Assert.True(new ProtocolVersion(1, 1, 0).IsNewerMinor);
        Assert.False(new ProtocolVersion(1, 0, 9).IsNewerMinor);
        Assert.False(new ProtocolVersion(2, 1, 0).IsNewerMinor);
    }
}
