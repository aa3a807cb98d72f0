using System.Buffers.Binary;

namespace Plenum.TestSupport;

/// <summary>A copy of a live buffer as its files say, with literal offsets and without the library.</summary>
public sealed class ZeroBufferImage
{
    private readonly byte[] _bytes;

    private ZeroBufferImage(byte[] bytes, long dataTokens, long spaceTokens)
    {
        _bytes = bytes;
        DataTokens = dataTokens;
        SpaceTokens = spaceTokens;
    }

    /// <summary>Count of the "data available" semaphore; -1 when it has no name.</summary>
    public long DataTokens { get; }

    /// <summary>Count of the "space freed" semaphore; -1 when it has no name.</summary>
    public long SpaceTokens { get; }

    public uint OiebSize => BinaryPrimitives.ReadUInt32LittleEndian(_bytes);

    public uint Version => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(4));

    public ulong MetadataSize => Field(0x08);

    public ulong MetadataFree => Field(0x10);

    public ulong MetadataWritten => Field(0x18);

    public ulong PayloadSize => Field(0x20);

    public ulong Free => Field(0x28);

    public ulong WritePosition => Field(0x30);

    public ulong ReadPosition => Field(0x38);

    public ulong WrittenCount => Field(0x40);

    public ulong ReadCount => Field(0x48);

    public ulong WriterPid => Field(0x50);

    public ulong ReaderPid => Field(0x58);

    /// <summary>The whole segment.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The payload ring.</summary>
    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(0x80 + (int)MetadataSize, (int)PayloadSize);

    /// <summary>Copies a live buffer.</summary>
    public static ZeroBufferImage Of(string name) => new(
        File.ReadAllBytes(TempSegment.PathOf(name)), Tokens("sem.sem-w-" + name), Tokens("sem.sem-r-" + name));

    /// <summary>Stores bytes into a live buffer, as a faulty or hostile process would.</summary>
    public static void Poke(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(
            TempSegment.PathOf(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, bytes, offset);
    }

    /// <summary>Stores a 64-bit field into a live buffer.</summary>
    public static void Poke(string name, long offset, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Poke(name, offset, bytes);
    }

    private ulong Field(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));

    // glibc on 64-bit machines: the count is the low word, the waiters the high word.
    private static long Tokens(string file)
    {
        string path = TempSegment.PathOf(file);
        return File.Exists(path) ? BinaryPrimitives.ReadUInt32LittleEndian(File.ReadAllBytes(path)) : -1;
    }
}
