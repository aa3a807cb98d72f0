using System.Buffers;
using System.Text;
using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>The codecs that need no serializer.</summary>
public static class DuplexCodecs
{
    /// <summary>Text as UTF-8. Malformed bytes become U+FFFD.</summary>
    public static DuplexCodec<string> Utf8 { get; } = new(
        static (in value, target) => Encoding.UTF8.GetBytes(value, target), static bytes =>
            Encoding.UTF8.GetString(bytes));

    /// <summary>A struct as its bytes in memory, little endian, with the layout of the same struct in C.</summary>
    /// <typeparam name="T">A struct of plain fields.</typeparam>
    /// <exception cref="NotSupportedException">The type holds pointers, <c>nint</c>, <c>decimal</c>, dates, or has an
    /// automatic layout.</exception>
    public static DuplexCodec<T> Struct<T>()
        where T : unmanaged
    {
        ShareableType.Check<T>();
        return new DuplexCodec<T>(
            static (in value, target) => target.Write(ShareableType.BytesOf(in value)), DuplexValue.Read<T>);
    }
}
