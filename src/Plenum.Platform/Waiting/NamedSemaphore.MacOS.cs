using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <content>macOS: the C library's functions. Compiled, not run.</content>
/// <remarks>There is no sem_timedwait and no sem_getvalue: waits look again after growing pauses, and the count is not told.</remarks>
public sealed unsafe partial class NamedSemaphore
{
    private static readonly nint s_macFailed = -1;

    [SupportedOSPlatform("macos")]
    private static NamedSemaphore CreateMacOS(string name, int initialCount, SegmentPermission permission)
    {
        const string operation = "create semaphore";
        fixed (byte* path = SharedSegment.MacPath(name, operation))
        {
            nint address = MacNative.SemOpen(
                path, MacConstants.O_CREAT | MacConstants.O_EXCL, UnixMode.Of(permission), (uint)initialCount);
            int errno = Marshal.GetLastPInvokeError();
            return address != s_macFailed
                ? new NamedSemaphore(name, address)
                : throw PosixErrors.ToException(SharedSegment.MacErrno(errno), operation, name);
        }
    }

    [SupportedOSPlatform("macos")]
    private static NamedSemaphore? OpenMacOS(string name)
    {
        const string operation = "open semaphore";
        fixed (byte* path = SharedSegment.MacPath(name, operation))
        {
            nint address = MacNative.SemOpen(path, 0, 0, 0);
            int errno = Marshal.GetLastPInvokeError();
            if (address != s_macFailed)
            {
                return new NamedSemaphore(name, address);
            }

            return errno == MacConstants.ENOENT
                ? null
                : throw PosixErrors.ToException(SharedSegment.MacErrno(errno), operation, name);
        }
    }

    [SupportedOSPlatform("macos")]
    private static bool RemoveMacOS(string name)
    {
        const string operation = "remove semaphore";
        fixed (byte* path = SharedSegment.MacPath(name, operation))
        {
            int result = MacNative.SemUnlink(path);
            int errno = Marshal.GetLastPInvokeError();
            return result == 0
                || (errno == MacConstants.ENOENT
                    ? false
                    : throw PosixErrors.ToException(SharedSegment.MacErrno(errno), operation, name));
        }
    }

    [SupportedOSPlatform("macos")]
    private bool PostMacOS(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        bool posted = true;
        for (int i = 0; i < count && posted; i++)
        {
            posted = MacNative.SemPost(_memory!.Address) == 0;
        }

        GC.KeepAlive(_memory);
        return posted;
    }

    [SupportedOSPlatform("macos")]
    private int TakeMacOS(int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        int taken = 0;
        while (taken < maximum && MacNative.SemTryWait(_memory!.Address) == 0)
        {
            taken++;
        }

        GC.KeepAlive(_memory);
        return taken;
    }
}
