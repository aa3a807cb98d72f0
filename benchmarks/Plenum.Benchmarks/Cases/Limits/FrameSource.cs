using System.Buffers.Binary;

namespace Plenum.Benchmarks.Cases.Limits;

/// <summary>Frames whose every byte can be recomputed: copies of one of two images, with the frame's number in
/// front.</summary>
internal sealed class FrameSource
{
    private readonly byte[][] _images;

    internal FrameSource(int sizeBytes)
    {
        _images = [new byte[sizeBytes], new byte[sizeBytes]];
        for (int i = 0; i < sizeBytes; i++)
        {
            _images[0][i] = (byte)i;
            _images[1][i] = (byte)(i * 7);
        }
    }

    /// <summary>How many frames between two looks at the clock.</summary>
    internal static int ChunkOf(int sizeBytes) => Math.Clamp((1 << 20) / sizeBytes, 1, 512);

    /// <summary>Frame number <paramref name="index"/>; valid until the next call.</summary>
    internal ReadOnlySpan<byte> Frame(long index)
    {
        byte[] image = _images[index & 1];
        BinaryPrimitives.WriteInt64LittleEndian(image, index);
        return image;
    }

    /// <summary>Whether every byte is that of frame number <paramref name="index"/>.</summary>
    internal bool Matches(ReadOnlySpan<byte> frame, long index) => frame.SequenceEqual(Frame(index));
}
