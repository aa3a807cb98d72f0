using System.Runtime.InteropServices;

namespace ZeroBuffer;

/// <summary>The header of a buffer: 128 bytes, a copy in private memory.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 128)]
public struct OIEB
{
    /// <summary>Size of the structure in bytes.</summary>
    public static readonly int SIZE = 128;

    /// <summary>Size of the header in bytes: 128.</summary>
    public uint OiebSize;

    /// <summary>The protocol version.</summary>
    public ProtocolVersion Version;

    /// <summary>Size of the metadata block in bytes.</summary>
    public ulong MetadataSize;

    /// <summary>Bytes of the metadata block that are not written.</summary>
    public ulong MetadataFreeBytes;

    /// <summary>Bytes of the metadata block that are written, with their length prefix; 0 for none.</summary>
    public ulong MetadataWrittenBytes;

    /// <summary>Size of the payload ring in bytes.</summary>
    public ulong PayloadSize;

    /// <summary>Free bytes of the ring.</summary>
    public ulong PayloadFreeBytes;

    /// <summary>Ring position of the next frame to be written.</summary>
    public ulong PayloadWritePos;

    /// <summary>Ring position of the next frame to be read.</summary>
    public ulong PayloadReadPos;

    /// <summary>Frames and wrap markers written.</summary>
    public ulong PayloadWrittenCount;

    /// <summary>Frames and wrap markers read.</summary>
    public ulong PayloadReadCount;

    /// <summary>The writer's process; 0 for none.</summary>
    public ulong WriterPid;

    /// <summary>The reader's process; 0 for none.</summary>
    public ulong ReaderPid;

    /// <summary>Bytes between the read and the write position.</summary>
    public readonly ulong CalculateUsedBytes() => PayloadWritePos >= PayloadReadPos
        ? PayloadWritePos - PayloadReadPos
        : PayloadSize - PayloadReadPos + PayloadWritePos;

    /// <summary>Whether the free bytes suffice for a frame.</summary>
    /// <param name="frameSize">Size of the frame with its header.</param>
    public readonly bool HasSpaceFor(ulong frameSize) => PayloadFreeBytes >= frameSize;
}
