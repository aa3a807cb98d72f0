namespace Plenum.Platform.Interop;

/// <summary>Exact native names and values of macOS; they differ from Linux's.</summary>
internal static class MacConstants
{
    internal const string LibSystem = "libSystem";

    /// <summary>PSHMNAMLEN and PSEMNAMLEN, the leading slash included.</summary>
    internal const int MaxNameBytes = 31;

    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x200;
    internal const int O_EXCL = 0x800;

    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;

    internal const int ENOENT = 2;
    internal const int EINTR = 4;
    internal const int EEXIST = 17;
    internal const int EAGAIN = 35;
    internal const int ETIMEDOUT = 60;
    internal const int ENAMETOOLONG = 63;
    internal const int EDQUOT = 69;

    /// <summary>Compares the 32-bit word of a shared mapping in the kernel.</summary>
    internal const uint UL_COMPARE_AND_WAIT_SHARED = 3;
    internal const uint ULF_WAKE_ALL = 0x100;
    internal const uint ULF_NO_ERRNO = 0x01000000;
}
