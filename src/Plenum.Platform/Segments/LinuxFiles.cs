using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Plenum.Platform.Interop;
using static Plenum.Platform.Interop.LinuxConstants;

namespace Plenum.Platform;

/// <summary>Steps on files that segments, segment readers and locks share.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class LinuxFiles
{
    private const int TypeMask = 0xF000;
    private const int TypeRegular = 0x8000;

    /// <summary>A file without a name in the shared-memory folder; where O_TMPFILE is refused, with a temporary
    /// name.</summary>
    internal static NativeFile OpenUnnamed(
        uint mode, out byte[]? temporaryPath, string name, string operation)
    {
        temporaryPath = null;
        fixed (byte* folder = "/dev/shm\0"u8)
        {
            int descriptor = LinuxNative.Open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
            int errno = Marshal.GetLastPInvokeError();
            if (descriptor >= 0)
            {
                return new NativeFile(descriptor);
            }

            if (errno is not (Errno.EOPNOTSUPP or Errno.EISDIR or Errno.EINVAL or Errno.ENOENT))
            {
                throw PosixErrors.ToException(errno, operation, name);
            }
        }

        return OpenTemporary(mode, out temporaryPath, name, operation);
    }

    /// <summary>The fallback: a temporary name that the publication links away and <see cref="Discard"/>
    /// removes.</summary>
    internal static NativeFile OpenTemporary(
        uint mode, out byte[]? temporaryPath, string name, string operation)
    {
        string path = $"{SegmentDirectory.LinuxPath}/.plenum-{Environment.ProcessId}-{Guid.NewGuid():N}";
        temporaryPath = Encoding.UTF8.GetBytes(path + "\0");
        fixed (byte* pointer = temporaryPath)
        {
            int descriptor = LinuxNative.Open(pointer, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
            int errno = Marshal.GetLastPInvokeError();
            return descriptor >= 0
                ? new NativeFile(descriptor)
                : throw PosixErrors.ToException(errno, operation, name);
        }
    }

    internal static void Discard(byte[]? temporaryPath)
    {
        if (temporaryPath is not null)
        {
            fixed (byte* pointer = temporaryPath)
            {
                _ = LinuxNative.Unlink(pointer);
            }
        }
    }

    /// <summary>Gives the file its name, atomically and only if the name is free.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="temporaryPath">Its temporary name; null when it has none.</param>
    /// <param name="path">The path to give it, zero-terminated.</param>
    /// <param name="name">The name for errors.</param>
    /// <param name="operation">The operation for errors.</param>
    internal static void Publish(
        int descriptor, byte[]? temporaryPath, ReadOnlySpan<byte> path, string name, string operation)
    {
        byte[] source = temporaryPath ?? Encoding.UTF8.GetBytes($"/proc/self/fd/{descriptor}\0");
        fixed (byte* from = source)
        fixed (byte* to = path)
        {
            int result = LinuxNative.LinkAt(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW);
            int errno = Marshal.GetLastPInvokeError();
            if (result != 0)
            {
                throw PosixErrors.ToException(errno, operation, name);
            }
        }
    }

    internal static NativeFile? TryOpen(ReadOnlySpan<byte> path, int flags, string operation, string name)
    {
        fixed (byte* pointer = path)
        {
            while (true)
            {
                int descriptor = LinuxNative.Open(pointer, flags, 0);
                int errno = Marshal.GetLastPInvokeError();
                if (descriptor >= 0)
                {
                    return new NativeFile(descriptor);
                }

                if (errno == Errno.ENOENT)
                {
                    return null;
                }

                if (errno != Errno.EINTR)
                {
                    throw PosixErrors.ToException(errno, operation, name);
                }
            }
        }
    }

    internal static void SetSize(int descriptor, long sizeBytes, bool reserve, string operation, string name)
    {
        int result = LinuxNative.FTruncate(descriptor, sizeBytes);
        int errno = Marshal.GetLastPInvokeError();
        if (result != 0)
        {
            throw PosixErrors.ToException(errno, operation, name, sizeBytes, FreeBytes(descriptor));
        }

        if (reserve)
        {
            Reserve(descriptor, sizeBytes, operation, name);
        }
    }

    /// <summary>Reserves every page; contents are kept, so it also protects the opener of a peer's sparse
    /// segment.</summary>
    internal static void Reserve(int descriptor, long sizeBytes, string operation, string name)
    {
        // Looked at first: the kernel would fill the machine's memory page by page before it found that the rest does
        // not fit.
        long free = FreeBytes(descriptor);
        long missing = sizeBytes - Info(descriptor, operation, name).AllocatedBytes;
        if (free >= 0 && missing > free)
        {
            throw PosixErrors.ToException(Errno.ENOSPC, operation, name, sizeBytes, free);
        }

        ReserveRange(descriptor, 0, sizeBytes, operation, name);
    }

    /// <summary>Reserves the pages of a range; contents are kept.</summary>
    internal static void ReserveRange(int descriptor, long offset, long sizeBytes, string operation, string name)
    {
        int error;
        do
        {
            error = LinuxNative.PosixFallocate(descriptor, offset, sizeBytes);
        }
        while (error == Errno.EINTR);

        if (error != 0)
        {
            throw PosixErrors.ToException(error, operation, name, sizeBytes, FreeBytes(descriptor));
        }
    }

    /// <summary>Free bytes of the file system for this user; -1 when unknown.</summary>
    internal static long FreeBytes(int descriptor)
    {
        // struct statvfs on 64-bit Linux: f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, ... as unsigned long.
        ulong* buffer = stackalloc ulong[16];
        return LinuxNative.FStatVfs(descriptor, buffer) == 0 ? (long)(buffer[1] * buffer[4]) : -1;
    }

    internal static SegmentInfo Info(int descriptor, string operation, string name)
    {
        LinuxNative.StatxBuffer buffer;
        fixed (byte* empty = "\0"u8)
        {
            const uint mask = LinuxNative.StatxBuffer.BasicStats | LinuxNative.StatxBuffer.BirthTime;
            int result = LinuxNative.Statx(descriptor, empty, AT_EMPTY_PATH, mask, &buffer);
            int errno = Marshal.GetLastPInvokeError();
            return result == 0 ? ToInfo(buffer) : throw PosixErrors.ToException(errno, operation, name);
        }
    }

    internal static bool TryInfo(ReadOnlySpan<byte> path, out SegmentInfo info)
    {
        LinuxNative.StatxBuffer buffer;
        fixed (byte* pointer = path)
        {
            const uint mask = LinuxNative.StatxBuffer.BasicStats | LinuxNative.StatxBuffer.BirthTime;
            bool found = LinuxNative.Statx(AT_FDCWD, pointer, 0, mask, &buffer) == 0;
            info = found ? ToInfo(buffer) : default;
            return found;
        }
    }

    internal static void RequireRegular(in SegmentInfo info, long minimumSizeBytes, string operation, string name)
    {
        if ((info.Mode & TypeMask) != TypeRegular)
        {
            throw new SegmentFormatException(
                $"Could not {operation} '{name}': it is not a regular file. Remove it or choose another name.",
                operation, name, "a regular file", $"file type {(info.Mode & TypeMask) >> 12}");
        }

        if (info.SizeBytes < minimumSizeBytes)
        {
            throw new SegmentFormatException(
                $"Could not {operation} '{name}': it has {info.SizeBytes} bytes, at least {minimumSizeBytes} are "
                + "needed. It is "
                + "being created by a peer that publishes before it sizes, or it is not a segment of this kind.",
                operation, name, $"at least {minimumSizeBytes} bytes", $"{info.SizeBytes} bytes");
        }
    }

    internal static bool TryLockRange(int descriptor, long offset, long length, string name)
    {
        var range = new LinuxNative.FlockRange { Type = F_WRLCK, Start = offset, Length = length };
        int result = LinuxNative.FcntlLock(descriptor, F_OFD_SETLK, &range);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 || (errno is Errno.EAGAIN or Errno.EACCES
            ? false
            : throw PosixErrors.ToException(errno, "lock a role of segment", name));
    }

    internal static void UnlockRange(int descriptor, long offset, long length)
    {
        var range = new LinuxNative.FlockRange { Type = F_UNLCK, Start = offset, Length = length };
        _ = LinuxNative.FcntlLock(descriptor, F_OFD_SETLK, &range);
    }

    internal static bool IsRangeLocked(int descriptor, long offset, long length)
    {
        var range = new LinuxNative.FlockRange { Type = F_WRLCK, Start = offset, Length = length };
        return LinuxNative.FcntlLock(descriptor, F_OFD_GETLK, &range) == 0 && range.Type != F_UNLCK;
    }

    private static SegmentInfo ToInfo(in LinuxNative.StatxBuffer s)
    {
        DateTime changed = Time(s.ChangeSeconds, s.ChangeNanoseconds);
        bool hasBirth = (s.Mask & LinuxNative.StatxBuffer.BirthTime) != 0;
        return new SegmentInfo(
            (long)s.SizeBytes,
            (long)(s.Blocks * 512),
            ((ulong)s.DeviceMajor << 32) | s.DeviceMinor,
            s.Inode,
            (int)s.LinkCount,
            s.Mode,
            s.UserId,
            s.GroupId,
            changed,
            hasBirth ? Time(s.BirthSeconds, s.BirthNanoseconds) : changed);
    }

    private static DateTime Time(long seconds, uint nanoseconds) =>
        DateTime.UnixEpoch.AddSeconds(seconds).AddTicks(nanoseconds / 100);
}
