using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Plenum.Platform.Interop;
using static Plenum.Platform.Interop.MacConstants;

namespace Plenum.Platform;

/// <content>macOS: POSIX shared-memory objects. Compiled, not run.</content>
/// <remarks>Differences: names of at most 30 bytes; no folder to list; an object appears with its name at once, with size 0 until its one
/// ftruncate, so <c>initialize</c> runs while others may open it, and formats must publish their magic last; the size is told in
/// whole pages; pages cannot be reserved.</remarks>
public sealed unsafe partial class SharedSegment
{
    [SupportedOSPlatform("macos")]
    private static SharedSegment CreateMacOS(
        SegmentName name, long sizeBytes, Action<SharedSegment>? initialize, SegmentOptions options)
    {
        const string operation = "create segment";
        ushort mode = (ushort)UnixMode.Of(options.Permission);
        fixed (byte* path = MacPath(name.Value, operation))
        {
            int descriptor = MacNative.ShmOpen(path, O_RDWR | O_CREAT | O_EXCL, mode);
            int errno = Marshal.GetLastPInvokeError();
            if (descriptor < 0)
            {
                throw PosixErrors.ToException(MacErrno(errno), operation, name.Value, sizeBytes);
            }

            var file = new NativeFile(descriptor);
            bool done = false;
            try
            {
                _ = MacNative.FChmod(descriptor, mode);
                int result = MacNative.FTruncate(descriptor, sizeBytes);
                errno = Marshal.GetLastPInvokeError();
                if (result != 0)
                {
                    throw PosixErrors.ToException(MacErrno(errno), operation, name.Value, sizeBytes);
                }

                SharedSegment segment = InitializeOrDispose(
                    MapMacOS(name, file, sizeBytes, SegmentAccess.ReadWrite, operation), initialize);
                done = true;
                return segment;
            }
            finally
            {
                if (!done)
                {
                    _ = MacNative.ShmUnlink(path);
                    file.Dispose();
                }
            }
        }
    }

    [SupportedOSPlatform("macos")]
    private static SharedSegment? OpenMacOS(SegmentName name, SegmentAccess access, long minimumSizeBytes)
    {
        const string operation = "open segment";
        fixed (byte* path = MacPath(name.Value, operation))
        {
            int descriptor = MacNative.ShmOpen(path, access == SegmentAccess.ReadOnly ? O_RDONLY : O_RDWR, 0);
            int errno = Marshal.GetLastPInvokeError();
            if (descriptor < 0)
            {
                return errno == ENOENT ? null : throw PosixErrors.ToException(MacErrno(errno), operation, name.Value);
            }

            var file = new NativeFile(descriptor);
            long size = MacInfo(descriptor, operation, name.Value).SizeBytes;
            if (size < minimumSizeBytes)
            {
                file.Dispose();
                throw TooSmall(name, size, minimumSizeBytes);
            }

            try
            {
                return MapMacOS(name, file, size, access, operation);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    [SupportedOSPlatform("macos")]
    private static SharedSegment MapMacOS(
        SegmentName name, NativeFile file, long sizeBytes, SegmentAccess access, string operation)
    {
        int protection = access == SegmentAccess.ReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
        nint address = MacNative.MMap(0, (nuint)sizeBytes, protection, MAP_SHARED, file.Descriptor, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (address == -1)
        {
            throw PosixErrors.ToException(MacErrno(errno), operation, name.Value, sizeBytes);
        }

        SegmentInfo info = MacInfo(file.Descriptor, operation, name.Value);
        return new SharedSegment(name, new MappingHandle(address, sizeBytes), sizeBytes, access, info) { _file = file };
    }

    [SupportedOSPlatform("macos")]
    private static bool RemoveMacOS(SegmentName name)
    {
        const string operation = "remove segment";
        fixed (byte* path = MacPath(name.Value, operation))
        {
            int result = MacNative.ShmUnlink(path);
            int errno = Marshal.GetLastPInvokeError();
            return result == 0
                || (errno == ENOENT ? false : throw PosixErrors.ToException(MacErrno(errno), operation, name.Value));
        }
    }

    [SupportedOSPlatform("macos")]
    private static SegmentInfo MacInfo(int descriptor, string operation, string name)
    {
        MacNative.StatBuffer s;
        int result = MacNative.FStat(descriptor, &s);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0
            ? new SegmentInfo(
                s.SizeBytes,
                s.Blocks * 512,
                (uint)s.Device,
                s.Inode,
                s.LinkCount,
                s.Mode,
                s.UserId,
                s.GroupId,
                DateTime.UnixEpoch.AddSeconds(s.ChangeSeconds),
                DateTime.UnixEpoch.AddSeconds(s.BirthSeconds))
            : throw PosixErrors.ToException(MacErrno(errno), operation, name);
    }

    /// <summary>The zero-terminated native name of a segment or semaphore.</summary>
    [SupportedOSPlatform("macos")]
    internal static byte[] MacPath(string name, string operation)
    {
        byte[] path = Encoding.UTF8.GetBytes("/" + name + "\0");
        return path.Length - 1 <= MaxNameBytes
            ? path
            : throw new SharedMemoryException(
                $"Could not {operation} '{name}': its name has {path.Length - 2} bytes in UTF-8, macOS allows {MaxNameBytes - 1}. Choose a "
                + "shorter name.",
                operation, name, ENAMETOOLONG);
    }

    /// <summary>The numbers that differ, translated to those the shared error function knows.</summary>
    [SupportedOSPlatform("macos")]
    internal static int MacErrno(int errno) => errno switch
    {
        EAGAIN => Errno.EAGAIN,
        ETIMEDOUT => Errno.ETIMEDOUT,
        ENAMETOOLONG => Errno.ENAMETOOLONG,
        EDQUOT => Errno.EDQUOT,
        _ => errno,
    };

    [SupportedOSPlatform("macos")]
    private SegmentInfo GetInfoMacOS()
    {
        using NativeFile.Lease file = _file!.Borrow();
        return MacInfo(file.Descriptor, "inspect segment", Name.Value);
    }

    [SupportedOSPlatform("macos")]
    private bool IsNamedMacOS()
    {
        fixed (byte* path = MacPath(Name.Value, "inspect segment"))
        {
            int descriptor = MacNative.ShmOpen(path, O_RDONLY, 0);
            if (descriptor < 0)
            {
                return false;
            }

            using var file = new NativeFile(descriptor);
            SegmentInfo found = MacInfo(descriptor, "inspect segment", Name.Value);
            return found.Inode == OpenedInfo.Inode && found.Device == OpenedInfo.Device;
        }
    }
}
