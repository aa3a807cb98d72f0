using Plenum.Platform;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>Looks at a buffer that may be anybody's.</summary>
internal static class BufferInspection
{
    internal static ExistingBuffer Look(BufferNames names, out ulong readerPid)
    {
        readerPid = 0;
        if (!SegmentFile.TryOpen(names.Segment, out SegmentFile? file))
        {
            return ExistingBuffer.None;
        }

        using (file)
        {
            Span<byte> copy = stackalloc byte[OperationInfoBlock.SizeBytes];
            int count = file.Read(0, copy);
            if (count == 0 || copy[..count].IndexOfAnyExcept((byte)0) < 0)
            {
                // The peers create the segment under its final name and fill it afterwards. Whoever asks holds their
                // locks.
                return ExistingBuffer.Ownerless;
            }

            if (count < copy.Length)
            {
                return ExistingBuffer.Foreign;
            }

            OperationInfoBlock block = OperationInfoBlock.Decode(copy);
            readerPid = block.ReaderPid;
            if (block.OiebSize is not (OperationInfoBlock.SizeBytes or OperationInfoBlock.Version2SizeBytes))
            {
                return ExistingBuffer.Foreign;
            }

            return Judge(file, block);
        }
    }

    private static ExistingBuffer Judge(SegmentFile file, in OperationInfoBlock block)
    {
        if (Lives(file, OperationInfoBlock.ReaderPidOffset, block.ReaderPid))
        {
            return ExistingBuffer.Owned;
        }

        return Lives(file, OperationInfoBlock.WriterPidOffset, block.WriterPid)
            ? ExistingBuffer.WriterOnly
            : ExistingBuffer.Ownerless;
    }

    // Unknown is not dead: the pid may belong to another pid namespace.
    private static bool Lives(SegmentFile file, long roleOffset, ulong pid) =>
        file.IsRoleLocked(roleOffset, sizeof(ulong))
        || (pid != 0 && ProcessIdentity.Check((long)pid) != ProcessLiveness.Dead);
}
