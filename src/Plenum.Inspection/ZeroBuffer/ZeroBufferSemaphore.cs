using System.Buffers.Binary;
using Plenum.Platform;

namespace Plenum.Inspection.ZeroBuffer;

/// <summary>The value of one of a buffer's semaphores, read from its file without opening it as a semaphore.</summary>
/// <remarks>glibc on 64-bit Linux keeps the value in the first and the number of waiters in the second 32-bit
/// word.</remarks>
internal readonly record struct ZeroBufferSemaphore(uint Value, uint Waiters)
{
    internal const string WritePrefix = "sem-w-";
    internal const string ReadPrefix = "sem-r-";

    /// <summary>Reads a semaphore; null when it does not exist or may not be read.</summary>
    internal static ZeroBufferSemaphore? Find(string prefix, string bufferName)
    {
        if (!SegmentDirectory.IsSupported || !SegmentName.TryParse("sem." + prefix + bufferName, out SegmentName? name))
        {
            return null;
        }

        try
        {
            if (!SegmentFile.TryOpen(name!, out SegmentFile? file))
            {
                return null;
            }

            using (file)
            {
                Span<byte> words = stackalloc byte[8];
                return file.Read(0, words) == words.Length
                    ? new ZeroBufferSemaphore(
                        BinaryPrimitives.ReadUInt32LittleEndian(words),
                            BinaryPrimitives.ReadUInt32LittleEndian(words[4..]))
                    : null;
            }
        }
        catch (SharedMemoryException)
        {
            return null;
        }
    }
}
