using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

internal static unsafe partial class LinuxNative
{
    // sem_open is variadic; see Interop.Futex.cs. It returns NULL (not -1) on failure with glibc and musl.
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sem_open", SetLastError = true)]
    internal static partial nint SemOpen(byte* name, int flags, uint mode, uint value);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sem_close", SetLastError = true)]
    internal static partial int SemClose(nint semaphore);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sem_unlink", SetLastError = true)]
    internal static partial int SemUnlink(byte* name);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sem_post", SetLastError = true)]
    internal static partial int SemPost(nint semaphore);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sem_trywait", SetLastError = true)]
    internal static partial int SemTryWait(nint semaphore);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sem_timedwait", SetLastError = true)]
    internal static partial int SemTimedWait(nint semaphore, TimeSpec* deadline);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sem_getvalue", SetLastError = true)]
    internal static partial int SemGetValue(nint semaphore, int* value);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "gnu_get_libc_version")]
    internal static partial nint GnuGetLibcVersion();
}
