using System.Runtime.Versioning;
using Plenum.Platform.Interop;

namespace Plenum.Platform;

/// <summary>One background thread that sleeps for one await and then runs its continuation itself.</summary>
/// <remarks>
/// <para>The first few awaits of a process each get such a thread of their own, so a wake-up needs one thread switch,
/// as a blocking wait does, instead of two (waiter thread, then pool thread). Measured between two processes, each
/// pinned to one core, both asleep between messages: an awaited round trip takes 1.00 to 1.03 times a raw futex round
/// trip of the same run, against 1.36 to 1.59 times with a waiter thread and the thread pool
/// (docs/adr/0005-await-hub.md). The thread is no other await's waiter while the continuation runs: a continuation that
/// blocks takes one lane out of service and delays nobody; when no lane is free, <see cref="AwaitThread"/> and the
/// thread pool serve.</para>
/// <para>An idle lane sleeps on its park word. <see cref="Assign"/> does not wake it: it moves the sleeper to the
/// awaited word inside the kernel (FUTEX_CMP_REQUEUE) and then looks at that word once more. Because a requeue cannot
/// bring a time-out along, the permanent <see cref="AwaitThread"/> watches the lanes' deadlines.</para>
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class AwaitLane
{
    // Even: idle. Odd: an entry is assigned.
    private readonly SharedUInt32 _park;
    private AwaitEntry? _entry;
    private uint* _word;
    private long _deadlineNanoseconds = long.MaxValue;

    internal AwaitLane()
    {
        // SAFETY: never freed; a lane lives as long as the process.
        _park = new SharedUInt32((uint*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(64, 64));
        _park.WriteOwned(0);
        new Thread(Run) { IsBackground = true, Name = "Plenum await lane" }.UnsafeStart();
    }

    /// <summary>Link of the idle list.</summary>
    internal AwaitLane? NextIdle { get; set; }

    /// <summary>When the present await ends; <see cref="long.MaxValue"/> for never or when idle.</summary>
    internal long DeadlineNanoseconds => Volatile.Read(ref _deadlineNanoseconds);

    /// <summary>Gives an idle lane an await. The caller keeps the word mapped during the call and must not touch the
    /// entry afterwards.</summary>
    internal void Assign(AwaitEntry entry)
    {
        var word = new SharedUInt32(entry.Address);
        uint expected = entry.Expected;
        _word = entry.Address;
        Volatile.Write(ref _deadlineNanoseconds, entry.DeadlineNanoseconds);
        Volatile.Write(ref _entry, entry);

        // PUBLISH [lane-entry] The entry is visible to the lane before the park word is odd (full fence).
        //   Weaker: the lane wakes and finds no entry.
        uint serial = _park.Increment();

        // The kernel compares the serial, so that a registration that was delayed here never moves the lane's next
        // sleep.
        long moved = LinuxNative.Futex(
            LinuxConstants.SYS_futex,
            _park.Address,
            LinuxConstants.FUTEX_CMP_REQUEUE,
            0,
            (LinuxNative.TimeSpec*)1,
            word.Address,
            serial);

        // FENCE the kernel queued the sleeper on the word, then this load; a waker stores the word, then looks at the
        //   queue. Without the second look a change between the caller's check and the requeue is slept through.
        if (moved > 0 && word.ReadAcquire() != expected)
        {
            _ = SharedFutex.WakeAll(word);
        }
    }

    /// <summary>Cancellation: wakes the lane until it is up. A wake between its last look and its sleep finds
    /// nobody.</summary>
    internal void WakeUntilUp(AwaitEntry entry)
    {
        // FENCE the entry was marked cancelled, then this load; the lane stores _entry, then looks at the mark.
        Interlocked.MemoryBarrier();
        var spin = new SpinWait();
        while (Volatile.Read(ref _entry) == entry)
        {
            WakeOnce();
            spin.SpinOnce();
        }
    }

    /// <summary>Wakes whoever sleeps on the lane's word. The word may be gone by now: the kernel then says so and
    /// nothing happens.</summary>
    internal void WakeOnce() => _ = SharedFutex.WakeAll(new SharedUInt32(_word));

    private void Run()
    {
        while (true)
        {
            bool woken = false;
            uint idle = _park.ReadAcquire();
            while ((idle & 1) == 0)
            {
                woken = SharedFutex.WaitUntil(_park, idle, long.MaxValue) == WaitResult.Woken;

                // OBSERVE [lane-entry] Pairs with the increment in Assign.
                idle = _park.ReadAcquire();
            }

            AwaitEntry entry = Volatile.Read(ref _entry)!;
            while (!entry.TryFinish(woken, MonotonicClock.Nanoseconds))
            {
                var word = new SharedUInt32(entry.Address);
                woken = SharedFutex.WaitUntil(word, entry.Expected, entry.DeadlineNanoseconds) == WaitResult.Woken;
            }

            // Idle before the continuation runs: the continuation may wait for a running cancellation callback, which
            // waits for this.
            Volatile.Write(ref _deadlineNanoseconds, long.MaxValue);
            _ = _park.Increment();
            Volatile.Write(ref _entry, null);
            entry.CompleteHere();
            AwaitHub.ReturnLane(this);
        }
    }
}
