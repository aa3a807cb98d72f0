using System.Runtime.InteropServices;

namespace Plenum.Platform.Interop;

/// <summary>Files: the calls behind segments and lock files. Every caller reads errno on the line after the
/// call.</summary>
internal static unsafe partial class LinuxNative
{
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "open", SetLastError = true)]
    internal static partial int Open(byte* path, int flags, uint mode);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "memfd_create", SetLastError = true)]
    internal static partial int MemFdCreate(byte* label, uint flags);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int FTruncate(int fd, long length);

    /// <summary>Returns the error number; errno is not set.</summary>
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "posix_fallocate")]
    internal static partial int PosixFallocate(int fd, long offset, long length);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int FChmod(int fd, uint mode);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "linkat", SetLastError = true)]
    internal static partial int LinkAt(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, int flags);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "unlink", SetLastError = true)]
    internal static partial int Unlink(byte* path);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint PRead(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint PWrite(int fd, byte* buffer, nuint count, long offset);

    /// <summary>statx: one layout on every architecture, unlike stat.</summary>
    [LibraryImport(LinuxConstants.Libc, EntryPoint = "statx", SetLastError = true)]
    internal static partial int Statx(int directory, byte* path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "fstatvfs", SetLastError = true)]
    internal static partial int FStatVfs(int fd, ulong* buffer);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "flock", SetLastError = true)]
    internal static partial int Flock(int fd, int operation);

    [LibraryImport(LinuxConstants.Libc, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int FcntlLock(int fd, int command, FlockRange* range);

    /// <summary>struct flock of the kernel for the OFD commands (64-bit).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FlockRange
    {
        internal short Type;
        internal short Whence;
        internal long Start;
        internal long Length;
        internal int ProcessId;
    }

    /// <summary>The fields of struct statx that are used; the rest is padding up to 256 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatxBuffer
    {
        internal const uint BasicStats = 0x7FF;
        internal const uint BirthTime = 0x800;

        [FieldOffset(0)] internal uint Mask;
        [FieldOffset(16)] internal uint LinkCount;
        [FieldOffset(20)] internal uint UserId;
        [FieldOffset(24)] internal uint GroupId;
        [FieldOffset(28)] internal ushort Mode;
        [FieldOffset(32)] internal ulong Inode;
        [FieldOffset(40)] internal ulong SizeBytes;
        [FieldOffset(48)] internal ulong Blocks;
        [FieldOffset(80)] internal long BirthSeconds;
        [FieldOffset(88)] internal uint BirthNanoseconds;
        [FieldOffset(96)] internal long ChangeSeconds;
        [FieldOffset(104)] internal uint ChangeNanoseconds;
        [FieldOffset(112)] internal long ModifySeconds;
        [FieldOffset(120)] internal uint ModifyNanoseconds;
        [FieldOffset(136)] internal uint DeviceMajor;
        [FieldOffset(140)] internal uint DeviceMinor;
    }
}
