using System.Buffers.Binary;
using System.Text;

namespace Plenum.VoidShm;

/// <summary>The placement of every field under a profile, computed once, and the encoding of headers in private
/// memory.</summary>
/// <remarks>Immutable and thread-safe. Nothing here touches shared memory.</remarks>
public sealed class VoidLayout
{
    /// <summary>The widest header that is accepted, in bytes.</summary>
    public const int MaxHeaderBytes = 65536;

    private static readonly string[] s_names =
    [
        "magic", "version", "header_size", "channels", "length", "epoch", "frame", "owner_app", "owner_project",
        "owner_node",
    ];

    private readonly VoidFieldPlacement[] _fields = new VoidFieldPlacement[10];
    private readonly VoidFieldWidth[] _widths;

    internal VoidLayout(VoidProfile profile)
    {
        Profile = profile;
        BigEndian = profile.Endian == VoidEndian.Big;
        _widths =
        [
            VoidFieldWidth.U32, profile.VersionWidth, profile.HeaderSizeWidth, profile.ChannelsWidth,
            profile.LengthWidth,
            profile.EpochWidth, profile.FrameWidth,
        ];
        HeaderBytes = Place(profile);
        Validate();
        MinimumBytes = HeaderBytes + sizeof(float);
    }

    /// <summary>The profile this is the layout of.</summary>
    public VoidProfile Profile { get; }

    /// <summary>Size of the header in bytes, and so the offset of the payload.</summary>
    public int HeaderBytes { get; }

    /// <summary>The smallest segment that can be valid: header and one float.</summary>
    public int MinimumBytes { get; }

    /// <summary>True when numbers and floats are stored most significant byte first.</summary>
    public bool BigEndian { get; }

    /// <summary>All fields in the documented order.</summary>
    public IReadOnlyList<VoidFieldPlacement> Fields => _fields;

    /// <summary>The placement of one field.</summary>
    /// <param name="field">The field.</param>
    public VoidFieldPlacement this[VoidField field] => _fields[(int)field];

    /// <summary>Decodes the numbers of a header copied out of a segment.</summary>
    /// <param name="header">At least <see cref="HeaderBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">Fewer bytes.</exception>
    public VoidHeader Decode(ReadOnlySpan<byte> header)
    {
        RequireHeader(header.Length);
        return new VoidHeader(
            (uint)Number(header, VoidField.Magic),
            Number(header, VoidField.Version),
            Number(header, VoidField.HeaderSize),
            Number(header, VoidField.Channels),
            Number(header, VoidField.Length),
            Number(header, VoidField.Epoch),
            Number(header, VoidField.Frame));
    }

    /// <summary>Decodes the owner strings of a header copied out of a segment.</summary>
    /// <param name="header">At least <see cref="HeaderBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">Fewer bytes.</exception>
    public VoidOwner DecodeOwner(ReadOnlySpan<byte> header)
    {
        RequireHeader(header.Length);
        return new VoidOwner(
            Text(header, VoidField.OwnerApp), Text(header, VoidField.OwnerProject), Text(header, VoidField.OwnerNode));
    }

    /// <summary>Encodes a header into private memory; holes become 0, strings are cut to their capacity with a final
    /// NUL.</summary>
    /// <param name="destination">At least <see cref="HeaderBytes"/> bytes.</param>
    /// <param name="header">The numbers.</param>
    /// <param name="owner">The strings.</param>
    /// <exception cref="ArgumentException">Fewer bytes.</exception>
    public void Encode(Span<byte> destination, VoidHeader header, VoidOwner owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        RequireHeader(destination.Length);
        destination[..HeaderBytes].Clear();
        SetNumber(destination, VoidField.Magic, header.Magic);
        SetNumber(destination, VoidField.Version, header.Version);
        SetNumber(destination, VoidField.HeaderSize, header.HeaderSize);
        SetNumber(destination, VoidField.Channels, header.Channels);
        SetNumber(destination, VoidField.Length, header.Length);
        SetNumber(destination, VoidField.Epoch, header.Epoch);
        SetNumber(destination, VoidField.Frame, header.Frame);
        SetText(destination, VoidField.OwnerApp, owner.App);
        SetText(destination, VoidField.OwnerProject, owner.Project);
        SetText(destination, VoidField.OwnerNode, owner.Node);
    }

