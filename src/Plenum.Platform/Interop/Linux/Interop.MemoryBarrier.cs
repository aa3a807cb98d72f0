using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

internal static partial class LinuxNative
{
    internal const int MEMBARRIER_CMD_GLOBAL_EXPEDITED = 2;
    internal const int MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED = 4;

    internal static long SYS_membarrier =>
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 283 : 324;

    // syscall(2) is variadic; on Linux x86-64 and arm64 variadic integers travel like fixed ones.
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "syscall", SetLastError = true)]
    internal static partial long MemoryBarrier(long number, int command, uint flags, int processor);
}
