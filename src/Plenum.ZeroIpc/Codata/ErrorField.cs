using System.Text;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>The error text of a future or lazy value: 256 bytes of UTF-8, of which the last is always NUL.</summary>
internal static class ErrorField
{
    internal const int SizeBytes = 256;

    /// <summary>What a cancelled computation says; peers show it as any other error.</summary>
    internal const string Canceled = "canceled";

    /// <summary>Stores a text, cut at a character boundary, and NULs behind it.</summary>
    internal static void Write(SharedSegment segment, long offset, string text, int limitBytes = SizeBytes)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        bytes.Clear();
        System.Buffers.OperationStatus status = System.Text.Unicode.Utf8.FromUtf16(
            text, bytes[..(limitBytes - 1)], out _, out int written, replaceInvalidSequences: true, isFinalBlock: true);
        if (status == System.Buffers.OperationStatus.DestinationTooSmall)
        {
            bytes[written..].Clear();
        }

        bytes.CopyTo(segment.Span(offset, SizeBytes));
    }

    /// <summary>The text up to the first NUL; bytes that are not UTF-8 appear as U+FFFD.</summary>
    internal static string Read(SharedSegment segment, long offset)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        segment.ReadOnlySpan(offset, SizeBytes).CopyTo(bytes);
        bytes = bytes[..(SizeBytes - 1)];
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