    /// <summary>Checks a decoded header against the profile and the size of the segment.</summary>
    /// <param name="header">The decoded header.</param>
    /// <param name="sizeBytes">Size of the segment's file in bytes.</param>
    /// <returns><see cref="VoidValidity.Ok"/>, or the first rule that fails, in the order of the codes.</returns>
    public VoidValidity Validate(in VoidHeader header, long sizeBytes)
    {
        if (sizeBytes < HeaderBytes)
        {
            return VoidValidity.TooSmall;
        }

        if (header.Magic == 0 || (header.Magic != Profile.Magic && !Profile.AcceptAnyMagic))
        {
            return VoidValidity.BadMagic;
        }

        if (header.Version != Profile.Version)
        {
            return VoidValidity.BadVersion;
        }

        if (header.HeaderSize != (ulong)HeaderBytes)
        {
            return VoidValidity.BadHeaderSize;
        }

        if (!TryPayloadBytes(header.Channels, header.Length, out long payloadBytes))
        {
            return VoidValidity.BadShape;
        }

        long needed = HeaderBytes + payloadBytes;
        bool fits = Profile.SizeRule == VoidSizeRule.Exact ? sizeBytes == needed : sizeBytes >= needed;
        return fits ? VoidValidity.Ok : VoidValidity.Truncated;
    }

    /// <summary>Size of a payload in bytes.</summary>
    /// <param name="channels">Rows.</param>
    /// <param name="length">Floats in each row.</param>
    /// <param name="payloadBytes">4 * channels * length.</param>
    /// <returns>False when one of them is 0 or the payload exceeds <see cref="VoidLimits.MaxFloats"/> floats.</returns>
    public static bool TryPayloadBytes(ulong channels, ulong length, out long payloadBytes)
    {
        payloadBytes = 0;
        if (channels is 0 or > VoidLimits.MaxFloats || length is 0 or > VoidLimits.MaxFloats
            || channels * length > VoidLimits.MaxFloats)
        {
            return false;
        }

        payloadBytes = (long)(channels * length) * sizeof(float);
        return true;
    }

    internal VoidFieldWidth WidthOf(VoidField field) => _widths[(int)field];

    /// <summary>Largest value that a number field can hold.</summary>
    internal ulong MaxOf(VoidField field) => _widths[(int)field] switch
    {
        VoidFieldWidth.U16 => ushort.MaxValue,
        VoidFieldWidth.U32 => uint.MaxValue,
        VoidFieldWidth.I32 => int.MaxValue,
        _ => ulong.MaxValue,
    };

    internal ulong Number(ReadOnlySpan<byte> header, VoidField field)
    {
        ReadOnlySpan<byte> at = header[_fields[(int)field].Offset..];
        if (_fields[(int)field].SizeBytes == 4)
        {
            return BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
        }

        if (_fields[(int)field].SizeBytes == 8)
        {
            return BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);
        }

