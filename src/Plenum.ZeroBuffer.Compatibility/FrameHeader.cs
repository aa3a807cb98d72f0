using System.Runtime.InteropServices;

namespace ZeroBuffer;

/// <summary>The 16 bytes before each frame's data.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 16)]
public struct FrameHeader
{
    /// <summary>Size of the structure in bytes.</summary>
    public static readonly int SIZE = 16;

    /// <summary>Bytes of data that follow; 0 only in a wrap marker.</summary>
    public ulong PayloadSize;

    /// <summary>The writer's number of the frame.</summary>
    public ulong SequenceNumber;

    /// <summary>True for a header that says "continue at position 0".</summary>
    public readonly bool IsWrapMarker => PayloadSize == 0;
}
