using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.Conversion;

public sealed class ConversionTests
{
    private static readonly float[] s_values = [1, -2.5f, 1e-30f, float.MaxValue, 0.1f, 7];

    [Fact]
    public void Csv_WriteThenRead_IsTheSame()
    {
        using var text = new StringWriter();
        VoidCsv.WriteHeader(text, 3, 2);
        VoidCsv.WriteFrame(text, 42, 123456789, s_values);
        string[] lines = text.ToString().Split('\n');
        float[] values = new float[6];

        Assert.Equal("frame,time_ns,c0_s0,c0_s1,c1_s0,c1_s1,c2_s0,c2_s1", lines[0]);
        Assert.False(VoidCsv.TryReadFrame(lines[0], out _, out _, values, out _));
        Assert.True(VoidCsv.TryReadFrame(lines[1], out ulong frame, out long time, values, out int count));
        Assert.Equal((42ul, 123456789L, 6), (frame, time, count));
        Assert.Equal(s_values, values);
    }

    [Theory]
    [InlineData("1 2 3", new float[] { 1, 2, 3 })]
    [InlineData("1,2;3\t4", new float[] { 1, 2, 3, 4 })]
    [InlineData("", new float[0])]
    [InlineData("-1e3  .5", new float[] { -1000, 0.5f })]
    public void Csv_PlainValues_AreRead(string line, float[] expected)
    {
        float[] values = new float[8];

        Assert.True(VoidCsv.TryReadValues(line, values, out int count));
        Assert.Equal(expected, values[..count]);
    }

    [Fact]
    public void Csv_WordsOrTooMany_AreToldApart()
    {
        Assert.False(VoidCsv.TryReadValues("1 two", new float[4], out _));
        Assert.True(VoidCsv.TryReadValues("1 2 3", new float[2], out int count));
        Assert.Equal(3, count);
    }

    [Fact]
    public void Json_WriteThenRead_IsTheSame()
    {
        float[] source = [1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.1f, -0f];
        var snapshot = new VoidSnapshot(VoidValidity.Ok, VoidVerification.Verified, 3, 2, 5, 6, 7, 6, 0, false);
        var buffer = new ArrayBufferWriter<byte>();

        VoidJson.WriteFrame(buffer, snapshot, source);

        Assert.StartsWith(
            "{\"epoch\":5,\"frame\":6,\"timeNs\":7,\"channels\":3,\"length\":2,\"values\":[[1,\"NaN\"],",
            Encoding.UTF8.GetString(buffer.WrittenSpan), StringComparison.Ordinal);
        Assert.True(VoidJson.TryReadFrame(buffer.WrittenMemory, out int channels, out int length, out float[]? values));
        Assert.Equal((3, 2), (channels, length));
        Assert.Equal(source, values);
    }

    [Theory]
    [InlineData("[1,2,3]", 1, 3)]
    [InlineData("[[1],[2]]", 2, 1)]
    [InlineData("{\"values\":[[1,2],[3,4]]}", 2, 2)]
    public void Json_OtherForms_AreRead(string json, int channels, int length)
    {
        Assert.True(VoidJson.TryReadFrame(Encoding.UTF8.GetBytes(json), out int c, out int l, out float[]? values));
        Assert.Equal((channels, length, channels * length), (c, l, values.Length));
    }

    [Theory]
    [InlineData("[[1,2],[3]]")]
    [InlineData("[[1,2],3]")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[\"x\"]")]
    [InlineData("nonsense")]
    public void Json_Malformed_IsRefused(string json) =>
        Assert.False(VoidJson.TryReadFrame(Encoding.UTF8.GetBytes(json), out _, out _, out _));

    [Fact]
    public void Chop_ToImage_HasTheDocumentedHeader()
    {
        byte[] image = SharedMemChop.FromFrame(s_values, 3, 2, 60, ["a", "bb", "c"]).ToImage();

        Assert.Equal(0x12ED54CFu, BinaryPrimitives.ReadUInt32LittleEndian(image));
        Assert.Equal([1, 67, 3, 2], Ints(image, 4, 4));
        Assert.Equal(60f, BinaryPrimitives.ReadSingleLittleEndian(image.AsSpan(20)));
        Assert.Equal([1, 36, 60], Ints(image, 24, 3));
        Assert.Equal(s_values[1], BinaryPrimitives.ReadSingleLittleEndian(image.AsSpan(40)));
        Assert.Equal("a\0bb\0c\0", Encoding.UTF8.GetString(image, 60, 7));
    }

    [Fact]
    public void Chop_ThereAndBack_KeepsEverything()
    {
        byte[] image = SharedMemChop.FromFrame(s_values, 3, 2, 60, ["a", "bb", "c"]).ToImage();

        Assert.True(SharedMemChop.TryParse(image, out SharedMemChop? chop));
        Assert.Equal((3, 2, 60f), (chop.Channels, chop.Length, chop.SampleRate));
        Assert.Equal(s_values, chop.Values.ToArray());
        Assert.Equal(["a", "bb", "c"], chop.Names);
        Assert.Equal(image, chop.ToImage());
        using var name = new TempSegment("ch");
        using VoidShmWriter writer = VoidShmWriter.Connect(name.Name, chop.Channels, chop.Length);
        Assert.True(writer.Write(chop.Values.Span));
    }

    [Fact]
    public void Chop_Mutated_IsRefusedOrReadNeverThrown()
    {
        var random = new Random(5);
        byte[] image = SharedMemChop.FromFrame(s_values, 3, 2, 60, ["a", "bb", "c"]).ToImage();
        int refused = 0;
        for (int round = 0; round < 5000; round++)
        {
            byte[] copy = [.. image];
            copy[random.Next(36)] = (byte)random.Next(256);
            copy[random.Next(36)] = (byte)random.Next(256);
            refused += SharedMemChop.TryParse(copy.AsSpan(0, random.Next(copy.Length + 1)), out _) ? 0 : 1;
        }

        Assert.True(refused > 1000);
    }

    private static int[] Ints(byte[] image, int at, int count) =>
        [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at + (4 * i))))];
}