        return BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
    }

    internal ReadOnlySpan<byte> RawText(ReadOnlySpan<byte> header, VoidField field) =>
        header.Slice(_fields[(int)field].Offset, _fields[(int)field].SizeBytes);

    private static int SizeOf(VoidFieldWidth width) => width switch
    {
        VoidFieldWidth.U16 => 2,
        VoidFieldWidth.U64 => 8,
        _ => 4,
    };

    private static int? ExplicitOffset(VoidFieldOffsets o, VoidField field) => field switch
    {
        VoidField.Magic => o.Magic,
        VoidField.Version => o.Version,
        VoidField.HeaderSize => o.HeaderSize,
        VoidField.Channels => o.Channels,
        VoidField.Length => o.Length,
        VoidField.Epoch => o.Epoch,
        VoidField.Frame => o.Frame,
        VoidField.OwnerApp => o.OwnerApp,
        VoidField.OwnerProject => o.OwnerProject,
        _ => o.OwnerNode,
    };

    private static int AlignUp(int value, int alignment) => (value + alignment - 1) / alignment * alignment;

    // The rules of a C structure: each field at the next multiple of its alignment, the end at a multiple of the
    // largest.
    private int Place(VoidProfile profile)
    {
        int at = 0;
        int largest = 1;
        int end = 0;
        for (int i = 0; i < _fields.Length; i++)
        {
            var field = (VoidField)i;
            bool text = field >= VoidField.OwnerApp;
            int size = text ? TextBytes(profile, field) : SizeOf(_widths[i]);
            int alignment = text ? 1 : profile.Pack == 0 ? size : Math.Min(size, profile.Pack);
            int offset = ExplicitOffset(profile.Offsets, field) ?? AlignUp(at, alignment);
            _fields[i] = new VoidFieldPlacement(field, s_names[i], offset, size, text);
            at = offset + size;
            end = Math.Max(end, at);
            largest = Math.Max(largest, alignment);
        }

        return profile.HeaderBytes ?? AlignUp(end, largest);
    }

    private static int TextBytes(VoidProfile profile, VoidField field) => field switch
    {
        VoidField.OwnerApp => profile.OwnerAppBytes,
        VoidField.OwnerProject => profile.OwnerProjectBytes,
        _ => profile.OwnerNodeBytes,
    };

    private void Validate()
    {
        Require(Profile.Pack is 0 or 1 or 4 or 8, $"pack is {Profile.Pack}, it must be 0 (natural), 1, 4 or 8");
        Require(Profile.Magic != 0 || Profile.AcceptAnyMagic, "magic is 0, which marks an invalid segment");
        Require(HeaderBytes is > 0 and <= MaxHeaderBytes, $"the header has {HeaderBytes} bytes, 1 to "
            + $"{MaxHeaderBytes} are allowed");
        Require((ulong)HeaderBytes <= MaxOf(VoidField.HeaderSize), "header_size does not fit its width");
        Require(Profile.Version <= MaxOf(VoidField.Version), "version does not fit its width");
        Require(
            Profile.EpochWidth != VoidFieldWidth.U16 && Profile.FrameWidth != VoidFieldWidth.U16,
            "epoch and frame need at least 32 bits");
        Require(
            Profile.SizeRule == VoidSizeRule.AtLeast || !Profile.Trailer,
            "size.check is '==', which a trailer after the payload contradicts; set trailer to false");
        Require(Profile.NameMaxBytes is >= 1 and <= 256, $"name.max is {Profile.NameMaxBytes}, 1 to 256 are allowed");
        VoidFieldPlacement previous = default;
        foreach (VoidFieldPlacement field in _fields.OrderBy(f => f.Offset))
        {
            Require(
                !field.IsText || field.SizeBytes is >= 1 and <= 4096,
                $"{field.SpecName} has {field.SizeBytes} bytes, 1 to 4096 are allowed");
            Require(
                field.Offset >= previous.Offset + previous.SizeBytes,
                $"{field.SpecName} at {field.Offset} overlaps {previous.SpecName}");
            Require(
                field.Offset + field.SizeBytes <= HeaderBytes,
                $"{field.SpecName} ends at {field.Offset + field.SizeBytes}, the header at {HeaderBytes}");
            previous = field;
        }
    }

    private void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new ArgumentException($"Profile '{Profile.Name}' cannot be laid out: {problem}.");
        }
    }

    private void RequireHeader(int length)
    {
        if (length < HeaderBytes)
        {
            throw new ArgumentException(
                $"The header of profile '{Profile.Name}' has {HeaderBytes} bytes, {length} were given.");
        }
    }

    private void SetNumber(Span<byte> header, VoidField field, ulong value)
    {
        Span<byte> at = header.Slice(_fields[(int)field].Offset, _fields[(int)field].SizeBytes);
        for (int i = 0; i < at.Length; i++)
        {
            at[BigEndian ? at.Length - 1 - i : i] = (byte)(value >> (8 * i));
        }
    }

    private void SetText(Span<byte> header, VoidField field, string value)
    {
        Span<byte> room = header.Slice(_fields[(int)field].Offset, _fields[(int)field].SizeBytes - 1);
        if (Profile.TextEncoding == VoidTextEncoding.Latin1)
        {
            for (int i = 0; i < Math.Min(value.Length, room.Length); i++)
            {
                room[i] = value[i] <= 0xFF ? (byte)value[i] : (byte)'?';
            }
        }
        else
        {
            // Cuts between characters, never inside one.
            System.Text.Unicode.Utf8.FromUtf16(value, room, out _, out _, replaceInvalidSequences: true);
        }
    }

    private string Text(ReadOnlySpan<byte> header, VoidField field)
    {
        ReadOnlySpan<byte> raw = RawText(header, field);
        int end = raw.IndexOf((byte)0);
        raw = end < 0 ? raw : raw[..end];
        return Profile.TextEncoding == VoidTextEncoding.Latin1
            ? Encoding.Latin1.GetString(raw)
            : Encoding.UTF8.GetString(raw);
    }
}
