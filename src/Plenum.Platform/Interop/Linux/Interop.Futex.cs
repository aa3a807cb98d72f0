using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

internal static unsafe partial class LinuxNative
{
    // syscall(2) is variadic; on Linux x86-64 and arm64 variadic integers and pointers travel like fixed ones.
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "syscall", SetLastError = true)]
    internal static partial long Futex(
        long number, uint* address, int operation, uint value, TimeSpec* timeout, uint* address2, uint value3);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "syscall", SetLastError = true)]
    internal static partial long FutexWaitV(
        long number, FutexWaitEntry* waiters, uint count, uint flags, TimeSpec* timeout, int clock);

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;

        /// <summary>An absolute time on CLOCK_MONOTONIC, which is what <see cref="System.Diagnostics.Stopwatch"/> reads
        /// on Linux.</summary>
        internal static TimeSpec FromNanoseconds(long nanoseconds) => new()
        {
            Seconds = nanoseconds / 1_000_000_000,
            Nanoseconds = nanoseconds % 1_000_000_000,
        };
    }

    /// <summary>struct futex_waitv.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FutexWaitEntry
    {
        internal ulong Value;
        internal ulong Address;
        internal uint Flags;
        internal uint Reserved;
    }
}
