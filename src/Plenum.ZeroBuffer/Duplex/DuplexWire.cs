using System.Buffers.Binary;
using System.Text;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>What two duplex ends of this library agree on beyond the peers' protocol
/// (docs/protocols/zerobuffer-duplex.md).</summary>
/// <remarks>
/// The server announces itself in the last reserved word of the request buffer's header. A client that sees the word
/// announces itself in the response buffer's header; every answer there begins with 16 bytes:
/// <code>
/// offset size field
/// 0x00    8   request_sequence   number of the request frame that is answered
/// 0x08    4   status             0 answered, 1 the handler failed (UTF-8 text follows)
/// 0x0C    4   reserved           0
/// </code>
/// Without the announcement of both, frames are exactly the peers' frames.
/// </remarks>
internal static class DuplexWire
{
    internal const string RequestSuffix = "_request";
    internal const string ResponseSuffix = "_response";

    /// <summary>The bytes <c>PLNMDX 01 00</c> as a little-endian word: duplex convention 1.</summary>
    internal const ulong Announcement = 0x0001_5844_4D4E_4C50;

    /// <summary>Bytes before the data of an answer between two ends of this library.</summary>
    internal const int PrefixBytes = 16;

    internal const uint StatusAnswered = 0;
    internal const uint StatusFailed = 1;

    /// <summary>The longest text of an error answer in bytes.</summary>
    internal const int MaxErrorBytes = 1024;

    /// <summary>How an error answer to a foreign client begins.</summary>
    internal static ReadOnlySpan<byte> ForeignErrorPrefix => "PLENUM-DUPLEX-ERROR "u8;

    internal static void EncodePrefix(Span<byte> frame, ulong sequence, uint status)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(frame, sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], status);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], 0);
    }

    /// <summary>Reads the prefix; false when the frame is too short to have one.</summary>
    internal static bool TryDecodePrefix(ReadOnlySpan<byte> frame, out ulong sequence, out uint status)
    {
        bool whole = frame.Length >= PrefixBytes;
        sequence = whole ? BinaryPrimitives.ReadUInt64LittleEndian(frame) : 0;
        status = whole ? BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]) : 0;
        return whole;
    }

    /// <summary>The text of an error answer, cut at a character to <see cref="MaxErrorBytes"/>.</summary>
    internal static byte[] ErrorText(Exception error)
    {
        string text = $"{error.GetType().Name}: {error.Message}";
        var buffer = new byte[MaxErrorBytes];
        Encoding.UTF8.GetEncoder().Convert(text, buffer, flush: true, out _, out int used, out _);
        return buffer[..used];
    }
}
