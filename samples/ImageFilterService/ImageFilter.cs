namespace Plenum.Samples.ImageFilterService;

/// <summary>The filter: a negative whose rows are mirrored. Works on the picture where it is.</summary>
internal static class ImageFilter
{
    internal const int Width = 1920;
    internal const int Height = 1080;
    internal const int BytesPerPixel = 3;
    internal const int FrameBytes = Width * Height * BytesPerPixel;

    private const int RowBytes = Width * BytesPerPixel;

    /// <summary>Filters a picture in place.</summary>
    internal static void Apply(Span<byte> picture)
    {
        for (int row = 0; row < Height; row++)
        {
            Span<byte> pixels = picture.Slice(row * RowBytes, RowBytes);
            for (int left = 0, right = RowBytes - BytesPerPixel; left < right; left += BytesPerPixel,
                right -= BytesPerPixel)
            {
                for (int channel = 0; channel < BytesPerPixel; channel++)
                {
                    byte value = pixels[left + channel];
                    pixels[left + channel] = (byte)~pixels[right + channel];
                    pixels[right + channel] = (byte)~value;
                }
            }
        }
    }

    /// <summary>Paints the test picture of a frame.</summary>
    internal static void Paint(Span<byte> picture, int frame)
    {
        for (int row = 0; row < Height; row++)
        {
            Span<byte> pixels = picture.Slice(row * RowBytes, RowBytes);
            for (int at = 0; at < RowBytes; at++)
            {
                pixels[at] = ValueAt(frame, row, at);
            }
        }
    }

    /// <summary>How many pixels are not what the filter makes of the frame's test picture: every one is looked
    /// at.</summary>
    internal static int CountWrong(ReadOnlySpan<byte> picture, int frame)
    {
        int wrong = 0;
        for (int row = 0; row < Height; row++)
        {
            ReadOnlySpan<byte> pixels = picture.Slice(row * RowBytes, RowBytes);
            for (int pixel = 0; pixel < Width; pixel++)
            {
                int from = (Width - 1 - pixel) * BytesPerPixel;
                int to = pixel * BytesPerPixel;
                bool right = true;
                for (int channel = 0; channel < BytesPerPixel; channel++)
                {
                    right &= pixels[to + channel] == (byte)~ValueAt(frame, row, from + channel);
                }

                wrong += right ? 0 : 1;
            }
        }

        return wrong;
    }

    private static byte ValueAt(int frame, int row, int at) => (byte)((frame * 31) + (row * 7) + (at * 3));
}
