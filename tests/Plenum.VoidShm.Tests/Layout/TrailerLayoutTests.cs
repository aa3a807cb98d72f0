using System.Buffers.Binary;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Layout;

/// <summary>The trailer's bytes at literal offsets of a live segment.</summary>
public sealed class TrailerLayoutTests
{
    [Fact]
    public void Trailer_OfALiveSegment_StandsAtTheLiteralOffsets()
    {
        using var name = new TempSegment("tr");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, 2, 5);
        writer.Write([1, 2, 3]);
        writer.Write([4]);

        byte[] bytes = RawSegment.Read(name);

        // 232 + 40 = 272, next multiple of 64 = 320; 192 bytes; the second buffer at 512.
        Assert.Equal(512 + 40, bytes.Length);
        Assert.Equal(0x4C525456u, U32(bytes, 320));
        Assert.Equal(192u, U32(bytes, 324));
        Assert.Equal(4ul, U64(bytes, 328));
        Assert.NotEqual(0ul, U64(bytes, 336));
        Assert.Equal((uint)Environment.ProcessId, U32(bytes, 344));
        Assert.Equal(5u, U32(bytes, 348));
        Assert.Equal(512ul, U64(bytes, 368));
        Assert.Equal(0u, U32(bytes, 384));
        Assert.Equal(0ul, U64(bytes, 448));
        Assert.True(bytes.AsSpan(272, 48).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void Trailer_WithoutSecondBuffer_EndsTheSegment()
    {
        using var name = new TempSegment("tr");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 2, 5, new VoidWriterOptions { SecondBuffer = VoidSecondBuffer.None });

        byte[] bytes = RawSegment.Read(name);

        Assert.Equal(512, bytes.Length);
        Assert.Equal(4u, U32(bytes, 348));
        Assert.Equal(0ul, U64(bytes, 368));
    }

    [Fact]
    public void Strict_HasNothingBehindThePayload()
    {
        using var name = new TempSegment("tr");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 2, 5, new VoidWriterOptions { Profile = VoidProfiles.Strict });

        Assert.Equal(272, RawSegment.Read(name).Length);
    }

    [Fact]
    public void SecondBuffer_Always_HoldsTheFrame()
    {
        using var name = new TempSegment("tr");
        using VoidShmWriter writer = VoidShmWriter.Connect(
            name.Name, 2, 5, new VoidWriterOptions { SecondBuffer = VoidSecondBuffer.Always });
        writer.Write([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

        byte[] bytes = RawSegment.Read(name);

        Assert.Equal(7u, U32(bytes, 348));
        Assert.Equal(2ul, U64(bytes, 448));
        Assert.Equal(writer.Epoch, U64(bytes, 456));
        Assert.Equal(1ul, U64(bytes, 464));
        Assert.Equal(bytes[232..272], bytes[512..552]);
    }

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
