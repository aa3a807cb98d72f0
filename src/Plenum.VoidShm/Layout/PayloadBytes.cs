using System.Buffers.Binary;

namespace Plenum.VoidShm.Layout;

/// <summary>Copies floats in the other byte order, for profiles of big-endian machines.</summary>
internal static class PayloadBytes
{
    internal static void CopySwapped(ReadOnlySpan<float> source, Span<float> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            uint bits = BinaryPrimitives.ReverseEndianness(BitConverter.SingleToUInt32Bits(source[i]));
            destination[i] = BitConverter.UInt32BitsToSingle(bits);
        }
    }
}
