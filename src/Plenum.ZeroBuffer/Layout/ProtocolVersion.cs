using System.Runtime.InteropServices;

namespace Plenum.ZeroBuffer;

/// <summary>The protocol version of a buffer: four bytes at offset 4 of its header.</summary>
/// <remarks>Immutable. Another major version is refused, a newer minor version is accepted and can be read here, the
/// patch is ignored; the fourth byte is reserved and 0 (spec zerobuffer 1.2, 1.4).</remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public readonly record struct ProtocolVersion
{
    internal const int SizeBytes = 0x04;

    [FieldOffset(0x00)] private readonly byte _major;
    [FieldOffset(0x01)] private readonly byte _minor;
    [FieldOffset(0x02)] private readonly byte _patch;
    [FieldOffset(0x03)] private readonly byte _reserved;

    /// <summary>Creates a version.</summary>
    /// <param name="major">Incompatible changes.</param>
    /// <param name="minor">Compatible additions.</param>
    /// <param name="patch">Corrections.</param>
    /// <param name="reserved">Must be 0 in a valid header.</param>
    public ProtocolVersion(byte major, byte minor, byte patch, byte reserved = 0)
    {
        _major = major;
        _minor = minor;
        _patch = patch;
        _reserved = reserved;
    }

    /// <summary>The version this library writes: 1.0.0.</summary>
    public static ProtocolVersion Current { get; } = new(1, 0, 0);

    /// <summary>Incompatible changes.</summary>
    public byte Major => _major;

    /// <summary>Compatible additions.</summary>
    public byte Minor => _minor;

    /// <summary>Corrections.</summary>
    public byte Patch => _patch;

    /// <summary>Reserved; 0 in a valid header.</summary>
    public byte Reserved => _reserved;

    /// <summary>True when a newer minor version than this library's wrote the header; it is accepted.</summary>
    public bool IsNewerMinor => _major == Current._major && _minor > Current._minor;

    /// <summary>The version as <c>major.minor.patch</c>.</summary>
    public override string ToString() => $"{_major}.{_minor}.{_patch}";

    internal static ProtocolVersion Decode(ReadOnlySpan<byte> bytes) => new(bytes[0], bytes[1], bytes[2], bytes[3]);

    /// <summary>The four bytes as the little-endian word that is stored at offset 4.</summary>
    internal uint ToWord() => (uint)(_major | (_minor << 8) | (_patch << 16) | (_reserved << 24));
}
