using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>The one place where a Win32 error code becomes an exception.</summary>
internal static class WindowsErrors
{
    internal static SharedMemoryException ToException(int error, string operation, string name, long requestedBytes)
    {
        string subject = $"Could not {operation} '{name}'";
        return error switch
        {
            WindowsNative.ERROR_FILE_NOT_FOUND => new SegmentNotFoundException(
                $"{subject}: it does not exist. Start the process that creates it, or check the name.", operation, name, error),
            WindowsNative.ERROR_ALREADY_EXISTS => new SegmentExistsException(
                $"{subject}: the name is taken. Choose another name, or end the processes that hold it.", operation, name, error),
            WindowsNative.ERROR_NOT_ENOUGH_MEMORY or WindowsNative.ERROR_DISK_FULL or WindowsNative.ERROR_COMMITMENT_LIMIT =>
                new SharedMemorySpaceException(
                    $"{subject}: {requestedBytes} bytes were asked for and the paging file has not enough. Ask for a smaller size or "
                    + "enlarge the paging file.",
                    operation, name, requestedBytes, -1, error),
            WindowsNative.ERROR_ACCESS_DENIED => new SharedMemoryException(
                $"{subject}: access denied. It belongs to another user; run as its owner, or let the owner create it with everyone "
                + "permission.",
                operation, name, error),
            _ => new SharedMemoryException($"{subject}: Win32 error {error}.", operation, name, error),
        };
    }
}
