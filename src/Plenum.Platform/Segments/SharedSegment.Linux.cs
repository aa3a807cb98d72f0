using System.Runtime.Versioning;
using Plenum.Platform.Interop;
using static Plenum.Platform.Interop.LinuxConstants;

namespace Plenum.Platform;

/// <content>Linux: files of /dev/shm, built with O_TMPFILE and published with linkat.</content>
public sealed unsafe partial class SharedSegment
{
    // Keeps the open file description: role locks live as long as it does.
    private NativeFile? _file;
    private bool _mayHoldRoles;

    [SupportedOSPlatform("linux")]
    private static SharedSegment CreateLinux(
        SegmentName name, long sizeBytes, Action<SharedSegment>? initialize, SegmentOptions options)
    {
        const string operation = "create segment";
        uint mode = UnixMode.Of(options.Permission);
        NativeFile file = LinuxFiles.OpenUnnamed(mode, out byte[]? temporaryPath, name.Value, operation);
        SharedSegment? segment = null;
        bool published = false;
        try
        {
            int descriptor = file.Descriptor;
            LinuxFiles.SetSize(descriptor, sizeBytes, options.ReservePages, operation, name.Value);
            if (LinuxNative.FChmod(descriptor, mode) != 0)
            {
                int errno = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
                throw PosixErrors.ToException(errno, operation, name.Value);
            }

            segment = MapLinux(name, file, sizeBytes, SegmentAccess.ReadWrite, options, operation);
            initialize?.Invoke(segment);

            // PUBLISH [segment-name] Everything the initialiser stored is visible to who opens the name: linkat is a
            //   system call and takes the directory's lock, which the opener's open(2) takes too.
            //   Weaker: publishing the name first shows a segment of zeros (the peers' creation race, zerobuffer 1.4).
            LinuxFiles.Publish(descriptor, temporaryPath, name.LinuxPathUtf8, name.Value, operation);
            published = true;
            segment.OpenedInfo = LinuxFiles.Info(descriptor, operation, name.Value);
            return segment;
        }
        finally
        {
            LinuxFiles.Discard(temporaryPath);
            if (!published)
            {
                segment?.Dispose();
                file.Dispose();
            }
        }
    }

