namespace Plenum.VoidShm;

/// <summary>The profiles that come with the library (spec voidshm 3.1 and 3.2).</summary>
/// <remarks>Thread-safe.</remarks>
public static class VoidProfiles
{
    /// <summary>The default: 232 bytes of header, 64-bit counters, natural alignment, with the tear-free trailer. Rival
    /// A.</summary>
    public static VoidProfile Canon { get; } = new()
    {
        Name = "canon",
        Description = "u64 epoch and frame, natural alignment, 64-byte strings (rival A); trailer after the payload",
    };

    /// <summary>The default layout without any byte after the payload.</summary>
    public static VoidProfile Strict { get; } = Canon with
    {
        Name = "strict",
        Description = "canon without the trailer: only header and payload, snapshots cannot be verified",
        Trailer = false,
    };

    /// <summary>Rival B: 32-bit epoch, 64-bit frame, natural alignment without a hole.</summary>
    public static VoidProfile B { get; } = Canon with
    {
        Name = "b",
        Description = "u32 epoch, u64 frame, natural alignment",
        EpochWidth = VoidFieldWidth.U32,
    };

    /// <summary>Rival C: 32-bit epoch and frame.</summary>
    public static VoidProfile C { get; } = Canon with
    {
        Name = "c",
        Description = "u32 epoch, u32 frame, natural alignment",
        EpochWidth = VoidFieldWidth.U32,
        FrameWidth = VoidFieldWidth.U32,
    };

    /// <summary>Rival D: the default's widths, packed without alignment.</summary>
    public static VoidProfile D { get; } = Canon with
    {
        Name = "d",
        Description = "u64 epoch and frame, packed to 1",
        Pack = 1,
    };

    /// <summary>Rival E: 16-bit version and header size.</summary>
    public static VoidProfile E { get; } = Canon with
    {
        Name = "e",
        Description = "u16 version and header_size, u64 epoch and frame, natural alignment",
        VersionWidth = VoidFieldWidth.U16,
        HeaderSizeWidth = VoidFieldWidth.U16,
    };

    /// <summary>Rival F: 64-bit channels and length.</summary>
    public static VoidProfile F { get; } = Canon with
    {
        Name = "f",
        Description = "u64 channels, length, epoch and frame, natural alignment",
        ChannelsWidth = VoidFieldWidth.U64,
        LengthWidth = VoidFieldWidth.U64,
    };

    /// <summary>Rival G: 64-bit epoch, 32-bit frame; its header has the size of rival A's.</summary>
    public static VoidProfile G { get; } = Canon with
    {
        Name = "g",
        Description = "u64 epoch, u32 frame, natural alignment with 4 bytes at the end",
        FrameWidth = VoidFieldWidth.U32,
    };

    /// <summary>Every built-in profile: the default, strict, and the rivals B to G.</summary>
    public static IReadOnlyList<VoidProfile> All { get; } = [Canon, Strict, B, C, D, E, F, G];

    /// <summary>The rival layouts A to G (A is the default's layout).</summary>
    public static IReadOnlyList<VoidProfile> Rivals { get; } = [Canon, B, C, D, E, F, G];

    /// <summary>Finds a built-in profile; <c>a</c> is the default.</summary>
    /// <param name="name">Its name; case does not matter.</param>
    /// <returns>Null when there is none of that name.</returns>
    public static VoidProfile? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Equals("a", StringComparison.OrdinalIgnoreCase))
        {
            return Canon;
        }

        return All.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}
