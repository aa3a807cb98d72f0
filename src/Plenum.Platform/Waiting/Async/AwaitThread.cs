using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>One background thread that sleeps for up to <see cref="Capacity"/> awaits at once.</summary>
/// <remarks>
/// <para>It sleeps in <c>futex_waitv</c> on all their words plus a control word, its first slot, which registrations
/// and cancellations move. Kernels without that call (before 5.16), systems without it and entries that have no word
/// are polled: first after 0.1 ms, then in pauses that double up to 10 ms, still on the control word, so registration
/// and cancellation act at once.</para>
/// <para>Time-outs need no heap: arming visits each of the at most 127 entries anyway and finds the earliest end on the
/// way.</para>
/// <para><see cref="TryReserve"/>, <see cref="Enqueue"/> and <see cref="Signal"/> may be called from any thread; all
/// else runs here. No user code runs on this thread.</para>
/// </remarks>
internal sealed unsafe class AwaitThread
{
    /// <summary>futex_waitv takes 128 words; one is the control word.</summary>
    internal const int Capacity = 127;

    private const int Ended = int.MinValue;
    private const long FirstPauseNanoseconds = 100_000;
    private const long LongestPauseNanoseconds = 10_000_000;
    private const long IdleNanoseconds = 10_000_000_000;

    // Set once, by the first thread that the kernel refuses (ENOSYS, or EPERM of an old container's filter).
    private static bool s_noWaitV = !OperatingSystem.IsLinux();

    private readonly Lock _gate = new();
    private readonly AwaitEntry?[] _inbox = new AwaitEntry?[Capacity];
    private readonly AwaitEntry?[] _armed = new AwaitEntry?[Capacity];
    private readonly bool _isPermanent;
    private readonly SharedUInt32 _control;
    private readonly LinuxNative.FutexWaitEntry* _slots;
    private int _inboxCount;
    private int _armedCount;
    private int _reserved;
    private int _sleeping;
    private long _plannedEndNanoseconds = long.MaxValue;
    private long _pauseNanoseconds = FirstPauseNanoseconds;

