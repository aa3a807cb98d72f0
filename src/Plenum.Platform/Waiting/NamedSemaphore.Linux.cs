using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <content>Linux: glibc's semaphore word used directly, other C libraries through their functions.</content>
public sealed unsafe partial class NamedSemaphore
{
    // glibc (since 2.21, 64-bit): u64 data = value in the low half, number of waiters in the high half; then int
    // private, int pad. A post adds 1 and calls futex wake when the high half is not 0; a sleeper raises the high half
    // and sleeps on the low half.
    private const ulong OneWaiter = 1UL << 32;

    // One sleep is cut into pieces only for other C libraries, where nothing but time ends sem_timedwait early.
    private const long ForeignSliceNanoseconds = 50_000_000;

    private static readonly bool s_glibc = OperatingSystem.IsLinux() && IsGlibc();

    private readonly SemaphoreMemory? _memory;

    private NamedSemaphore(string name, nint address)
    {
        Name = name;
        _memory = new SemaphoreMemory(address);
        _data = new SharedUInt64((ulong*)address);
    }

    // SAFETY: the same word as _memory!.Address, cached for the hot paths; each of them ends with
    //   GC.KeepAlive(_memory).
    private readonly SharedUInt64 _data;

    [SupportedOSPlatform("linux")]
    private static bool IsGlibc()
    {
        try
        {
            return LinuxNative.GnuGetLibcVersion() != 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [SupportedOSPlatform("linux")]
    private static NamedSemaphore CreateLinux(string name, int initialCount, SegmentPermission permission)
    {
        uint mode = UnixMode.Of(permission);
        if (TryMakeFile(name, initialCount, mode) is { } made)
        {
            return made;
        }

        fixed (byte* pointer = Utf8("/" + name))
        {
            nint address = LinuxNative.SemOpen(
                pointer, LinuxConstants.O_CREAT | LinuxConstants.O_EXCL, mode, (uint)initialCount);
            int errno = Marshal.GetLastPInvokeError();
            if (address == 0)
            {
                throw PosixErrors.ToException(errno, CreateOperation, name, GlibcFileBytes);
            }

            WidenMode(name, mode);
            return new NamedSemaphore(name, address);
        }
    }

    // sem_open applies the umask; the permission asked for is then given through the file, where the C library keeps
    // one.
    [SupportedOSPlatform("linux")]
    private static void WidenMode(string name, uint mode)
    {
        ReadOnlySpan<byte> path = Utf8($"{SegmentDirectory.LinuxPath}/sem.{name}");
        using NativeFile? file = LinuxFiles.TryOpen(
            path, LinuxConstants.O_RDWR | LinuxConstants.O_CLOEXEC | LinuxConstants.O_NOFOLLOW, CreateOperation, name);
        if (file is not null)
        {
            _ = LinuxNative.FChmod(file.Descriptor, mode);
        }
    }

    [SupportedOSPlatform("linux")]
    private static NamedSemaphore? OpenLinux(string name)
    {
        fixed (byte* pointer = Utf8("/" + name))
        {
            nint address = LinuxNative.SemOpen(pointer, 0, 0, 0);
            int errno = Marshal.GetLastPInvokeError();
            if (address != 0)
            {
                return new NamedSemaphore(name, address);
            }

            return errno == Errno.ENOENT ? null : throw PosixErrors.ToException(errno, "open semaphore", name);
        }
    }

    [SupportedOSPlatform("linux")]
    private static bool RemoveLinux(string name)
    {
        fixed (byte* pointer = Utf8("/" + name))
        {
            int result = LinuxNative.SemUnlink(pointer);
            int errno = Marshal.GetLastPInvokeError();
            return result == 0
                || (errno == Errno.ENOENT ? false : throw PosixErrors.ToException(errno, "remove semaphore", name));
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + "\0");

    [SupportedOSPlatform("linux")]
    private int CountLinux()
    {
        if (s_glibc)
        {
            int count = (int)(uint)_data.ReadAcquire();
            GC.KeepAlive(_memory);
            return count;
        }

        int value = 0;
        _ = LinuxNative.SemGetValue(_memory!.Address, &value);
        return Math.Max(0, value);
    }

    [SupportedOSPlatform("linux")]
    private bool PostLinux(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!s_glibc)
        {
            return PostForeign(count);
        }

        // PUBLISH [semaphore] Everything stored before the post is visible to who takes the token (full fence of the
        //   addition). Weaker: on arm64 the taker sees the token and old bytes.
        ulong seen = _data.Add((ulong)count) - (ulong)count;
        if ((uint)seen > (uint)(MaxCount - count))
        {
            // Taken back. 2^31 - 1 tokens and as many more do not carry into the waiters meanwhile.
            _ = _data.Add(unchecked(0UL - (ulong)count));
            GC.KeepAlive(_memory);
            return false;
        }

        if (seen >> 32 != 0)
        {
            _ = SharedFutex.Wake(_data.LowHalf(), count);
        }

        GC.KeepAlive(_memory);
        return true;
    }

    [SupportedOSPlatform("linux")]
    private bool PostForeign(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (LinuxNative.SemPost(_memory!.Address) != 0)
            {
                return false;
            }
        }

        return true;
    }

    [SupportedOSPlatform("linux")]
    private int TakeLinux(int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        if (!s_glibc)
        {
            int taken = 0;
            while (taken < maximum && LinuxNative.SemTryWait(_memory!.Address) == 0)
            {
                taken++;
            }

            return taken;
        }

        ulong seen = _data.ReadAcquire();
        while ((uint)seen != 0)
        {
            int take = (int)Math.Min((uint)seen, (uint)maximum);

            // OBSERVE [semaphore] Pairs with the post: what was stored before it is visible now.
            ulong found = _data.CompareExchange(seen - (ulong)take, seen);
            if (found == seen)
            {
                GC.KeepAlive(_memory);
                return take;
            }

            seen = found;
        }

        GC.KeepAlive(_memory);
        return 0;
    }

    [SupportedOSPlatform("linux")]
    private bool ParkLinux(long deadlineNanoseconds, bool endsOnWake, CancellationToken cancellationToken)
    {
        if (!s_glibc)
        {
            return ParkForeign(deadlineNanoseconds, cancellationToken);
        }

        SharedUInt32 value = _data.LowHalf();
        BeginAwait();
        bool taken = false;
        try
        {
            while (!taken)
            {
                ThrowIfDisposed();
                taken = TakeLinux(1) == 1;
                if (taken)
                {
                    break;
                }

                WaitResult result = SharedFutex.WaitUntil(value, 0, deadlineNanoseconds, cancellationToken);
                if (result == WaitResult.TimedOut || (endsOnWake && result == WaitResult.Woken))
                {
                    taken = TakeLinux(1) == 1;
                    break;
                }
            }
        }
        finally
        {
            EndAwait(passOn: !taken);
        }

        return taken;
    }

    [SupportedOSPlatform("linux")]
    private void RaiseWaiterLinux()
    {
        if (s_glibc)
        {
            // FENCE raise the waiter word, then look at the value; a poster changes the value and looks at the waiter
            //   word in one exchange. Weaker: the token comes, nobody wakes, the sleeper sleeps beside it.
            _ = _data.Add(OneWaiter);
            GC.KeepAlive(_memory);
        }
    }

    [SupportedOSPlatform("linux")]
    private void LowerWaiterLinux(bool passOn)
    {
        if (!s_glibc)
        {
            return;
        }

        // A sleeper that gives up may have consumed the wake of a post whose token it does not take.
        //   Without passing it on, another sleeper sleeps beside that token.
        ulong after = _data.Add(unchecked(0UL - OneWaiter));
        if (passOn && (uint)after != 0 && after >> 32 != 0)
        {
            _ = SharedFutex.Wake(_data.LowHalf());
        }

        GC.KeepAlive(_memory);
    }

    [SupportedOSPlatform("linux")]
    private void WakeSleepersLinux()
    {
        if (s_glibc)
        {
            _ = SharedFutex.WakeAll(_data.LowHalf());
            GC.KeepAlive(_memory);
        }
    }

    [SupportedOSPlatform("linux")]
    private SharedUInt32 AwaitedWordLinux() => s_glibc ? _data.LowHalf() : default;

    // sem_timedwait takes a wall-clock deadline; short slices make a clock step harmless and notice cancellation.
    [SupportedOSPlatform("linux")]
    private bool ParkForeign(long deadlineNanoseconds, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfDisposed();
            long left = deadlineNanoseconds - MonotonicClock.Nanoseconds;
            long slice = Math.Clamp(left, 0, ForeignSliceNanoseconds);
            long wall = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
            var end = LinuxNative.TimeSpec.FromNanoseconds(wall + slice);
            if (LinuxNative.SemTimedWait(_memory!.Address, &end) == 0)
            {
                return true;
            }

            if (left <= 0)
            {
                return false;
            }
        }
    }

    /// <summary>Keeps the semaphore's page mapped while any object or operation can reach it.</summary>
    private sealed class SemaphoreMemory(nint address)
    {
        ~SemaphoreMemory() => _ = OperatingSystem.IsMacOS()
            ? MacNative.SemClose(address)
            : LinuxNative.SemClose(address);

        internal nint Address => address;
    }
}
