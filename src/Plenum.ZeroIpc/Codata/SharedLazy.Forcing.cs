using System.Runtime.CompilerServices;
using Plenum.Platform;

namespace Plenum.ZeroIpc;

/// <content>Forcing, memory of results, invalidation.</content>
public sealed partial class SharedLazy<T>
{
    private const uint BoolOperations = 0x100;
    private const ulong StampSeed = 0xCBF2_9CE4_8422_2325;
    private const ulong StampPrime = 0x0000_0100_0000_01B3;

    private SharedLazy<T>[]? _operands;

    private bool IsChain => _cells.RawOperation == (uint)LazyOperation.Chain && typeof(T) != typeof(bool);

    // In the layout of truth values the operation's numbers mean something else; 5 is not among them.
    private bool IsExternal => _cells.RawOperation == (uint)LazyOperation.External;

    private bool HasSources => (IsChain || _dependencies.Length > 0) && _cells.HasError;

    /// <summary>The value; computes it, or waits while another one computes it.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="FutureFailedException">The computation failed, now or before.</exception>
    /// <exception cref="InvalidOperationException">No function was given here and nobody computed it; or it depends on
    /// itself, or lies more than 64 references deep.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public T Force(CancellationToken cancellationToken = default)
    {
        _ = Force(out T value, Timeout.InfiniteTimeSpan, cancellationToken);
        return value;
    }

    /// <summary>The value; computes it, or waits at most a given time while another one computes it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero not at all.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>False when the time was over.</returns>
    /// <inheritdoc cref="Force(CancellationToken)" path="/exception"/>
    public bool Force(out T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadline = Deadlines.From(timeout);
        LazyPath.Enter(_memory, _core.Offset, Name);
        try
        {
            while (true)
            {
                if (Step(out value, out bool busy))
                {
                    return true;
                }

                var idle = new ComputationCore.Idle(_core);
                if (busy && (deadline == 0 || !_core.Site.Wait(ref idle, _core, deadline, cancellationToken)))
                {
                    return false;
                }
            }
        }
        finally
        {
            LazyPath.Leave();
            GC.KeepAlive(_memory);
        }
    }

    /// <summary>The value; computes it on this thread, or waits without holding it while another one computes
    /// it.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <inheritdoc cref="Force(CancellationToken)" path="/exception"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> ForceAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (StepOnPath(out T value, out bool busy))
            {
                return value;
            }

