namespace Plenum.Recording;

/// <summary>The numbers of the file format (docs/recording.md).</summary>
internal static class RecordingFormat
{
    /// <summary>The version this code writes; a file of a greater one is refused.</summary>
    internal const ushort Major = 1;

    /// <summary>A file of a greater minor version is read; block types that are not known are skipped.</summary>
    internal const ushort Minor = 0;

    /// <summary>Bytes before the first block.</summary>
    internal const int PreambleBytes = 16;

    internal const int ItemHeaderBytes = 24;

    internal const int EndBodyBytes = 24;

    /// <summary>The longest item: what one array can hold beside headers and padding.</summary>
    internal const int MaximumItemBytes = int.MaxValue - 4096;

    /// <summary>The first bytes of a file. The first is no text, and the last two do not survive a conversion of line
    /// ends.</summary>
    internal static ReadOnlySpan<byte> Magic =>
        [0x89, (byte)'P', (byte)'L', (byte)'R', (byte)'E', (byte)'C', 0x0D, 0x0A];

    /// <summary>Room that an item takes in a block: header, data, padding to 8 bytes.</summary>
    internal static int ItemRoom(int dataBytes) => ItemHeaderBytes + ((dataBytes + 7) & ~7);
}
