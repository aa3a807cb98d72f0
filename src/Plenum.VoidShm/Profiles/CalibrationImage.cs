using System.Buffers.Binary;

namespace Plenum.VoidShm.Profiles;

/// <summary>A copy of a segment's first bytes at one moment of a calibration.</summary>
internal sealed record CalibrationImage(byte[] Bytes, int Connection, long? Writes)
{
    internal ulong Number(int offset, int size, bool bigEndian)
    {
        ulong value = 0;
        for (int i = 0; i < size; i++)
        {
            value |= (ulong)Bytes[bigEndian ? offset + size - 1 - i : offset + i] << (8 * i);
        }

        return value;
    }

    /// <summary>Where a run of floats lies; -1 when it is nowhere.</summary>
    internal int Find(ReadOnlySpan<float> values, bool bigEndian)
    {
        byte[] pattern = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i]);
            Span<byte> at = pattern.AsSpan(i * sizeof(float));
            if (bigEndian)
            {
                BinaryPrimitives.WriteUInt32BigEndian(at, bits);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(at, bits);
            }
        }

        return Bytes.AsSpan().IndexOf(pattern);
    }
}
