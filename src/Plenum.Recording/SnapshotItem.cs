using System.Buffers.Binary;

namespace Plenum.Recording;

/// <summary>The data of an item of a <see cref="RecordingKind.Snapshots"/> recording: a shape, then floats.</summary>
/// <param name="Channels">Rows.</param>
/// <param name="Length">Floats a row.</param>
/// <param name="Epoch">The source's epoch.</param>
public readonly record struct SnapshotItem(int Channels, int Length, ulong Epoch)
{
    /// <summary>Bytes before the floats.</summary>
    public const int HeadBytes = 16;

    /// <summary>Number of floats.</summary>
    public int FloatCount => Channels * Length;

    /// <summary>Writes the bytes before the floats.</summary>
    /// <param name="target">At least <see cref="HeadBytes"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter.</exception>
    public void WriteHead(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, Channels);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Epoch);
    }

    /// <summary>Writes floats as their bytes.</summary>
    /// <param name="values">The floats.</param>
    /// <param name="target">At least four times as many bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter.</exception>
    public static void WriteFloats(ReadOnlySpan<float> values, Span<byte> target)
    {
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(target[(i * sizeof(float))..], values[i]);
        }
    }

    /// <summary>Reads an item's data.</summary>
    /// <param name="data">The data.</param>
    /// <param name="values">Gets the floats; made longer when it is too short.</param>
    /// <param name="item">The shape.</param>
    /// <returns>False when the data is no snapshot.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, ref float[] values, out SnapshotItem item)
    {
        item = default;
        if (data.Length < HeadBytes)
        {
            return false;
        }

        int channels = BinaryPrimitives.ReadInt32LittleEndian(data);
        int length = BinaryPrimitives.ReadInt32LittleEndian(data[4..]);
        ReadOnlySpan<byte> floats = data[HeadBytes..];
        if (channels < 0 || length < 0 || (long)channels * length * sizeof(float) != floats.Length)
        {
            return false;
        }

        item = new SnapshotItem(channels, length, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
        if (values is null || values.Length < item.FloatCount)
        {
            values = new float[item.FloatCount];
        }

        for (int i = 0; i < item.FloatCount; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(floats[(i * sizeof(float))..]);
        }

        return true;
    }
}
