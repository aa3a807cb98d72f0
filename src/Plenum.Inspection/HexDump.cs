using System.Globalization;
using System.Text;

namespace Plenum.Inspection;

/// <summary>Bytes as text: offset, 16 bytes in hex, and ASCII. Thread-safe.</summary>
public static class HexDump
{
    /// <summary>Bytes on one line.</summary>
    public const int BytesPerLine = 16;

    private const int ChunkBytes = 64 * 1024;

    /// <summary>One line: <c>00000480  00 04 …  |....|</c>.</summary>
    /// <param name="offset">Offset of the first byte.</param>
    /// <param name="bytes">Up to 16 bytes.</param>
    /// <exception cref="ArgumentException">More than 16 bytes.</exception>
    public static string Line(long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesPerLine)
        {
            throw new ArgumentException($"A line holds at most {BytesPerLine} bytes.", nameof(bytes));
        }

        var line = new StringBuilder(80);
        line.Append(offset.ToString(offset > uint.MaxValue ? "x16" : "x8", CultureInfo.InvariantCulture)).Append(' ');
        for (int i = 0; i < BytesPerLine; i++)
        {
            line.Append(i == BytesPerLine / 2 ? "  " : " ");
            line.Append(i < bytes.Length ? bytes[i].ToString("x2", CultureInfo.InvariantCulture) : "  ");
        }

        line.Append("  |");
        foreach (byte value in bytes)
        {
            line.Append(value is >= 0x20 and < 0x7F ? (char)value : '.');
        }

        return line.Append('|').ToString();
    }

    /// <summary>Writes a region, one line per 16 bytes; equal full lines in a row are shown once and then as
    /// <c>*</c>.</summary>
    /// <param name="image">The segment.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="output">Receives the lines.</param>
    /// <returns>The bytes that were there to be shown.</returns>
    public static long Write(SegmentImage image, long offset, long count, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(output);
        byte[] chunk = new byte[ChunkBytes];
        byte[] previous = [];
        bool folded = false;
        long done = 0;
        while (done < count)
        {
            int read = image.Read(offset + done, chunk.AsSpan(0, (int)Math.Min(chunk.Length, count - done)));
            for (int at = 0; at < read; at += BytesPerLine)
            {
                ReadOnlySpan<byte> bytes = chunk.AsSpan(at, Math.Min(BytesPerLine, read - at));
                if (bytes.Length == BytesPerLine && bytes.SequenceEqual(previous))
                {
                    if (!folded)
                    {
                        output.WriteLine("*");
                        folded = true;
                    }

                    continue;
                }

                folded = false;
                previous = bytes.ToArray();
                output.WriteLine(Line(offset + done + at, bytes));
            }

            done += read;
            if (read == 0)
            {
                break;
            }
        }

        if (folded)
        {
            output.WriteLine(
                (offset + done).ToString(offset > uint.MaxValue ? "x16" : "x8", CultureInfo.InvariantCulture));
        }

        return done;
    }
}
