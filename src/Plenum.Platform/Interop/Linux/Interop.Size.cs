using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

internal static unsafe partial class LinuxNative
{
    /// <summary>With SEEK_END the cheapest way to ask for a file's size; errno is not kept.</summary>
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "lseek")]
    internal static partial long LSeek(int fd, long offset, int whence);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "renameat2", SetLastError = true)]
    internal static partial int RenameAt2(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, uint flags);
}