            if (busy)
            {
                _ = await PooledWait.RunAsync(_core.Site, _core.Idleness, _core, long.MaxValue, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>The value if it was computed, as it is remembered; forces nothing.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when it was not computed, or failed.</returns>
    public bool TryPeek(out T value)
    {
        bool read = TryReadStable(out value, out _);
        value = read ? value : default;
        GC.KeepAlive(_memory);
        return read;
    }

    /// <summary>Forgets a computed value, as the peers' reset: it is computed again when it is forced next. Errors
    /// stay.</summary>
    /// <returns>False when there was no value.</returns>
    public bool Reset()
    {
        ThrowIfDisposed();
        return _core.TryChange(FutureState.Ready, FutureState.Pending);
    }

    /// <summary>Forgets a value or an error: it is computed again when it is forced next, and so is what was computed
    /// from it.</summary>
    /// <returns>False when there was neither.</returns>
    public bool Invalidate()
    {
        ThrowIfDisposed();
        return _core.TryChange(FutureState.Ready, FutureState.Pending)
            || _core.TryChange(FutureState.Failed, FutureState.Pending);
    }

    private bool StepOnPath(out T value, out bool busy)
    {
        LazyPath.Enter(_memory, _core.Offset, Name);
        try
        {
            return Step(out value, out busy);
        }
        finally
        {
            LazyPath.Leave();
            GC.KeepAlive(_memory);
        }
    }

    // One look: the value, an error, a computation, or a reason to look again. No claim is held while others are
    // forced.
    private bool Step(out T value, out bool busy)
    {
        ThrowIfDisposed();
        FutureState state = _core.State;
        value = default;
        busy = state == FutureState.Computing;
        if (busy)
        {
            busy = !_core.TryRecover();
            return false;
        }

        (ulong stamp, string? failure) = HasSources ? ForceSources() : (0, null);
        if (state == FutureState.Pending)
        {
            return TryCompute(out value, stamp, failure);
        }

        if (state == FutureState.Ready ? TryReadStable(out value, out ulong known) : TryReadError(out known))
        {
            if (HasSources && known != stamp)
            {
                // Computed from something that has changed since.
                _ = _core.TryChange(state, FutureState.Pending);
                return false;
            }

            return state == FutureState.Ready ? true : throw Failure(_cells.ErrorText);
        }

        return false;
    }

    private bool TryCompute(out T value, ulong stamp, string? failure)
    {
        value = default;
        if (IsExternal && _compute is null)
        {
            throw new InvalidOperationException(
                $"Could not force lazy '{Name}' in segment '{_memory.Name}': nobody computed it, and it was opened "
                + "here without a "
                + "function. Open it with the function, or force it in the process that has one.");
        }

        OwnerRecord record = _core.Owners.Take();
        try
        {
            if (!_core.TryClaim(record))
            {
                return false;
            }

            value = Finish(record, stamp, failure);
            return true;
        }
        finally
        {
            record.Release();
        }
    }

    private T Finish(OwnerRecord record, ulong stamp, string? failure)
    {
        T value;
        try
        {
            value = failure is null ? Compute() : throw Failure(failure);
        }
        catch (Exception e)
        {
            if (!_cells.HasError)
            {
                // Truth values have no place for an error: the next one tries again.
                _core.GiveBack(record);
                throw;
            }

            string text = failure ?? (e is FutureFailedException known ? known.ErrorText : e.Message);
            _cells.WriteError(text);
            WriteStamp(stamp);
            _core.Publish(record, FutureState.Failed);
            throw e is FutureFailedException ? e : Failure(text, e);
        }

        _cells.Value = value;
        WriteStamp(stamp);

        // Before the state: who reads the value between two counts that are equal reads one value.
        _cells.CountUp();
        StepHook.At("lazy-counted");
        _core.Publish(record, FutureState.Ready);
        return value;
    }

    private T Compute()
    {
        if (IsExternal)
        {
            return _compute!();
        }

        if (!IsChain)
        {
            (T a, T b) = _cells.Operands;
            return Operation == LazyOperation.Constant ? a : LazyArithmetic.Compute(Operation, a, b);
        }

        SharedLazy<T>[] operands = Operands();
        T first = operands[0].Force();
        return LazyArithmetic.Compute(_cells.Chain.Operation, first, operands.Length > 1 ? operands[1].Force() : first);
    }

    // Forces what this is computed from; the stamp says which of their computations were seen.
    private (ulong Stamp, string? Failure) ForceSources()
    {
        ulong stamp = StampSeed;
        string? failure = null;
        foreach (SharedLazy<T> source in IsChain ? Operands() : _dependencies)
        {
            try
            {
                _ = source.Force();
            }
            catch (FutureFailedException e)
            {
                failure ??= e.ErrorText;
            }

            stamp = (stamp ^ (ulong)source._core.Offset) * StampPrime;
            stamp = (stamp ^ source._cells.Count ^ ((ulong)(failure?.Length ?? 0) << 32)) * StampPrime;
        }

        return (stamp, failure);
    }

    private SharedLazy<T>[] Operands()
    {
        if (_operands is null)
        {
            (_, long a, long b) = _cells.Chain;
            _operands = b == 0 ? [OpenAt(a)] : [OpenAt(a), OpenAt(b)];
        }

        return _operands;
    }

    private SharedLazy<T> OpenAt(long offset)
    {
        foreach (SharedEntry entry in _memory.Table)
        {
            if (entry.Offset == offset)
            {
                return Open(_memory, entry.Name);
            }
        }

        throw new SegmentCorruptedException(
            $"Could not force lazy '{Name}' in segment '{_memory.Name}': it refers to offset {offset}, where no entry "
            + "lies.",
            "force lazy", _memory.Name, "operand", Format.Number(offset));
    }

    // A value that others invalidate and compute anew while it is copied is copied again.
    private bool TryReadStable(out T value, out ulong stamp)
    {
        uint count = _cells.Count;
        bool ready = _core.State == FutureState.Ready;
        value = _cells.Value;
        stamp = HasSources ? _cells.Stamp : 0;

        // FENCE the loads of value and stamp, then the second look at state and count.
        Volatile.ReadBarrier();
        return ready && _core.State == FutureState.Ready && _cells.Count == count;
    }

    private bool TryReadError(out ulong stamp)
    {
        stamp = HasSources ? _cells.Stamp : 0;
        Volatile.ReadBarrier();
        return _core.State == FutureState.Failed;
    }

    private void WriteStamp(ulong stamp)
    {
        if (HasSources)
        {
            _cells.WriteStamp(stamp);
        }
    }

    private FutureFailedException Failure(string error, Exception? cause = null) => new(
        $"Could not force lazy '{Name}' in segment '{_memory.Name}': its computation failed with \"{error}\". Remove "
        + "the cause and "
        + "invalidate it.",
        "force lazy", _memory.Name, error, cause);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_core.Site.Table.IsDisposed, _memory);
}
