using Plenum.Platform;

namespace Plenum.VoidShm;

/// <summary>A layout of the VOID SHM V2 contract: every fact about its bytes that the original does not
/// publish.</summary>
/// <remarks>
/// <para>The order of the ten header fields, the float32 payload behind the header and its channel-major order are
/// documented by the
/// original; widths, offsets, the magic number and the strings' capacity are not (spec voidshm 2.1). They are
/// assumptions, and each is a
/// property here. <see cref="VoidProfiles"/> holds the default and the rivals.</para>
/// <para>Immutable and thread-safe. Derive one with <c>with</c>; <see cref="Layout"/> validates it on first use.</para>
/// <example><code>
/// VoidProfile mine = VoidProfiles.Canon with { Name = "mine", Magic = 0x12345678, EpochWidth = VoidFieldWidth.U32 };
/// </code></example>
/// </remarks>
public sealed record VoidProfile
{
    /// <summary>The magic number of the default profile: the bytes 'V','O','I','D'. A guess (spec voidshm
    /// 3.1).</summary>
    public const uint AssumedMagic = 0x44494F56;

    private readonly LayoutCache _layout = new();

    /// <summary>Name of the profile.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence about what distinguishes it.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>Value of <c>magic</c> (key <c>magic</c>).</summary>
    public uint Magic { get; init; } = AssumedMagic;

    /// <summary>A reader accepts any magic number except 0 (key <c>magic</c> = <c>any</c>).</summary>
    public bool AcceptAnyMagic { get; init; }

    /// <summary>Value of <c>version</c> (key <c>version</c>).</summary>
    public uint Version { get; init; } = 2;

    /// <summary>Byte order (key <c>endian</c>).</summary>
    public VoidEndian Endian { get; init; }

    /// <summary>Largest alignment of a field: 0 for natural, else 1, 4 or 8 (key <c>pack</c>).</summary>
    public int Pack { get; init; }

    /// <summary>Width of <c>version</c>.</summary>
    public VoidFieldWidth VersionWidth { get; init; } = VoidFieldWidth.U32;

    /// <summary>Width of <c>header_size</c>.</summary>
    public VoidFieldWidth HeaderSizeWidth { get; init; } = VoidFieldWidth.U32;

    /// <summary>Width of <c>channels</c>.</summary>
    public VoidFieldWidth ChannelsWidth { get; init; } = VoidFieldWidth.U32;

    /// <summary>Width of <c>length</c>.</summary>
    public VoidFieldWidth LengthWidth { get; init; } = VoidFieldWidth.U32;

    /// <summary>Width of <c>epoch</c>.</summary>
    public VoidFieldWidth EpochWidth { get; init; } = VoidFieldWidth.U64;

    /// <summary>Width of <c>frame</c>.</summary>
    public VoidFieldWidth FrameWidth { get; init; } = VoidFieldWidth.U64;

    /// <summary>Capacity of <c>owner_app</c> in bytes, 1 to 4096, the terminating NUL included.</summary>
    public int OwnerAppBytes { get; init; } = 64;

    /// <summary>Capacity of <c>owner_project</c> in bytes.</summary>
    public int OwnerProjectBytes { get; init; } = 64;

    /// <summary>Capacity of <c>owner_node</c> in bytes.</summary>
    public int OwnerNodeBytes { get; init; } = 64;

    /// <summary>Encoding of the owner strings (key <c>str.encoding</c>).</summary>
    public VoidTextEncoding TextEncoding { get; init; }

    /// <summary>Explicit offsets (keys <c>offset.*</c>).</summary>
    public VoidFieldOffsets Offsets { get; init; } = VoidFieldOffsets.None;

    /// <summary>Explicit size of the header in bytes (key <c>header.size</c>); null for the end of the last field,
    /// aligned.</summary>
    public int? HeaderBytes { get; init; }

    /// <summary>Put before the user's name (key <c>name.prefix</c>). A leading slash means nothing on Linux.</summary>
    public string NamePrefix { get; init; } = "/";

    /// <summary>Longest prefix + name in UTF-8 bytes (key <c>name.max</c>); 31 is what macOS allows.</summary>
    public int NameMaxBytes { get; init; } = 31;

    /// <summary>Who may open a segment (key <c>mode</c>).</summary>
    public SegmentPermission Permission { get; init; } = SegmentPermission.SameUser;

    /// <summary>First epoch of a name (key <c>epoch.seed</c>).</summary>
    public VoidEpochSeed EpochSeed { get; init; }

    /// <summary>The frame counter at a new epoch (key <c>frame.on_epoch</c>).</summary>
    public VoidFrameOnEpoch FrameOnEpoch { get; init; }

    /// <summary>How a segment is given up (key <c>invalidate</c>).</summary>
    public VoidInvalidation Invalidation { get; init; }

    /// <summary>How readers compare the file's size (key <c>size.check</c>).</summary>
    public VoidSizeRule SizeRule { get; init; }

    /// <summary>What the index of <c>set</c> counts (key <c>set.index</c>).</summary>
    public VoidSetIndex SetIndex { get; init; }

    /// <summary>Whether a segment seen for the first time counts as alive (key <c>alive.first</c>).</summary>
    public bool AliveFirst { get; init; }

    /// <summary>Whether our writers append the tear-free trailer after the payload (key <c>trailer</c>).</summary>
    public bool Trailer { get; init; } = true;

    /// <summary>The precomputed placement of every field.</summary>
    /// <exception cref="ArgumentException">The profile contradicts itself; the message says where.</exception>
    public VoidLayout Layout => _layout.Of(this);

    /// <summary>The same profile with three owner strings of one capacity.</summary>
    /// <param name="bytes">Capacity in bytes, 1 to 4096.</param>
    public VoidProfile WithStringCapacity(int bytes) =>
        this with { OwnerAppBytes = bytes, OwnerProjectBytes = bytes, OwnerNodeBytes = bytes };

    /// <inheritdoc/>
    public override string ToString() => Name;

    // A record compares its fields; the cache equals every other and is rebuilt for a copy that differs.
    private sealed class LayoutCache : IEquatable<LayoutCache>
    {
        private VoidLayout? _layout;

        public bool Equals(LayoutCache? other) => other is not null;

        public override bool Equals(object? obj) => obj is LayoutCache;

        public override int GetHashCode() => 0;

        internal VoidLayout Of(VoidProfile profile)
        {
            VoidLayout? layout = Volatile.Read(ref _layout);
            if (layout is null || !ReferenceEquals(layout.Profile, profile))
            {
                layout = new VoidLayout(profile);
                Volatile.Write(ref _layout, layout);
            }

            return layout;
        }
    }
}
