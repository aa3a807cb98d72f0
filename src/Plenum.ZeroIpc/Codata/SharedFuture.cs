using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <summary>A value that is set once and that any process can wait for (spec zeroipc 2.8; the peers' Future).</summary>
/// <typeparam name="T">The value type; see <see cref="ShareableType"/> for what may be shared.</typeparam>
/// <remarks>
/// <para>Thread-safe. Of several that complete it, in whatever processes, one succeeds. It can be awaited.</para>
/// <para>A process of ours that dies after it began is noticed by whoever waits: the future is pending again and
/// another one may complete it. A peer's death is not visible; give such waits a time-out.</para>
/// <example>
/// <code>
/// var answer = SharedFuture&lt;double&gt;.CreateOrOpen(memory, "answer");
/// SharedFuture&lt;double&gt; doubled = answer.Select("doubled", x => 2 * x);
/// bool first = answer.TrySet(21);
/// double value = await doubled;
/// </code>
/// </example>
/// </remarks>
public sealed partial class SharedFuture<T> : ISelectable<T>
    where T : unmanaged
{
    private const string Kind = "future";

    private readonly SharedMemory _memory;
    private readonly SharedColumn<T> _value;
    private readonly SharedUInt64 _time;
    private readonly WaitingCounter _waiters;
    private readonly long _errorOffset;

    private SharedFuture(SharedMemory memory, string name, long offset)
    {
        _memory = memory;
        Name = name;
        uint state = memory.Segment.UInt32(offset).ReadAcquire();
        if (state > (uint)FutureState.Failed)
        {
            throw SyncEntry.BadField(memory, Kind, name, "state", "0 to 3", Format.Number(state), offset);
        }

        _time = memory.Segment.UInt64(offset + FutureHeader.TimeOffset);
        _value = memory.Segment.Column<T>(offset + FutureHeader.ValueOffset, 1);
        _errorOffset = offset + FutureHeader.ValueOffset + ShareableType.SizeOf<T>();
        Core = new ComputationCore(memory.Segment, memory.Waits(), offset);
        long waiters = offset + FutureHeader.WaitersOffset;
        _waiters = new WaitingCounter(memory.Waits().Site(waiters), memory.Segment.Int32(waiters), waiters);
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>The segment it lies in.</summary>
    public SharedMemory Memory => _memory;

    /// <summary>How far it is at this moment.</summary>
    public FutureState State => Core.State;

    /// <summary>Whether there is a value or an error.</summary>
    public bool IsCompleted => Core.IsCompleted;

    /// <summary>Whether it was cancelled by a process of ours.</summary>
    public bool IsCanceled => ErrorText == ErrorField.Canceled;

    /// <summary>The error text; null unless it failed.</summary>
    public string? ErrorText => Core.State == FutureState.Failed ? ReadError() : null;

    /// <summary>How many processes wait for it, as the format counts them. Ours are counted when they sleep.</summary>
    public int WaitingCount => _waiters.Value;

    /// <summary>The completion time as it was stored: nanoseconds of the monotonic clock (C++ and this library) or
    /// microseconds since 1970 (Python); 0 while it is not completed.</summary>
    public ulong CompletionTime => _time.ReadAcquire();

    internal ComputationCore Core { get; }

    /// <inheritdoc/>
    WaitSite ISelectable<T>.Site => Core.Site;

    /// <summary>Creates a pending future.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name, at most 31 bytes of UTF-8.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="EntryExistsException">The name is taken.</exception>
    /// <exception cref="SegmentFullException">The segment or its name table is full.</exception>
    public static SharedFuture<T> Create(SharedMemory memory, string name)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _ = memory.Allocate(new EntryRequest(name, FutureHeader.TotalBytes(StructureSize.OfElement<T>())));
        return Open(memory, name);
    }

    /// <summary>Opens a future, whichever language created it.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="NotSupportedException">The type must not be shared.</exception>
    /// <exception cref="EntryNotFoundException">No such entry.</exception>
    /// <exception cref="SegmentFormatException">The entry is not a future, or of a value of another size.</exception>
    public static SharedFuture<T> Open(SharedMemory memory, string name)
    {
        int size = StructureSize.OfElement<T>();
        return new SharedFuture<T>(
            memory,
            name,
            SyncEntry.Find(memory, name, Kind, FutureHeader.TotalBytes(size), FutureHeader.PackedBytes(size)));
    }

    /// <summary>Opens a future if there is one.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="future">The future.</param>
    /// <returns>False when there is no such entry.</returns>
    /// <exception cref="SegmentFormatException">The entry is not a future, or of a value of another size.</exception>
    public static bool TryOpen(SharedMemory memory, string name, [NotNullWhen(true)] out SharedFuture<T>? future) =>
        (future = SyncEntry.TryOpen(memory, name, () => Open(memory, name))) is not null;

    /// <summary>Opens a future, or creates it if there is none; safe when several processes do so at once.</summary>
    /// <param name="memory">The segment.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="SegmentFormatException">The entry is not a future, or of a value of another size.</exception>
    public static SharedFuture<T> CreateOrOpen(SharedMemory memory, string name) =>
        SyncEntry.CreateOrOpen(memory, name, () => Create(memory, name), () => Open(memory, name));

    /// <summary>Completes it with a value. Does not block.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when it was completed before, or somebody who lives is computing it.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TrySet(T value)
    {
        if (!TryClaim(out OwnerRecord? record))
        {
            return false;
        }

        Complete(record, value);
        return true;
    }

    /// <summary>Completes it with an error. Does not block.</summary>
    /// <param name="error">What went wrong; cut after 255 bytes of UTF-8.</param>
    /// <returns>False when it was completed before, or somebody who lives is computing it.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryFail(string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (!TryClaim(out OwnerRecord? record))
        {
            return false;
        }

        Complete(record, error);
        return true;
    }

    /// <summary>Completes it as cancelled: who waits for it gets an <see cref="OperationCanceledException"/>. Peers see
    /// an error.</summary>
    /// <returns>False when it was completed before, or somebody who lives is computing it.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryCancel() => TryFail(ErrorField.Canceled);

    /// <summary>Begins to compute: until the setter is used or disposed nobody else can complete the future.</summary>
    /// <param name="setter">Completes it.</param>
    /// <returns>False when it was completed before, or somebody who lives is computing it.</returns>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public bool TryBegin([NotNullWhen(true)] out FutureSetter<T>? setter)
    {
        ThrowIfDisposed();
        OwnerRecord record = Core.Owners.Take();
        if (Core.TryClaim(record) || (Core.TryRecover() && Core.TryClaim(record)))
        {
            setter = new FutureSetter<T>(this, record);
            return true;
        }

        record.Release();
        setter = null;
        return false;
    }

    /// <summary>The value, if it is there.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False while it is pending or being computed.</returns>
    /// <exception cref="FutureFailedException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(out T value)
    {
        if (Core.State == FutureState.Ready)
        {
            value = _value.Read(0);
            GC.KeepAlive(_memory);
            return true;
        }

        return TryGetSlow(out value);
    }

    /// <summary>The alternative "it is completed" of a <see cref="SharedSelect"/>. A future that failed has no value
    /// there; ask it for its error.</summary>
    public SelectCase<T> Completing() => new(this);

    /// <inheritdoc/>
    SelectState ISelectable<T>.TryComplete(out T value)
    {
        FutureState state = Core.State;
        value = state == FutureState.Ready ? _value.Read(0) : default;
        GC.KeepAlive(_memory);
        return state switch
        {
            FutureState.Ready => SelectState.Completed,
            FutureState.Failed => SelectState.Ended,
            _ => SelectState.Pending,
        };
    }

    /// <inheritdoc/>
    OwnerRecord? ISelectable<T>.Arm() => _waiters.Raise();

    /// <inheritdoc/>
    void ISelectable<T>.Disarm(OwnerRecord? armed) => _waiters.Lower(armed!);

    /// <inheritdoc/>
    bool IWaitWatch.ReadsRecordsOnly => true;

    /// <inheritdoc/>
    void IWaitWatch.Look()
    {
        Core.Look();
        _waiters.Look();
    }

    internal void Complete(OwnerRecord record, T value)
    {
        _value.Write(0, value);
        Finish(record, FutureState.Ready);
    }

    internal void Complete(OwnerRecord record, string error)
    {
        ErrorField.Write(_memory.Segment, _errorOffset, error);
        Finish(record, FutureState.Failed);
    }

    private void Finish(OwnerRecord record, FutureState state)
    {
        _time.WriteRelease((ulong)MonotonicClock.Nanoseconds);
        Core.Publish(record, state);
        GC.KeepAlive(_memory);
    }

    // The record of this thread's steps: value and state are stored without waiting for anybody.
    private bool TryClaim([NotNullWhen(true)] out OwnerRecord? record)
    {
        ThrowIfDisposed();
        record = StepRecord.For(Core.Owners);
        return Core.TryClaim(record) || (Core.TryRecover() && Core.TryClaim(record));
    }

    private bool TryGetSlow(out T value)
    {
        ThrowIfDisposed();
        value = default;
        if (Core.State == FutureState.Failed)
        {
            throw Failure();
        }

        return false;
    }

    private Exception Failure()
    {
        string error = ReadError();
        return error == ErrorField.Canceled
            ? new OperationCanceledException($"Future '{Name}' in segment '{_memory.Name}' was cancelled.")
            : new FutureFailedException(
                $"Could not get future '{Name}' in segment '{_memory.Name}': it failed with \"{error}\". Look at the "
                + "process that was "
                + "to complete it.",
                "get future", _memory.Name, error);
    }

    // A C++ peer stores the state first, then the text, then the time: a text that is on its way is waited for, not for
    // ever.
    private string ReadError()
    {
        var wait = default(SlotWait);
        while (_time.ReadAcquire() == 0 && Core.Site.Table.ForeignPeers && wait.Next())
        {
            SpinWaiter.Pause();
        }

        string error = ErrorField.Read(_memory.Segment, _errorOffset);
        GC.KeepAlive(_memory);
        return error;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Core.Site.Table.IsDisposed, _memory);
}
