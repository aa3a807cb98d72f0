using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests;

/// <summary>Segments made of bytes by the test, and bytes of segments, without the library.</summary>
internal static class RawSegment
{
    /// <summary>Makes a segment of these bytes and, behind them, zeros.</summary>
    public static void Create(TempSegment segment, ReadOnlySpan<byte> bytes, long size = -1)
    {
        File.Delete(segment.FilePath);
        using FileStream file = File.Create(segment.FilePath);
        file.Write(bytes);
        if (size >= 0)
        {
            file.SetLength(size);
        }
    }

    /// <summary>The bytes of a segment now.</summary>
    public static byte[] Read(TempSegment segment)
    {
        using var file = new FileStream(
            segment.FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Stores bytes into a live segment, as a foreign process would.</summary>
    public static void Poke(TempSegment segment, long offset, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(
            segment.FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Position = offset;
        file.Write(bytes);
    }

    public static void Truncate(TempSegment segment, long size)
    {
        using var file = new FileStream(
            segment.FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength(size);
    }

    /// <summary>A valid image: header of the profile, then the values.</summary>
    public static byte[] Image(
        VoidProfile profile, int channels, int length, ReadOnlySpan<float> values, ulong epoch = 7, ulong frame = 3,
        VoidOwner? owner = null)
    {
        VoidLayout layout = profile.Layout;
        byte[] image = new byte[layout.HeaderBytes + (channels * length * 4)];
        var header = new VoidHeader(
            profile.Magic, profile.Version, (ulong)layout.HeaderBytes, (ulong)channels, (ulong)length, epoch, frame);
        layout.Encode(image, header, owner ?? VoidOwner.None);
        for (int i = 0; i < values.Length; i++)
        {
            byte[] bytes = BitConverter.GetBytes(values[i]);
            if (layout.BigEndian)
            {
                Array.Reverse(bytes);
            }

            bytes.CopyTo(image, layout.HeaderBytes + (4 * i));
        }

        return image;
    }
}
