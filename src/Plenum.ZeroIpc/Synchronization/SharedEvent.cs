using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>An event that processes signal and wait for (spec zeroipc 2.14; the peers' Event).</summary>
/// <remarks>
/// <para>Thread-safe. The mode lies in memory and is taken from there.</para>
/// <para>As with the peers, automatic events <em>count</em>: two signals release two waits, <see cref="IsSignaled"/>
/// may read false while
/// one is left, and <see cref="Reset"/> does not take them back.</para>
/// </remarks>
public sealed class SharedEvent
{
    private const string Kind = "event";
    private const string SemaphoreSuffix = "_sem";
    private const int SizeBytes = 12;

    private readonly SharedMemory _memory;
    private readonly SharedUInt32 _signaled;
    private readonly SharedInt32 _waiting;
    private readonly CountLock _permits;
    private readonly WaitSite _site;
    private readonly WaitSite _waitingSite;
    private readonly WaitingCounter _counter;

    private SharedEvent(SharedMemory memory, string name, long offset)
    {
        _memory = memory;
        Name = name;
        _signaled = memory.Segment.UInt32(offset);
        _waiting = memory.Segment.Int32(offset + 8);
        uint mode = memory.Segment.UInt32(offset + 4).ReadAcquire();
        Mode = mode <= (uint)EventMode.Manual
            ? (EventMode)mode
            : throw SyncEntry.BadField(memory, Kind, name, "mode", "0 or 1", Format.Number(mode), offset + 4);
        string companion = name + SemaphoreSuffix;
        _permits = SharedSemaphore.OpenAt(
            memory, companion, SyncEntry.Find(memory, companion, Kind, CountLock.SizeBytes));
        _site = memory.Waits().Site(offset);
        _waitingSite = memory.Waits().Site(offset + 8);
        _counter = new WaitingCounter(_waitingSite, _waiting, offset + 8);
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>How it releases its waiters.</summary>
    public EventMode Mode { get; }

    /// <summary>Whether it reads signalled at this moment. An automatic event may hold a further signal while it reads
    /// false.</summary>
    public bool IsSignaled => _signaled.ReadAcquire() != 0;

    /// <summary>How many processes wait, as the format counts them; Python peers are not counted on manual
    /// events.</summary>
    public int WaitingCount => Mode == EventMode.Manual ? Math.Max(0, _waiting.ReadAcquire()) : _permits.Waiting;

    /// <summary>Creates an event that is not signalled.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 27 bytes of UTF-8 (a companion appends <c>_sem</c>).</param>
    /// <param name="mode">How it releases its waiters.</param>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedEvent Create(SharedMemory memory, string name, EventMode mode)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)mode, (uint)EventMode.Manual, nameof(mode));

        // PLAIN nobody can find the entry yet.
        _ = memory.Allocate(
            new EntryRequest(name, SizeBytes, (segment, offset) => segment.UInt32(offset + 4).WriteOwned((uint)mode)),
            CountLock.Request(name + SemaphoreSuffix, 0, 0));
        return Open(memory, name);
    }

    /// <summary>Opens an event, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="EntryNotFoundException">No such entry, or its companion is missing.</exception>
    /// <exception cref="SegmentFormatException">The entry is not an event.</exception>
    public static SharedEvent Open(SharedMemory memory, string name) =>
        new(memory, name, SyncEntry.Find(memory, name, Kind, SizeBytes));

    /// <summary>Opens an event if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="result">The event.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not an event.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedEvent? result) =>
        (result = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens an event, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="mode">How it releases its waiters, if it is created.</param>
    /// <exception cref="SegmentFormatException">The entry is not an event.</exception>
    public static SharedEvent CreateOrOpen(SharedMemory memory, string name, EventMode mode) =>
        SyncEntry.CreateOrOpen(memory, name, () => Create(memory, name, mode), () => Open(memory, name));

    /// <summary>Signals: a manual event releases all waiters, an automatic one the next. Does not block.</summary>
    /// <returns>False when an automatic event holds as many signals as its semaphore can count.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool Signal()
    {
        ThrowIfDisposed();

        // PUBLISH [event] What was stored before is visible to whom the signal releases (full fence).
        _ = _signaled.Exchange(1);
        StepHook.At("event-signalled");
        if (Mode == EventMode.Auto)
        {
            return _permits.TryGive(1);
        }

        _site.WakeAll();
        return true;
    }

    /// <summary>Not signalled from now on. Signals of an automatic event that nobody has taken stay.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Reset()
    {
        ThrowIfDisposed();
        _signaled.WriteRelease(0);
    }

    /// <summary>Waits for a signal.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Wait(CancellationToken cancellationToken = default) =>
        _ = Wait(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits for a signal, at most a given time.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        if (Mode == EventMode.Auto)
        {
            bool taken = (_permits.Line.IsEmpty && _permits.TryTakePermit())
                || (deadline != 0 && _permits.AcquirePermit(deadline, cancellationToken));
            return Taken(taken);
        }

        OwnerRecord raised = _counter.Raise();
        try
        {
            var set = new Signaled(_signaled);
            return set.IsMet() || (deadline != 0 && _site.Wait(ref set, _counter, deadline, cancellationToken));
        }
        finally
        {
            _counter.Lower(raised);
        }
    }

    /// <summary>Waits for a signal without holding a thread.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        _ = await WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for a signal, at most a given time, without holding a thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        if (Mode == EventMode.Auto)
        {
            bool taken = (_permits.Line.IsEmpty && _permits.TryTakePermit())
                || (deadline != 0 && await _permits.AcquirePermitAsync(deadline,
                    cancellationToken).ConfigureAwait(false));
            return Taken(taken);
        }

        OwnerRecord raised = _counter.Raise();
        try
        {
            var set = new Signaled(_signaled);
            return set.IsMet() || (deadline != 0
                && await _site.WaitAsync(set, _counter, deadline, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _counter.Lower(raised);
        }
    }

    /// <summary>
    /// Signals, waits until the processes that waited are released, and resets (manual); signals once and resets
    /// (automatic).
    /// </summary>
    /// <param name="timeout">How long to wait for them; the peers wait without limit, also for a waiter that
    /// died.</param>
    /// <param name="cancellationToken">Ends the wait; the event is reset all the same.</param>
    /// <returns>False when some were not released in time.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool Pulse(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        _ = Signal();
        try
        {
            var gone = new NobodyWaits(_waiting);
            return Mode == EventMode.Auto || gone.IsMet()
                || _waitingSite.Wait(ref gone, _counter, deadline, cancellationToken);
        }
        finally
        {
            Reset();
        }
    }

    // The peers set the flag back after the permit was taken, whoever signalled meanwhile.
    private bool Taken(bool taken)
    {
        if (taken)
        {
            _signaled.WriteRelease(0);
        }

        return taken;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_site.Table.IsDisposed, _memory);

    private readonly struct Signaled(SharedUInt32 signaled) : IWaitCondition
    {
        // OBSERVE [event] Pairs with Signal.
        public bool IsMet() => signaled.ReadAcquire() != 0;
    }

    private readonly struct NobodyWaits(SharedInt32 waiting) : IWaitCondition
    {
        public bool IsMet() => waiting.ReadAcquire() <= 0;
    }
}
