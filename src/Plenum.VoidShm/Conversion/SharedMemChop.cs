using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Plenum.VoidShm;

/// <summary>The image of a TouchDesigner Shared Mem CHOP: its documented header, channels of float32 samples, and their
/// names.</summary>
/// <remarks>
/// <para>Both formats hold channels of float32 samples one after the other, so a conversion copies the values and drops
/// what the
/// other cannot say: VOID has neither sample rate nor names, a CHOP neither epoch, frame nor owner. Only the documented
/// 36 bytes of
/// the header are used (spec voidshm 8.1); the mutex and the info segment that TouchDesigner keeps beside are
/// not.</para>
/// <para>Immutable and thread-safe.</para>
/// </remarks>
public sealed class SharedMemChop
{
    /// <summary>Magic number of the header.</summary>
    public const uint MagicNumber = 0x12ED54CF;

    /// <summary>Size of the header in bytes.</summary>
    public const int HeaderBytes = 36;

    private const int SupportedVersion = 1;

    private SharedMemChop(int channels, int length, float sampleRate, float[] values, string[] names)
    {
        Channels = channels;
        Length = length;
        SampleRate = sampleRate;
        Values = values;
        Names = names;
    }

    /// <summary>Number of channels.</summary>
    public int Channels { get; }

    /// <summary>Samples in each channel.</summary>
    public int Length { get; }

    /// <summary>Samples a second.</summary>
    public float SampleRate { get; }

    /// <summary>The samples, channel by channel: a VOID payload of the same shape.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The channels' names; empty when none were sent.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Makes one from a VOID frame.</summary>
    /// <param name="frame">The values, channel by channel.</param>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    /// <param name="sampleRate">What the receiver is told; VOID does not say it.</param>
    /// <param name="names">A name for each channel; null for none.</param>
    /// <exception cref="ArgumentException">The frame is smaller than its shape, or the number of names is
    /// another.</exception>
    public static SharedMemChop FromFrame(
        ReadOnlySpan<float> frame, int channels, int length, float sampleRate, IReadOnlyList<string>? names = null)
    {
        float[] values = VoidProjection.List(frame, channels, length).ToArray();
        return names is null || names.Count == channels
            ? new SharedMemChop(channels, length, sampleRate, values, names is null ? [] : [.. names])
            : throw new ArgumentException($"{names.Count} names were given for {channels} channels.", nameof(names));
    }

    /// <summary>Reads an image.</summary>
    /// <param name="image">The segment's bytes.</param>
    /// <param name="chop">What it holds.</param>
    /// <returns>False when it is not such an image, or its numbers do not fit its size.</returns>
    public static bool TryParse(ReadOnlySpan<byte> image, [NotNullWhen(true)] out SharedMemChop? chop)
    {
        chop = null;
        if (image.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(image) != MagicNumber
            || BinaryPrimitives.ReadInt32LittleEndian(image[4..]) != SupportedVersion)
        {
            return false;
        }

        long size = BinaryPrimitives.ReadUInt32LittleEndian(image[8..]);
        uint channels = BinaryPrimitives.ReadUInt32LittleEndian(image[12..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(image[16..]);
        float rate = BinaryPrimitives.ReadSingleLittleEndian(image[20..]);
        bool named = BinaryPrimitives.ReadUInt32LittleEndian(image[24..]) != 0;
        long data = BinaryPrimitives.ReadUInt32LittleEndian(image[28..]);
        long names = BinaryPrimitives.ReadUInt32LittleEndian(image[32..]);
        if (size > image.Length || data < HeaderBytes || data % 4 != 0
            || !VoidLayout.TryPayloadBytes(channels, length, out long bytes) || data + bytes > size)
        {
            return false;
        }

        float[] values = new float[bytes / sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(image[(int)(data + (i * 4L))..]);
        }

        string[] found = [];
        if (named && (
            names < data + bytes || names > size || !TryNames(image[(int)names..(int)size], (int)channels, out found)))
        {
            return false;
        }

        chop = new SharedMemChop((int)channels, (int)length, rate, values, found);
        return true;
    }

    /// <summary>The image: header, samples, names.</summary>
    public byte[] ToImage()
    {
        int data = Values.Length * sizeof(float);
        byte[][] names = [.. Names.Select(n => Encoding.UTF8.GetBytes(n + "\0"))];
        int size = checked(HeaderBytes + data + names.Sum(n => n.Length));
        byte[] image = new byte[size];
        Span<byte> at = image;
        BinaryPrimitives.WriteUInt32LittleEndian(at, MagicNumber);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], SupportedVersion);
        BinaryPrimitives.WriteInt32LittleEndian(at[8..], size);
        BinaryPrimitives.WriteInt32LittleEndian(at[12..], Channels);
        BinaryPrimitives.WriteInt32LittleEndian(at[16..], Length);
        BinaryPrimitives.WriteSingleLittleEndian(at[20..], SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(at[24..], names.Length > 0 ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(at[28..], HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(at[32..], HeaderBytes + data);
        at = at[HeaderBytes..];
        foreach (float value in Values.Span)
        {
            BinaryPrimitives.WriteSingleLittleEndian(at, value);
            at = at[sizeof(float)..];
        }

        foreach (byte[] name in names)
        {
            name.CopyTo(at);
            at = at[name.Length..];
        }

        return image;
    }

    private static bool TryNames(ReadOnlySpan<byte> text, int channels, out string[] names)
    {
        names = [];
        var found = new List<string>();
        while (found.Count < channels)
        {
            int end = text.IndexOf((byte)0);
            if (end < 0)
            {
                return false;
            }

            found.Add(Encoding.UTF8.GetString(text[..end]));
            text = text[(end + 1)..];
        }

        names = [.. found];
        return true;
    }
}