    [SupportedOSPlatform("linux")]
    private static SharedSegment? OpenLinux(
        SegmentName name, SegmentAccess access, long minimumSizeBytes, SegmentOptions options)
    {
        const string operation = "open segment";

        // O_NONBLOCK: opening a pipe that somebody put there must not wait for its other end.
        int flags = (access == SegmentAccess.ReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

        // OBSERVE [segment-name] Pairs with the publication of the name: whoever finds the name sees the initialised
        //   bytes.
        NativeFile? file = LinuxFiles.TryOpen(name.LinuxPathUtf8, flags, operation, name.Value);
        if (file is null)
        {
            return null;
        }

        bool mapped = false;
        try
        {
            SegmentInfo info = LinuxFiles.Info(file.Descriptor, operation, name.Value);
            LinuxFiles.RequireRegular(info, minimumSizeBytes, operation, name.Value);
            if (access == SegmentAccess.ReadWrite && options.ReservePages && info.AllocatedBytes < info.SizeBytes)
            {
                LinuxFiles.Reserve(file.Descriptor, info.SizeBytes, operation, name.Value);
            }

            SharedSegment segment = MapLinux(name, file, info.SizeBytes, access, options, operation);
            mapped = true;
            return segment;
        }
        finally
        {
            if (!mapped)
            {
                file.Dispose();
            }
        }
    }

    [SupportedOSPlatform("linux")]
    private static SharedSegment MapLinux(
        SegmentName name, NativeFile file, long sizeBytes, SegmentAccess access, SegmentOptions options,
        string operation)
    {
        int protection = access == SegmentAccess.ReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
        nint address = LinuxNative.MMap(0, (nuint)sizeBytes, protection, MAP_SHARED, file.Descriptor, 0);
        int errno = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        if (address == -1)
        {
            throw PosixErrors.ToException(errno, operation, name.Value, sizeBytes,
                LinuxFiles.FreeBytes(file.Descriptor));
        }

        var mapping = new MappingHandle(address, sizeBytes);
        if (options.HugePages)
        {
            // Advice only: a kernel without huge pages for shared memory refuses it, and nothing else changes.
            _ = LinuxNative.MAdvise(address, (nuint)sizeBytes, MADV_HUGEPAGE);
        }

        SegmentInfo info = LinuxFiles.Info(file.Descriptor, operation, name.Value);
        var segment = new SharedSegment(name, mapping, sizeBytes, access, info) { _file = file };
        if (options.Prefault)
        {
            segment.Prefault(0, sizeBytes);
        }

        return segment;
    }

    [SupportedOSPlatform("linux")]
    private static bool RemoveLinux(SegmentName name)
    {
        fixed (byte* path = name.LinuxPathUtf8)
        {
            int result = LinuxNative.Unlink(path);
            int errno = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            return result == 0 || (errno == Errno.ENOENT
                ? false
                : throw PosixErrors.ToException(errno, "remove segment", name.Value));
        }
    }

    [SupportedOSPlatform("linux")]
    private SegmentInfo GetInfoLinux()
    {
        using NativeFile.Lease file = _file!.Borrow();
        return LinuxFiles.Info(file.Descriptor, "inspect segment", Name.Value);
    }

    [SupportedOSPlatform("linux")]
    private void ReservePagesLinux(long offset, long length)
    {
        using NativeFile.Lease file = _file!.Borrow();
        LinuxFiles.ReserveRange(file.Descriptor, offset, length, "reserve pages of segment", Name.Value);
    }

    [SupportedOSPlatform("linux")]
    private bool IsNamedLinux() =>
        LinuxFiles.TryInfo(Name.LinuxPathUtf8, out SegmentInfo info)
        && info.Inode == OpenedInfo.Inode && info.Device == OpenedInfo.Device;

    [SupportedOSPlatform("linux")]
    private bool TryLockRoleLinux(long offset, long length)
    {
        using NativeFile.Lease file = _file!.Borrow();
        _mayHoldRoles = true;
        return LinuxFiles.TryLockRange(file.Descriptor, offset, length, Name.Value);
    }

    [SupportedOSPlatform("linux")]
    private void UnlockRoleLinux(long offset, long length)
    {
        using NativeFile.Lease file = _file!.Borrow();
        LinuxFiles.UnlockRange(file.Descriptor, offset, length);
    }

    [SupportedOSPlatform("linux")]
    private bool IsRoleLockedLinux(long offset, long length)
    {
        using NativeFile.Lease file = _file!.Borrow();
        return LinuxFiles.IsRangeLocked(file.Descriptor, offset, length);
    }

    [SupportedOSPlatform("linux")]
    private void PrefaultLinux(byte* address, long length)
    {
        nint page = Environment.SystemPageSize;
        nint start = (nint)address & ~(page - 1);
        nuint bytes = (nuint)((nint)address + (nint)length - start);
        int advice = Access == SegmentAccess.ReadOnly ? MADV_POPULATE_READ : MADV_POPULATE_WRITE;
        if (LinuxNative.MAdvise(start, bytes, advice) == 0)
        {
            return;
        }

        // Kernels before 5.14: touch one byte of each page. Reading is enough to map pages that were reserved.
        byte sink = 0;
        for (byte* at = (byte*)start; at < address + length; at += page)
        {
            sink |= Volatile.Read(ref *at);
        }

        GC.KeepAlive(sink);
    }

    private void DisposeFile()
    {
        if (_file is null)
        {
            return;
        }

        // Explicitly: a child that was forked a moment ago and has not called exec yet still holds the file
        // description.
        if (OperatingSystem.IsLinux() && _mayHoldRoles)
        {
            UnlockRoleLinux(0, 0);
        }

        _file.Dispose();
    }
}
