using System.Text;
using Plenum.Platform;
using Plenum.VoidShm.Layout;
using Plenum.VoidShm.Reading;

namespace Plenum.VoidShm;

/// <summary>Finds out which profiles fit a segment, by what its header says about itself (spec voidshm 3.2).</summary>
/// <remarks>
/// <para><c>header_size</c> describes itself: with string capacities that are multiples of 16 it separates the rivals A
/// to D and F;
/// holes that are not zero and owner strings that are not text separate the rest. A and G with empty owner strings look
/// the
/// same, and then both are reported.</para>
/// <para>Thread-safe. Copies the header out of the segment; maps nothing.</para>
/// </remarks>
public static class VoidProbe
{
    private const int CapacityStep = 16;
    private const int MaxCapacity = 4096;

    /// <summary>Examines a segment.</summary>
    /// <param name="name">Name of the segment.</param>
    /// <param name="profiles">The profiles to try; null for the rivals A to G.</param>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static VoidProbeReport Examine(string name, IEnumerable<VoidProfile>? profiles = null)
    {
        if (!SegmentName.TryParse(name, out SegmentName? segment) || segment is null)
        {
            return new VoidProbeReport(VoidValidity.BadName, 0, []);
        }

        using var sampler = new SegmentSampler(segment);
        VoidValidity code = SnapshotCopy.Open(sampler, VoidProfiles.C.WithStringCapacity(1).Layout);
        if (code != VoidValidity.Ok)
        {
            return new VoidProbeReport(code, sampler.SizeBytes, []);
        }

        byte[] bytes = new byte[Math.Min(sampler.SizeBytes, VoidLayout.MaxHeaderBytes)];
        int read = (int)sampler.Read<byte>(0, bytes);
        return Examine(bytes.AsSpan(0, read), sampler.SizeBytes, profiles);
    }

    /// <summary>Examines the first bytes of a segment.</summary>
    /// <param name="start">The segment's first bytes, the whole header at least.</param>
    /// <param name="sizeBytes">Size of the whole segment.</param>
    /// <param name="profiles">The profiles to try; null for the rivals A to G.</param>
    public static VoidProbeReport Examine(
        ReadOnlySpan<byte> start, long sizeBytes, IEnumerable<VoidProfile>? profiles = null)
    {
        var findings = new List<VoidProbeFinding>();
        foreach (VoidProfile profile in profiles ?? VoidProfiles.Rivals)
        {
            findings.Add(Judge(start, sizeBytes, profile));
        }

        return new VoidProbeReport(VoidValidity.Ok, sizeBytes, findings);
    }

    private static VoidProbeFinding Judge(ReadOnlySpan<byte> start, long sizeBytes, VoidProfile profile)
    {
        var reasons = new List<string>();
        VoidProfile adapted = Adapt(start, profile, reasons);
        VoidLayout layout = adapted.Layout;
        if (start.Length < layout.HeaderBytes)
        {
            return Refuse(
                adapted, reasons, $"the header would have {layout.HeaderBytes} bytes, the segment has {start.Length}");
        }

        VoidHeader header = layout.Decode(start);
        bool magicMatches = header.Magic == profile.Magic;
        if (!magicMatches && header.Magic != 0)
        {
            reasons.Add($"magic is 0x{header.Magic:X8}, the profile assumes 0x{profile.Magic:X8}");
            adapted = adapted with { Magic = header.Magic, AcceptAnyMagic = false };
            layout = adapted.Layout;
        }

        VoidValidity code = layout.Validate(header, sizeBytes);
        if (code != VoidValidity.Ok)
        {
            return Refuse(adapted, reasons, $"{VoidCodes.SpecName(code)}: {Detail(code, header, layout, sizeBytes)}");
        }

        string? contradiction = Holes(start, layout) ?? Texts(start, layout) ?? FrameIsText(header, layout);
        if (contradiction is not null)
        {
            return Refuse(adapted, reasons, contradiction);
        }

        reasons.Add(
            $"version {header.Version}, header_size {header.HeaderSize}, {header.Channels} x {header.Length} floats "
            + "fit "
            + $"{sizeBytes} bytes; holes are 0 and the owner strings are text");
        AddTrailer(sizeBytes, layout, header, reasons);
        return new VoidProbeFinding(adapted, true, magicMatches, reasons);
    }

