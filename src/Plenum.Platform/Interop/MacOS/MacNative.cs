using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

/// <summary>macOS. Every caller reads errno on the line after the call.</summary>
/// <remarks>shm_open and sem_open are variadic. On arm64 macOS variadic arguments travel on the stack in 8-byte slots, so the arm64 form of
/// each import fills the remaining argument registers (x2 to x7) with zeros and lets the real arguments spill.</remarks>
internal static unsafe partial class MacNative
{
    private static readonly bool s_arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    internal static int ShmOpen(byte* name, int flags, uint mode) => s_arm
        ? ShmOpenArm64(name, flags, 0, 0, 0, 0, 0, 0, (nint)mode)
        : ShmOpenX64(name, flags, mode);

    internal static nint SemOpen(byte* name, int flags, uint mode, uint value) => s_arm
        ? SemOpenArm64(name, flags, 0, 0, 0, 0, 0, 0, (nint)mode, (nint)value)
        : SemOpenX64(name, flags, mode, value);

    internal static int FStat(int fd, StatBuffer* buffer) => s_arm ? FStatArm64(fd, buffer) : FStatX64(fd, buffer);

    internal static int Stat(byte* path, StatBuffer* buffer) => s_arm ? StatArm64(path, buffer) : StatX64(path, buffer);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "shm_unlink", SetLastError = true)]
    internal static partial int ShmUnlink(byte* name);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int FTruncate(int fd, long length);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint MMap(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int FChmod(int fd, ushort mode);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "sem_close", SetLastError = true)]
    internal static partial int SemClose(nint semaphore);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "sem_unlink", SetLastError = true)]
    internal static partial int SemUnlink(byte* name);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "sem_post", SetLastError = true)]
    internal static partial int SemPost(nint semaphore);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "sem_trywait", SetLastError = true)]
    internal static partial int SemTryWait(nint semaphore);

    /// <summary>Returns a negative error number with ULF_NO_ERRNO; 0 microseconds means for ever.</summary>
    [LibraryImport(MacConstants.LibSystem, EntryPoint = "__ulock_wait")]
    internal static partial int ULockWait(uint operation, uint* address, ulong value, uint timeoutMicroseconds);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "__ulock_wake")]
    internal static partial int ULockWake(uint operation, uint* address, ulong wakeValue);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "shm_open", SetLastError = true)]
    private static partial int ShmOpenX64(byte* name, int flags, uint mode);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "shm_open", SetLastError = true)]
    private static partial int ShmOpenArm64(
        byte* name, int flags, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint mode);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "sem_open", SetLastError = true)]
    private static partial nint SemOpenX64(byte* name, int flags, uint mode, uint value);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "sem_open", SetLastError = true)]
    private static partial nint SemOpenArm64(
        byte* name, int flags, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint mode, nint value);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "fstat", SetLastError = true)]
    private static partial int FStatArm64(int fd, StatBuffer* buffer);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "fstat$INODE64", SetLastError = true)]
    private static partial int FStatX64(int fd, StatBuffer* buffer);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "stat", SetLastError = true)]
    private static partial int StatArm64(byte* path, StatBuffer* buffer);

    [LibraryImport(MacConstants.LibSystem, EntryPoint = "stat$INODE64", SetLastError = true)]
    private static partial int StatX64(byte* path, StatBuffer* buffer);

    /// <summary>struct stat with 64-bit inodes; the fields that are used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    internal struct StatBuffer
    {
        [FieldOffset(0)] internal int Device;
        [FieldOffset(4)] internal ushort Mode;
        [FieldOffset(6)] internal ushort LinkCount;
        [FieldOffset(8)] internal ulong Inode;
        [FieldOffset(16)] internal uint UserId;
        [FieldOffset(20)] internal uint GroupId;
        [FieldOffset(64)] internal long ChangeSeconds;
        [FieldOffset(72)] internal long ChangeNanoseconds;
        [FieldOffset(80)] internal long BirthSeconds;
        [FieldOffset(88)] internal long BirthNanoseconds;
        [FieldOffset(96)] internal long SizeBytes;
        [FieldOffset(104)] internal long Blocks;
    }
}
