using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;
using static Plenum.Platform.Interop.LinuxConstants;

namespace Plenum.Platform;

/// <content>Putting a new segment in the place of an old one, without a moment in which the name leads
/// nowhere.</content>
public sealed unsafe partial class SharedSegment
{
    /// <summary>Asks for the present size of the segment's file (one system call, no allocation).</summary>
    /// <returns>Size in bytes; less than <see cref="SizeBytes"/> when a peer truncated it.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public long CurrentSizeBytes()
    {
        ThrowIfDisposed();
        return OperatingSystem.IsLinux() ? CurrentSizeLinux() : SizeBytes;
    }

    /// <summary>Creates a segment that takes the name of an existing one: the name leads to the old one or to the
    /// filled new one.</summary>
    /// <param name="old">The segment to replace; processes that have it mapped keep its memory. It is not
    /// disposed.</param>
    /// <param name="sizeBytes">Size in bytes, at least 1.</param>
    /// <param name="initialize">Fills the zeroed segment before it gets its name; may be null.</param>
    /// <param name="options">Permission, page reservation, pre-fault; null for the defaults.</param>
    /// <returns>The mapped new segment.</returns>
    /// <exception cref="SegmentExistsException">The name leads to a third segment by now; nothing was
    /// changed.</exception>
    /// <exception cref="SharedMemorySpaceException">The file system has not enough space.</exception>
    /// <exception cref="SharedMemoryException">The system refused otherwise.</exception>
    /// <remarks>Where the system cannot exchange names (not on Linux) the old name is removed first.</remarks>
    public static SharedSegment Replace(
        SharedSegment old, long sizeBytes, Action<SharedSegment>? initialize = null, SegmentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeBytes, 1);
        if (!OperatingSystem.IsLinux())
        {
            _ = old.RemoveName();
            return Create(old.Name, sizeBytes, initialize, options);
        }

        // Built under a temporary name of its own, which the exchange then gives to the old segment.
        SegmentName temporary = SegmentName.Parse($".plenum-{Environment.ProcessId}-{Guid.NewGuid():N}");
        SharedSegment created = Create(temporary, sizeBytes, initialize, options);
        try
        {
            ExchangeLinux(temporary, old);
            var result = new SharedSegment(
                old.Name, created._mapping, created.SizeBytes, created.Access,
                created.OpenedInfo) { _file = created._file };
            return result;
        }
        catch
        {
            created.Dispose();
            throw;
        }
        finally
        {
            _ = Remove(temporary);
        }
    }

    [SupportedOSPlatform("linux")]
    private long CurrentSizeLinux()
    {
        using NativeFile.Lease file = _file!.Borrow();
        return LinuxNative.LSeek(file.Descriptor, 0, SEEK_END);
    }

    [SupportedOSPlatform("linux")]
    private static void ExchangeLinux(SegmentName temporary, SharedSegment old)
    {
        const string operation = "replace segment";
        Exchange(temporary, old.Name, operation);
        bool isOld = LinuxFiles.TryInfo(temporary.LinuxPathUtf8, out SegmentInfo info)
            && info.Inode == old.OpenedInfo.Inode && info.Device == old.OpenedInfo.Device;
        if (!isOld)
        {
            // The name led to a third segment: put that one back.
            Exchange(temporary, old.Name, operation);
            throw PosixErrors.ToException(Errno.EEXIST, operation, old.Name.Value);
        }
    }

    [SupportedOSPlatform("linux")]
    private static void Exchange(SegmentName left, SegmentName right, string operation)
    {
        fixed (byte* from = left.LinuxPathUtf8)
        fixed (byte* to = right.LinuxPathUtf8)
        {
            // PUBLISH [segment-name] As for creation: the initialised bytes are visible to who opens the name.
            int result = LinuxNative.RenameAt2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE);
            int errno = Marshal.GetLastPInvokeError();
            if (result != 0)
            {
                throw PosixErrors.ToException(errno, operation, right.Value);
            }
        }
    }
}
