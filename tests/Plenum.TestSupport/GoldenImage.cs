namespace Plenum.TestSupport;

/// <summary>Segment images written by foreign implementations (tests/golden).</summary>
public static class GoldenImage
{
    /// <summary>The bytes of an image, for example <c>("zerobuffer", "cpp-01-created.bin")</c>.</summary>
    public static byte[] Read(string protocol, string file) => File.ReadAllBytes(PathOf(protocol, file));

    /// <summary>The path of an image.</summary>
    public static string PathOf(string protocol, string file) => Repository.PathOf("tests", "golden", protocol, file);

    /// <summary>All images of a protocol, by file name.</summary>
    public static IEnumerable<string> FilesOf(string protocol) => Directory
        .EnumerateFiles(Repository.PathOf("tests", "golden", protocol), "*.bin")
        .Select(path => Path.GetFileName(path))
        .Order(StringComparer.Ordinal);

    /// <summary>A copy with some bytes cleared (process numbers, clocks) before comparing.</summary>
    public static byte[] Masked(byte[] image, params (int Offset, int Length)[] masks)
    {
        byte[] copy = [.. image];
        foreach ((int offset, int length) in masks)
        {
            Array.Clear(copy, offset, length);
        }

        return copy;
    }

    /// <summary>The first differing byte of two images, for a failure message; null when equal.</summary>
    public static string? FirstDifference(byte[] expected, byte[] actual)
    {
        if (expected.Length != actual.Length)
        {
            return $"{expected.Length} bytes expected, {actual.Length} found";
        }

        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != actual[i])
            {
                return $"at 0x{i:X}: 0x{expected[i]:X2} expected, 0x{actual[i]:X2} found";
            }
        }

        return null;
    }
}
