using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A value with a version that processes set, read, and wait for (spec zeroipc 2.17; the peers'
/// Signal).</summary>
/// <typeparam name="T">The value type; see <see cref="ShareableType"/> for what may be shared.</typeparam>
/// <remarks>
/// <para>Thread-safe. Every access takes the signal's mutex, so that no value is read by halves (Python peers read
/// without it).</para>
/// <para>A setter of ours that dies is noticed: the next access is told, see
/// <see cref="SignalReading{T}.WasAbandoned"/>.</para>
/// <example>
/// <code>
/// var level = SharedSignal&lt;double&gt;.CreateOrOpen(memory, "level", 0.0);
/// level.Set(1.5);
/// SignalReading&lt;double&gt; seen = level.Read();
/// bool changed = level.WaitForChange(seen.Version, TimeSpan.FromSeconds(1), out SignalReading&lt;double&gt; next);
/// </code>
/// </example>
/// </remarks>
public sealed class SharedSignal<T>
    where T : unmanaged
{
    private const string Kind = "signal";
    private const string StateSuffix = "_state";
    private const string MutexSuffix = "_mtx";
    private const int ValueOffset = 8;

    private readonly SharedMemory _memory;
    private readonly SharedUInt64 _version;
    private readonly SharedColumn<T> _value;
    private readonly CountLock _mutex;
    private readonly WaitSite _site;

    private SharedSignal(SharedMemory memory, string name)
    {
        _memory = memory;
        Name = name;
        int size = SizeOf(memory);
        long state = SyncEntry.Find(memory, name + StateSuffix, Kind, EntrySize(size, false), EntrySize(size, true));
        _version = memory.Segment.UInt64(state);
        _value = memory.Segment.Column<T>(state + ValueOffset, 1);
        string mutex = name + MutexSuffix;
        _mutex = SharedMutex.OpenAt(memory, mutex, SyncEntry.Find(memory, mutex, Kind, CountLock.SizeBytes));
        _site = memory.Waits().Site(state);
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>How often the value was set.</summary>
    public ulong Version => _version.ReadAcquire();

    /// <summary>Creates a signal; its version is 0.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 25 bytes of UTF-8 (companions append up to six).</param>
    /// <param name="initialValue">The value at the start.</param>
    /// <param name="options">Size of the entry; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedSignal<T> Create(SharedMemory memory, string name, T initialValue,
        SignalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ShareableType.Check<T>();
        long size = EntrySize(SizeOf(memory), (options ?? SignalOptions.Default).PythonEntrySize);
        _ = memory.Allocate(
            new EntryRequest(
                name + StateSuffix,
                size,
                (segment, offset) => segment.Column<T>(offset + ValueOffset, 1).Write(0, initialValue)),
            CountLock.Request(name + MutexSuffix, 1, 1),
            new EntryRequest(name, 1));
        return Open(memory, name);
    }

    /// <summary>Opens a signal, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry, or a companion is missing.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a signal, or of a value of another size.</exception>
    public static SharedSignal<T> Open(SharedMemory memory, string name)
    {
        ShareableType.Check<T>();
        _ = SyncEntry.Find(memory, name, Kind, 1);
        return new SharedSignal<T>(memory, name);
    }

    /// <summary>Opens a signal if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a signal, or of a value of another size.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedSignal<T>? signal) =>
        (signal = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a signal, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="initialValue">The value at the start, if it is created.</param>
    /// <param name="options">Size of the entry, if it is created.</param>
    /// <exception cref="SegmentFormatException">The entry is not a signal, or of a value of another size.</exception>
    public static SharedSignal<T> CreateOrOpen(
        SharedMemory memory, string name, T initialValue, SignalOptions? options = null) =>
        SyncEntry.CreateOrOpen(
            memory, name, () => Create(memory, name, initialValue, options), () => Open(memory, name));

    /// <summary>Sets the value and wakes who waits for a change. Blocks while another process sets or reads.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Set(T value)
    {
        ThrowIfDisposed();
        MutexLock held = _mutex.Enter(long.MaxValue, CancellationToken.None);
        _value.Write(0, value);
        StepHook.At("signal-set-stored");
        Publish(held);
    }

    /// <summary>Replaces the value by one computed from it, while no other process can set it.</summary>
    /// <param name="update">Computes the new value; short, and without use of this signal.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public T Update(Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        ThrowIfDisposed();
        MutexLock held = _mutex.Enter(long.MaxValue, CancellationToken.None);
        try
        {
            T next = update(_value.Read(0));
            _value.Write(0, next);
            Publish(held);
            return next;
        }
        finally
        {
            held.Dispose();
        }
    }

    /// <summary>The value. Blocks while another process sets it.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public T Get()
    {
        ThrowIfDisposed();
        MutexLock held = _mutex.Enter(long.MaxValue, CancellationToken.None);
        T value = _value.Read(0);
        held.Dispose();
        return value;
    }

    /// <summary>The value with its version. Blocks while another process sets it.</summary>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public SignalReading<T> Read()
    {
        ThrowIfDisposed();
        _ = TryReadUntil(long.MaxValue, out SignalReading<T> reading, CancellationToken.None);
        return reading;
    }

    /// <summary>Sets the value unless another process keeps the signal's mutex too long, as a peer of another language
    /// does for ever that died while it set or read.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over; nothing was set.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TrySet(T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        MutexLock held = _mutex.Enter(Deadlines.From(timeout), cancellationToken);
        if (held.IsHeld)
        {
            _value.Write(0, value);
            Publish(held);
            return true;
        }

        return false;
    }

    /// <summary>The value with its version, unless another process keeps the signal's mutex too long.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="reading">The value and version.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryRead(TimeSpan timeout, out SignalReading<T> reading, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return TryReadUntil(Deadlines.From(timeout), out reading, cancellationToken);
    }

    /// <summary>Waits until the version is another than a known one.</summary>
    /// <remarks>The mutex for the reading is waited for until the end of the time, at least for a second: if a process
    /// keeps it longer the result is false and the reading is empty.</remarks>
    /// <param name="knownVersion">The version seen before.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="reading">The value and version now.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over without a change.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool WaitForChange(
        ulong knownVersion, TimeSpan timeout, out SignalReading<T> reading,
        CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var changed = new Changed(_version, knownVersion);
        bool met = changed.IsMet()
            || (deadline != 0 && _site.Wait(ref changed, null, deadline, cancellationToken));
        return TryReadUntil(AtLeastASecond(deadline), out reading, cancellationToken) && met;
    }

    /// <summary>Waits until the version is another than a known one, without holding a thread.</summary>
    /// <param name="knownVersion">The version seen before.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The value and version; null when the time was over without a change.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SignalReading<T>?> WaitForChangeAsync(
        ulong knownVersion, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var changed = new Changed(_version, knownVersion);
        bool met = changed.IsMet()
            || (deadline != 0 && await _site.WaitAsync(changed, null, deadline,
                cancellationToken).ConfigureAwait(false));
        return met && TryReadUntil(AtLeastASecond(deadline), out SignalReading<T> reading, cancellationToken)
            ? reading
            : null;
    }

    // sizeof of a type parameter, without unsafe code: the segment knows it.
    private static int SizeOf(SharedMemory memory) => memory.Segment.Column<T>(0, 0u).StrideBytes;

    private static long EntrySize(int valueSize, bool python) =>
        python ? ValueOffset + valueSize : (ValueOffset + valueSize + 7L) & ~7L;

    private static long AtLeastASecond(long deadlineNanoseconds) =>
        Math.Max(deadlineNanoseconds, MonotonicClock.Nanoseconds + 1_000_000_000);

    private bool TryReadUntil(
        long deadlineNanoseconds, out SignalReading<T> reading, CancellationToken cancellationToken)
    {
        MutexLock held = _mutex.Enter(deadlineNanoseconds, cancellationToken);
        if (held.IsHeld)
        {
            reading = new SignalReading<T>(_value.Read(0), _version.ReadAcquire(), held.WasAbandoned);
            held.Dispose();
            return true;
        }

        reading = default;
        return false;
    }

    private void Publish(MutexLock held)
    {
        // PUBLISH [signal] The value is visible to who sees the version. Only the holder of the mutex stores it.
        //   Weaker: a waiter sees the new version and reads the old value (Python peers read without the mutex).
        _version.WriteRelease(_version.ReadOwned() + 1);

        StepHook.At("signal-set-published");

        // The full fence of the mutex stands between the version and the look for sleepers.
        held.Dispose();
        _site.WakeAll();
        GC.KeepAlive(_memory);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_site.Table.IsDisposed, _memory);

    private readonly struct Changed(SharedUInt64 version, ulong known) : IWaitCondition
    {
        // OBSERVE [signal] Pairs with Publish.
        public bool IsMet() => version.ReadAcquire() != known;
    }
}
