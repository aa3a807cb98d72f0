using System.Runtime.InteropServices;

namespace ZeroBuffer;

/// <summary>A protocol version: the four bytes at offset 4 of a buffer's header.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = 4)]
public struct ProtocolVersion
{
    /// <summary>Incompatible changes.</summary>
    public byte Major;

    /// <summary>Compatible additions.</summary>
    public byte Minor;

    /// <summary>Corrections.</summary>
    public byte Patch;

    /// <summary>Reserved; 0.</summary>
    public byte Reserved;

    /// <summary>Creates a version.</summary>
    /// <param name="major">Incompatible changes.</param>
    /// <param name="minor">Compatible additions.</param>
    /// <param name="patch">Corrections.</param>
    public ProtocolVersion(byte major, byte minor = 0, byte patch = 0)
    {
        Major = major;
        Minor = minor;
        Patch = patch;
        Reserved = 0;
    }

    /// <summary>True when both have the same major version.</summary>
    /// <param name="other">The other version.</param>
    public readonly bool IsCompatibleWith(ProtocolVersion other) => Major == other.Major;
}
