namespace Plenum.Platform.Interop;

/// <summary>Exact native names and values (Linux, the same on x86-64 and arm64 unless said).</summary>
internal static class LinuxConstants
{
    internal const string Libc = "libc";

    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_NONBLOCK = 0x800;
    internal const int SEEK_END = 2;
    internal const uint RENAME_EXCHANGE = 2;

    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_FOLLOW = 0x400;
    internal const int AT_EMPTY_PATH = 0x1000;

    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const uint MFD_CLOEXEC = 1;
    internal const uint MFD_NOEXEC_SEAL = 8;
    internal const int MADV_HUGEPAGE = 14;
    internal const int MADV_POPULATE_READ = 22;
    internal const int MADV_POPULATE_WRITE = 23;

    internal const int LOCK_SH = 1;
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int LOCK_UN = 8;

    internal const int F_OFD_GETLK = 36;
    internal const int F_OFD_SETLK = 37;
    internal const short F_RDLCK = 0;
    internal const short F_WRLCK = 1;
    internal const short F_UNLCK = 2;

    internal const int FUTEX_WAKE = 1;
    internal const int FUTEX_CMP_REQUEUE = 4;
    internal const int FUTEX_WAIT_BITSET = 9;
    internal const uint FUTEX_BITSET_MATCH_ANY = 0xFFFFFFFF;

    internal const int CLOCK_MONOTONIC = 1;
    internal const uint FUTEX2_SIZE_U32 = 2;
    internal const long SYS_futex_waitv = 449;

    // O_DIRECTORY and O_NOFOLLOW are swapped between x86-64 and arm64; O_TMPFILE contains O_DIRECTORY.
    private static readonly bool s_arm = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
        == System.Runtime.InteropServices.Architecture.Arm64;

    internal static int O_NOFOLLOW => s_arm ? 0x8000 : 0x20000;

    internal static int O_TMPFILE => 0x400000 | (s_arm ? 0x4000 : 0x10000);

    internal static long SYS_futex => s_arm ? 98 : 202;
}
