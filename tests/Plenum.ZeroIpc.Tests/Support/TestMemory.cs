using Plenum.TestSupport;

namespace Plenum.ZeroIpc.Tests;

/// <summary>A ZeroIPC segment under a name of its own, removed at the end.</summary>
internal sealed class TestMemory : IDisposable
{
    internal const int ImageSize = 65_536;

    private readonly TempSegment _name;

    private TestMemory(TempSegment name, SharedMemory memory)
    {
        _name = name;
        Memory = memory;
    }

    internal SharedMemory Memory { get; }

    internal string Name => _name.Name;

    internal string FilePath => _name.FilePath;

    /// <summary>A new segment, by default of the size of the golden images.</summary>
    internal static TestMemory Create(long size = ImageSize, int entries = 64)
    {
        var name = new TempSegment("zi");
        return new TestMemory(name, SharedMemory.Create(name.Name, size,
            new SharedMemoryOptions { MaxEntries = entries }));
    }

    /// <summary>A segment with the bytes of a golden image.</summary>
    internal static TestMemory Golden(string file) => FromBytes(GoldenImage.Read("zeroipc", file + ".bin"));

    internal static TestMemory FromBytes(byte[] bytes)
    {
        var name = new TempSegment("zi");
        File.WriteAllBytes(name.FilePath, bytes);
        try
        {
            return new TestMemory(name, SharedMemory.Open(name.Name));
        }
        catch
        {
            name.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of the segment now.</summary>
    internal byte[] Bytes() => File.ReadAllBytes(FilePath);

    /// <summary>Stores raw bytes at an offset of the segment, as a foreign program would.</summary>
    internal void Poke(long offset, ReadOnlySpan<byte> bytes) =>
        bytes.CopyTo(Memory.Segment.Span(offset, bytes.Length));

    internal void Poke32(long offset, uint value) => Poke(offset, BitConverter.GetBytes(value));

    internal void Poke64(long offset, ulong value) => Poke(offset, BitConverter.GetBytes(value));

    internal uint Peek32(long offset) => BitConverter.ToUInt32(Memory.Segment.ReadOnlySpan(offset, 4));

    internal long OffsetOf(string entry) => Memory.Table.Find(entry).Offset;

    internal void AssertEqualsGolden(string file)
    {
        string? difference = GoldenImage.FirstDifference(GoldenImage.Read("zeroipc", file + ".bin"), Bytes());
        Assert.True(difference is null, $"{file}: {difference}");
    }

    public void Dispose()
    {
        Memory.Dispose();
        _name.Dispose();
    }
}
