using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

internal static unsafe partial class LinuxNative
{
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int processId, int signal);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUserId();

    /// <summary>sched_setaffinity for the calling thread (pid 0).</summary>
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sched_setaffinity", SetLastError = true)]
    internal static partial int SchedSetAffinity(int processId, nuint size, ulong* mask);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "sched_getaffinity", SetLastError = true)]
    internal static partial int SchedGetAffinity(int processId, nuint size, ulong* mask);
}
