using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

internal static unsafe partial class LinuxNative
{
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint MMap(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "munmap", SetLastError = true)]
    internal static partial int MUnmap(nint address, nuint length);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "madvise", SetLastError = true)]
    internal static partial int MAdvise(nint address, nuint length, int advice);
}