    /// <param name="isPermanent">False: the thread ends after ten idle seconds.</param>
    internal AwaitThread(bool isPermanent)
    {
        _isPermanent = isPermanent;

        // SAFETY: both blocks are freed at the end of Run; by then the thread refuses reservations, so nobody signals
        //   any more.
        _control = new SharedUInt32((uint*)NativeMemory.AlignedAlloc(64, 64));
        _control.WriteOwned(0);
        _slots = (LinuxNative.FutexWaitEntry*)NativeMemory.AllocZeroed(
            Capacity + 1, (nuint)sizeof(LinuxNative.FutexWaitEntry));
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "Plenum await" }.UnsafeStart();
    }

    /// <summary>True where futex_waitv is missing, so that words are polled; tests set it.</summary>
    internal static bool PollsWords
    {
        get => Volatile.Read(ref s_noWaitV);
        set => Volatile.Write(ref s_noWaitV, value);
    }

    /// <summary>Takes one place, which <see cref="Enqueue"/> fills or <see cref="Unreserve"/> gives back.</summary>
    internal bool TryReserve()
    {
        int reserved = Volatile.Read(ref _reserved);
        while (reserved is >= 0 and < Capacity)
        {
            // CLAIM a place; the count goes down when the entry completes.
            int found = Interlocked.CompareExchange(ref _reserved, reserved + 1, reserved);
            if (found == reserved)
            {
                return true;
            }

            reserved = found;
        }

        return false;
    }

    internal void Unreserve() => Interlocked.Decrement(ref _reserved);

    /// <summary>Hands an entry over; the caller must not touch it afterwards.</summary>
    internal void Enqueue(AwaitEntry entry)
    {
        lock (_gate)
        {
            _inbox[_inboxCount++] = entry;
        }

        Signal();
    }

    /// <summary>Makes the thread look at its entries again.</summary>
    internal void Signal()
    {
        // FENCE the increment, then the look at _sleeping; the thread stores _sleeping, then compares the control word
        //   in the kernel.
        //   Weaker: the signal sees nobody asleep and the thread sleeps on the new value.
        _ = _control.Increment();
        if (Volatile.Read(ref _sleeping) != 0)
        {
            _ = SharedFutex.Wake(_control);
        }
    }

    /// <summary>Makes sure that the thread looks at the lanes no later than a deadline that the caller has stored in
    /// one.</summary>
    internal void PlanEnd(long deadlineNanoseconds)
    {
        // FENCE the lane's deadline was stored, then this load; Run marks that it looks, then loads the lanes'
        //   deadlines.
        Interlocked.MemoryBarrier();
        if (deadlineNanoseconds < Volatile.Read(ref _plannedEndNanoseconds))
        {
            Signal();
        }
    }

    private void Run()
    {
        int woken = -1;
        while (true)
        {
            // While it looks, every new deadline signals.
            _ = Interlocked.Exchange(ref _plannedEndNanoseconds, long.MaxValue);

            // Read before the inbox: an entry that comes later moves the word and ends the sleep at once.
            uint seen = _control.ReadAcquire();
            long now = MonotonicClock.Nanoseconds;
            TakeInbox();
            long end = FinishEntries(woken, now);
            if (_isPermanent)
            {
                end = Math.Min(end, AwaitHub.WatchLanes(now));
            }
            else if (_armedCount == 0)
            {
                end = now + IdleNanoseconds;
            }

            Volatile.Write(ref _plannedEndNanoseconds, end);

            woken = Park(seen, end);
            if (woken < 0 && _armedCount == 0 && TryEnd(now))
            {
                return;
            }
        }
    }

    private bool TryEnd(long sinceNanoseconds)
    {
        if (_isPermanent || MonotonicClock.Nanoseconds - sinceNanoseconds < IdleNanoseconds
            || Interlocked.CompareExchange(ref _reserved, Ended, 0) != 0)
        {
            return false;
        }

        AwaitHub.Forget(this);
        NativeMemory.Free(_slots);

        // The control word stays: a late cancellation callback of a finished entry may still signal it. It is 64 bytes.
        return true;
    }

    private void TakeInbox()
    {
        lock (_gate)
        {
            if (_inboxCount == 0)
            {
                return;
            }

            _inbox.AsSpan(0, _inboxCount).CopyTo(_armed.AsSpan(_armedCount));
            _inbox.AsSpan(0, _inboxCount).Clear();
            _armedCount += _inboxCount;
            _inboxCount = 0;
        }

        _pauseNanoseconds = FirstPauseNanoseconds;
    }

    /// <summary>Completes what is over, keeps the rest compact, and returns the earliest end of the rest.</summary>
    private long FinishEntries(int woken, long nowNanoseconds)
    {
        long end = long.MaxValue;
        int finished = 0;
        for (int i = _armedCount - 1; i >= 0; i--)
        {
            AwaitEntry entry = _armed[i]!;
            if (!entry.TryFinish(i == woken, nowNanoseconds))
            {
                end = Math.Min(end, entry.DeadlineNanoseconds);
                continue;
            }

            // Downwards: the entry that fills the gap was looked at already.
            _armed[i] = _armed[--_armedCount];
            _armed[_armedCount] = null;
            finished++;
            entry.Complete();
        }

        if (finished != 0)
        {
            _ = Interlocked.Add(ref _reserved, -finished);
        }

        return end;
    }

    /// <summary>Sleeps; returns the index of the entry whose word was woken, or -1.</summary>
    private int Park(uint seen, long endNanoseconds)
    {
        bool polled = false;
        for (int i = 0; i < _armedCount; i++)
        {
            AwaitEntry entry = _armed[i]!;
            polled |= entry.Address is null;
            _slots[i + 1] = entry.Address is null
                ? Slot(_control.Address, seen)
                : Slot(entry.Address, entry.Expected);
        }

        _ = Interlocked.Exchange(ref _sleeping, 1);
        try
        {
            if (_armedCount != 0 && (polled || PollsWords))
            {
                return ParkPolling(seen, endNanoseconds);
            }

            return OperatingSystem.IsLinux() && !PollsWords
                ? ParkLinux(seen, endNanoseconds)
                : ParkOnControl(seen, endNanoseconds);
        }
        finally
        {
            Volatile.Write(ref _sleeping, 0);
        }
    }

    [SupportedOSPlatform("linux")]
    private int ParkLinux(uint seen, long endNanoseconds)
    {
        _slots[0] = Slot(_control.Address, seen);
        var deadline = LinuxNative.TimeSpec.FromNanoseconds(endNanoseconds);
        LinuxNative.TimeSpec* timeout = endNanoseconds == long.MaxValue ? null : &deadline;
        long result = LinuxNative.FutexWaitV(
            LinuxConstants.SYS_futex_waitv, _slots, (uint)_armedCount + 1, 0, timeout, LinuxConstants.CLOCK_MONOTONIC);
        int errno = Marshal.GetLastPInvokeError();
        if (result >= 0)
        {
            return (int)result - 1;
        }

        if (errno is not (Errno.EAGAIN or Errno.ETIMEDOUT or Errno.EINTR))
        {
            // No such call here, or one word is refused: look again after pauses instead of failing everybody's awaits.
            PollsWords |= errno is Errno.ENOSYS or Errno.EPERM;
            return ParkPolling(seen, endNanoseconds);
        }

        return -1;
    }

    private int ParkPolling(uint seen, long endNanoseconds)
    {
        long pause = _pauseNanoseconds;
        _pauseNanoseconds = Math.Min(pause * 2, LongestPauseNanoseconds);
        return ParkOnControl(seen, Math.Min(endNanoseconds, MonotonicClock.Nanoseconds + pause));
    }

    private int ParkOnControl(uint seen, long endNanoseconds)
    {
        _ = SharedFutex.WaitUntil(_control, seen, endNanoseconds);
        return -1;
    }

    // Not FUTEX2_PRIVATE: the words are shared by processes.
    private static LinuxNative.FutexWaitEntry Slot(uint* address, uint expected) => new()
    {
        Address = (ulong)address,
        Value = expected,
        Flags = LinuxConstants.FUTEX2_SIZE_U32,
    };
}
