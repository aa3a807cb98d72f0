using System.Buffers.Binary;
using System.Text;

namespace Plenum.Recording.Tests;

/// <summary>The byte map of docs/recording.md, and what a reader does with files that differ from it.</summary>
public sealed class FormatTests
{
    private const int Header = 64;

    [Fact]
    public void Checksum_KnownText_IsTheOneOfTheStandard() =>
        Assert.Equal(0xE3069283, Crc32C.Of(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void File_Bytes_AreThoseOfTheMap()
    {
        byte[] bytes = TestRecording.Of("first", "second item");

        Assert.Equal([0x89, 0x50, 0x4C, 0x52, 0x45, 0x43, 0x0D, 0x0A, 1, 0, 0, 0], bytes[..12]);
        int description = (int)UInt32(bytes, 16 + 16);
        Assert.Equal("PBLK"u8, bytes.AsSpan(16, 4));
        Assert.Equal(1, bytes[20]);
        Assert.StartsWith("{\"kind\":1,\"segment\":\"camera\"", Encoding.UTF8.GetString(bytes, 16 + Header,
            description),
            StringComparison.Ordinal);

        int second = 16 + Header + description + Header + 32;
        Assert.Equal("PBLK"u8, bytes.AsSpan(second, 4));
        Assert.Equal(2, bytes[second + 4]);
        Assert.Equal(2UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(second + 8)));
        Assert.Equal(24u + 16, UInt32(bytes, second + 16));
        Assert.Equal(1u, UInt32(bytes, second + 20));
        Assert.Equal(10_000_000, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(second + 24)));
        int item = second + Header;
        Assert.Equal(10_000_000, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(item)));
        Assert.Equal(2UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(item + 8)));
        Assert.Equal(11u, UInt32(bytes, item + 16));
        Assert.Equal(1u, UInt32(bytes, item + 20));
        Assert.Equal("second item", Encoding.UTF8.GetString(bytes, item + 24, 11));
        int end = item + 40;
        Assert.Equal(3, bytes[end + 4]);
        Assert.Equal(2, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(end + Header)));
        Assert.Equal(end + Header + 24, bytes.Length);
    }

    [Fact]
    public void Reading_EveryLengthOfTheFile_GivesTheWholeBlocksBeforeIt()
    {
        string[] texts = ["one", "two two", "three three three"];
        byte[] bytes = TestRecording.Of(texts);
        int start = 16 + Header + (int)UInt32(bytes, 32);

        for (int length = start; length < bytes.Length; length++)
        {
            (string[] read, RecordingEnding ending) = TestRecording.Read(bytes[..length]);

            Assert.Equal(texts[..read.Length], read);
            Assert.Equal(RecordingEnding.Unfinished, ending);
            using var reader = new RecordingReader(new MemoryStream(bytes[..length]), "test");
            Assert.Equal(read.Length, reader.ReadContents().Items);
        }

        (string[] all, RecordingEnding end) = TestRecording.Read(bytes);
        Assert.Equal(texts, all);
        Assert.Equal(RecordingEnding.Complete, end);
    }

    [Fact]
    public void Reading_LessThanTheDescription_SaysThatThereIsNone()
    {
        byte[] bytes = TestRecording.Of("one");
        for (int length = 0; length < 16 + Header; length++)
        {
            Assert.Throws<RecordingFormatException>(() => TestRecording.Read(bytes[..length]));
        }
    }

    [Fact]
    public void Reading_AnyBitFlipped_IsNoticed()
    {
        byte[] bytes = TestRecording.Of("one", "two two", "three three three");
        int start = 16 + Header + (int)UInt32(bytes, 32);

        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] flipped = [.. bytes];
            flipped[at] ^= (byte)(1 << (at % 8));
            bool reserved = at is >= 12 and < 16;

            Exception? found = Record.Exception(() => TestRecording.Read(flipped));

            Assert.True(
                found is RecordingFormatException, $"byte {at} of {bytes.Length} (items from {start}, {reserved}): "
                    + $"{found}");
        }
    }

    [Fact]
    public void Reading_DamagedData_GoesOnAfterIt()
    {
        byte[] bytes = TestRecording.Of("one", "two", "three");
        int second = bytes.AsSpan().IndexOf("two"u8);
        bytes[second] ^= 1;
        using var reader = new RecordingReader(new MemoryStream(bytes), "test");

        Assert.True(reader.TryRead(out RecordedItem first));
        Assert.Equal("one"u8, first.Data);
        var damage = Assert.Throws<RecordingFormatException>(() => reader.TryRead(out _));
        Assert.Contains("block 2", damage.Message, StringComparison.Ordinal);
        Assert.True(reader.CanGoOn);
        Assert.Equal(["three"], TestRecording.Texts(reader));
        Assert.Equal(RecordingEnding.Complete, reader.Ending);
    }

    [Fact]
    public void Reading_DamagedHeader_CannotGoOn()
    {
        byte[] bytes = TestRecording.Of("one", "two");
        bytes[16 + Header + (int)UInt32(bytes, 32) + 16] ^= 1;
        using var reader = new RecordingReader(new MemoryStream(bytes), "test");

        Assert.Throws<RecordingFormatException>(() => reader.TryRead(out _));
        Assert.False(reader.CanGoOn);
        Assert.Throws<RecordingFormatException>(() => reader.TryRead(out _));
    }

    [Fact]
    public void Reading_NewerMajorVersion_SaysWhichAndWhatToDo()
    {
        byte[] bytes = TestRecording.Of("one");
        bytes[8] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc32C.Of(bytes.AsSpan(0, 12)));

        var refused = Assert.Throws<RecordingFormatException>(() => TestRecording.Read(bytes));

        Assert.Contains("version 2.0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("newer", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_NewerMinorVersionWithAnUnknownBlock_SkipsIt()
    {
        byte[] bytes = TestRecording.Of("one", "two");
        bytes[10] = 7;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc32C.Of(bytes.AsSpan(0, 12)));
        int first = 16 + Header + (int)UInt32(bytes, 32);
        bytes[first + 4] = 99;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(first + 60), Crc32C.Of(bytes.AsSpan(first, 60)));

        (string[] read, RecordingEnding ending) = TestRecording.Read(bytes);
        Assert.Equal(["two"], read);
        Assert.Equal(RecordingEnding.Complete, ending);
    }

    [Fact]
    public void Reading_AnotherFile_SaysThatItIsNoRecording()
    {
        var refused = Assert.Throws<RecordingFormatException>(
            () => TestRecording.Read(Encoding.UTF8.GetBytes("RIFF, this is another kind of file altogether")));

        Assert.Contains("no recording", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, refused.Offset);
    }

    [Fact]
    public void Rewind_AfterTheEnd_ReadsTheSameAgain()
    {
        using var reader = new RecordingReader(new MemoryStream(TestRecording.Of("a", "b")), "test");

        Assert.Equal(["a", "b"], TestRecording.Texts(reader));
        reader.Rewind();
        Assert.Equal(["a", "b"], TestRecording.Texts(reader));
    }

    private static uint UInt32(byte[] bytes, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));
}
