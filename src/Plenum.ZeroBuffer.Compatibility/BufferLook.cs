using System.Buffers.Binary;
using Plenum.Platform;

namespace ZeroBuffer;

/// <summary>Looks at a buffer without connecting to it.</summary>
internal static class BufferLook
{
    private const int ReaderPidOffset = 0x58;

    /// <summary>Finds a complete buffer.</summary>
    /// <param name="name">The name.</param>
    /// <param name="hasReader">Whether it has a reader.</param>
    /// <returns>False when the segment or one of its semaphores does not exist, or its header is not written
    /// yet.</returns>
    internal static bool TryFindReader(string name, out bool hasReader)
    {
        hasReader = false;
        SegmentName segment = SegmentName.Parse(name);
        if (!SegmentFile.TryOpen(segment, out SegmentFile? file))
        {
            return false;
        }

        Span<byte> header = stackalloc byte[OIEB.SIZE];
        using (file)
        {
            if (file.Read(0, header) < header.Length || BinaryPrimitives.ReadUInt32LittleEndian(header) == 0)
            {
                return false;
            }
        }

        if (!Exists("sem-w-" + segment.Value) || !Exists("sem-r-" + segment.Value))
        {
            return false;
        }

        hasReader = BinaryPrimitives.ReadUInt64LittleEndian(header[ReaderPidOffset..]) != 0;
        return true;
    }

    private static bool Exists(string semaphore)
    {
        bool exists = NamedSemaphore.TryOpen(semaphore, out NamedSemaphore? found);
        found?.Dispose();
        return exists;
    }
}
