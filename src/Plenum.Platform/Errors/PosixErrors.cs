using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>The one place where errno becomes an exception.</summary>
internal static class PosixErrors
{
    internal static SharedMemoryException ToException(
        int errno, string operation, string name, long requestedBytes = 0, long availableBytes = -1)
    {
        string subject = $"Could not {operation} '{name}'";
        return errno switch
        {
            Errno.ENOENT => new SegmentNotFoundException(
                $"{subject}: it does not exist. Start the process that creates it, or check the name.", operation,
                name, errno),
            Errno.EEXIST => new SegmentExistsException(
                $"{subject}: the name is taken. Choose another name, or remove it first if its owner is gone.",
                operation, name, errno),
            Errno.ENOSPC or Errno.ENOMEM or Errno.EDQUOT => new SharedMemorySpaceException(
                $"{subject}: {requestedBytes} bytes were asked for, {Available(availableBytes)} free on the "
                + "shared-memory file "
                + "system. Ask for a smaller size, remove stale segments, or enlarge it (mount -o remount,size=..., "
                + "in a container "
                + "--shm-size).",
                operation, name, requestedBytes, availableBytes, errno),
            Errno.EACCES or Errno.EPERM => new SharedMemoryException(
                $"{subject}: permission denied. It belongs to another user; run as its owner, or let the owner create "
                + "it with "
                + "group or everyone permission.",
                operation, name, errno),
            Errno.ELOOP => new SharedMemoryException(
                $"{subject}: the name is a symbolic link, which is never followed. Remove the link.", operation, name,
                errno),
            Errno.EMFILE or Errno.ENFILE => new SharedMemoryException(
                $"{subject}: no file descriptor is left. Close segments, or raise the limit (ulimit -n).", operation,
                name, errno),
            Errno.EFBIG or Errno.EINVAL => new SharedMemoryException(
                $"{subject}: the system refused the name or the size of {requestedBytes} bytes (errno {errno}).",
                operation, name, errno),
            _ => new SharedMemoryException($"{subject}: errno {errno}.", operation, name, errno),
        };
    }

    private static string Available(long bytes) =>
        bytes < 0 ? "an unknown number of bytes" : string.Create(null, $"{bytes} bytes");
}