    private static void AddTrailer(long sizeBytes, VoidLayout layout, in VoidHeader header, List<string> reasons)
    {
        _ = VoidLayout.TryPayloadBytes(header.Channels, header.Length, out long payload);
        long rest = sizeBytes - layout.HeaderBytes - payload;
        if (rest > 0)
        {
            reasons.Add(rest >= TrailerV1.SizeBytes
                ? $"{rest} bytes follow the payload: room for the tear-free trailer"
                : $"{rest} bytes follow the payload");
        }
    }

    private static VoidProbeFinding Refuse(VoidProfile profile, List<string> reasons, string why)
    {
        reasons.Add(why);
        return new VoidProbeFinding(profile, false, false, reasons);
    }

    // The size in the header says how long the strings are, if all three are equally long and a multiple of 16.
    private static VoidProfile Adapt(ReadOnlySpan<byte> start, VoidProfile profile, List<string> reasons)
    {
        VoidLayout layout = profile.Layout;
        VoidFieldPlacement at = layout[VoidField.HeaderSize];
        if (profile.HeaderBytes is not null || start.Length < at.Offset + at.SizeBytes)
        {
            return profile;
        }

        ulong size = layout.Number(start, VoidField.HeaderSize);
        if (size == (ulong)layout.HeaderBytes || size > VoidLayout.MaxHeaderBytes)
        {
            return profile;
        }

        for (int capacity = CapacityStep; capacity <= MaxCapacity; capacity += CapacityStep)
        {
            VoidProfile candidate = profile.WithStringCapacity(capacity);
            if (candidate.Layout.HeaderBytes == (int)size)
            {
                reasons.Add($"header_size {size} means strings of {capacity} bytes");
                return candidate;
            }
        }

        return profile;
    }

    private static string Detail(VoidValidity code, in VoidHeader header, VoidLayout layout, long sizeBytes) =>
        code switch
        {
            VoidValidity.BadMagic => "magic is 0: invalidated, or being created",
            VoidValidity.BadVersion => $"version is {header.Version}, expected {layout.Profile.Version}",
            VoidValidity.BadHeaderSize =>
                $"header_size is {header.HeaderSize}, the layout has {layout.HeaderBytes} (or another multiple-of-16 "
                + "string capacity)",
            VoidValidity.BadShape => $"channels {header.Channels}, length {header.Length}",
            _ => $"{header.Channels} x {header.Length} floats do not fit {sizeBytes} bytes",
        };

    private static string? Holes(ReadOnlySpan<byte> start, VoidLayout layout)
    {
        int at = 0;
        foreach (VoidFieldPlacement field in layout.Fields.OrderBy(f => f.Offset))
        {
            if (start[at..field.Offset].ContainsAnyExcept((byte)0))
            {
                return $"the hole before {field.SpecName} (offset {at}) is not 0";
            }

            at = field.Offset + field.SizeBytes;
        }

        return start[at..layout.HeaderBytes].ContainsAnyExcept((byte)0)
            ? $"the end of the header (offset {at}) is not 0"
            : null;
    }

    private static string? Texts(ReadOnlySpan<byte> start, VoidLayout layout)
    {
        for (VoidField field = VoidField.OwnerApp; field <= VoidField.OwnerNode; field++)
        {
            ReadOnlySpan<byte> raw = layout.RawText(start, field);
            int end = raw.IndexOf((byte)0);
            if (end < 0)
            {
                return $"{layout[field].SpecName} has no terminating NUL";
            }

            if (raw[end..].ContainsAnyExcept((byte)0))
            {
                return $"{layout[field].SpecName} (offset {layout[field].Offset}) goes on behind its NUL";
            }

            if (!IsText(raw[..end], layout.Profile.TextEncoding))
            {
                return $"{layout[field].SpecName} (offset {layout[field].Offset}) is not text";
            }
        }

        return null;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes, VoidTextEncoding encoding)
    {
        foreach (byte b in bytes)
        {
            if (b is < 0x20 or 0x7F)
            {
                return false;
            }
        }

        return encoding == VoidTextEncoding.Latin1 || System.Text.Unicode.Utf8.IsValid(bytes);
    }

    // A 64-bit counter whose upper half spells text is a 32-bit counter with a string behind it.
    private static string? FrameIsText(in VoidHeader header, VoidLayout layout)
    {
        if (layout[VoidField.Frame].SizeBytes != 8 || header.Frame >> 32 == 0)
        {
            return null;
        }

        Span<byte> half = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(half, (uint)(header.Frame >> 32));
        ReadOnlySpan<byte> text = half.TrimEnd((byte)0);
        return !text.Contains((byte)0) && IsText(text, VoidTextEncoding.Latin1)
            ? $"the upper half of frame spells '{Encoding.Latin1.GetString(text)}'"
            : null;
    }
}
