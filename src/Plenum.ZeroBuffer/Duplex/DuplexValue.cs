using Plenum.Platform;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Structs as the bytes of a request or an answer.</summary>
internal static class DuplexValue
{
    /// <summary>Reads a struct.</summary>
    /// <exception cref="InvalidDataException">There are more or fewer bytes than the struct has: the other end uses
    /// another type.</exception>
    internal static T Read<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged
    {
        int size = ShareableType.SizeOf<T>();
        return bytes.Length == size
            ? ShareableType.FromBytes<T>(bytes)
            : throw new InvalidDataException(
                $"Could not read a {typeof(T).Name} of {size} bytes from {bytes.Length} bytes: the other end uses "
                + "another type. Let both ends use the same struct, with the same layout.");
    }
}
