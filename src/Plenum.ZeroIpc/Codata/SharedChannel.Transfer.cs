using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Plenum.ZeroIpc;

/// <content>Sending and receiving.</content>
public sealed partial class SharedChannel<T>
{
    /// <summary>Sends a value if that is possible at once: there is room, or on a rendezvous channel a receiver
    /// sleeps.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when nothing was sent: full, nobody waits, or closed (<see cref="IsClosed"/>).</returns>
    /// <remarks>On a rendezvous channel it may take a few milliseconds until the receiver is awake.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySend(T value)
    {
        bool sent = _buffered is { } buffered
            ? buffered.TrySendNow(value) : _core.TrySend(value) == SelectState.Completed;
        GC.KeepAlive(_memory);
        return sent;
    }

    /// <summary>Receives a value if there is one.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when there is none now.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReceive(out T value)
    {
        bool received = _buffered is { } buffered
            ? buffered.TryReceiveNow(out value)
            : _core.TryReceive(out value) == SelectState.Completed;
        GC.KeepAlive(_memory);
        return received;
    }

    /// <summary>Sends as many values as there is room for, with one claim; at most one on a rendezvous
    /// channel.</summary>
    /// <param name="values">The values, in order.</param>
    /// <returns>How many were sent, from the start of <paramref name="values"/>.</returns>
    public int TrySend(ReadOnlySpan<T> values)
    {
        int sent = _buffered is { } buffered ? buffered.TrySend(values)
            : values.Length > 0 && TrySend(values[0]) ? 1 : 0;
        GC.KeepAlive(_memory);
        return sent;
    }

    /// <summary>Receives as many values as there are, with one claim; at most one on a rendezvous channel.</summary>
    /// <param name="values">Receives the values, oldest first.</param>
    /// <returns>How many were received.</returns>
    public int TryReceive(Span<T> values)
    {
        int received = _buffered is { } buffered ? buffered.TryReceive(values)
            : values.Length > 0 && TryReceive(out values[0]) ? 1 : 0;
        GC.KeepAlive(_memory);
        return received;
    }

    /// <summary>Sends a value; waits for room, or on a rendezvous channel until a receiver has it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="ChannelClosedException">The channel is closed; the value was not sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the value was not sent.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public void Send(T value, CancellationToken cancellationToken = default)
    {
        if (_buffered is not { } buffered || !buffered.TrySendNow(value))
        {
            SendSlow(value, cancellationToken);
        }

        GC.KeepAlive(_memory);
    }

    /// <summary>Sends a value; waits at most a given time.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to try once.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>Whether it was sent; nobody has the value unless done.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the value was not sent.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ChannelStatus Send(T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ChannelStatus status = timeout == TimeSpan.Zero
            ? ChannelCore<T>.StatusOf(_core.TrySend(value))
            : _buffered is { } buffered && buffered.TrySendNow(value)
                ? ChannelStatus.Done
                : _core.Send(value, Deadlines.From(timeout), cancellationToken);
        GC.KeepAlive(_memory);
        return status;
    }

    /// <summary>Receives a value; waits for one.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="ChannelClosedException">The channel is closed and drained.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was received.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public T Receive(CancellationToken cancellationToken = default)
    {
        if (_buffered is not { } buffered || !buffered.TryReceiveNow(out T value))
        {
            value = ReceiveSlow(cancellationToken);
        }

        GC.KeepAlive(_memory);
        return value;
    }

    /// <summary>Receives a value; waits at most a given time.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>Whether there is a value.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was received.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ChannelStatus Receive(out T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ChannelStatus status = _buffered is { } buffered && buffered.TryReceiveNow(out value)
            ? ChannelStatus.Done
            : _core.Receive(out value, Deadlines.From(timeout), cancellationToken);
        GC.KeepAlive(_memory);
        return status;
    }

    /// <summary>Sends a value; waits without holding a thread.</summary>
    /// <inheritdoc cref="Send(T, CancellationToken)" path="/param"/>
    /// <inheritdoc cref="Send(T, CancellationToken)" path="/exception"/>
    public ValueTask SendAsync(T value, CancellationToken cancellationToken = default)
    {
        return _buffered is { } buffered && !cancellationToken.IsCancellationRequested && buffered.TrySendNow(value)
            ? default
            : SendSlowAsync(value, cancellationToken);
    }

    /// <summary>Sends a value; waits at most a given time, without holding a thread.</summary>
    /// <inheritdoc cref="Send(T, TimeSpan, CancellationToken)" path="/param"/>
    /// <inheritdoc cref="Send(T, TimeSpan, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="Send(T, TimeSpan, CancellationToken)" path="/exception"/>
    public ValueTask<ChannelStatus> SendAsync(T value, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (timeout == TimeSpan.Zero)
        {
            return new ValueTask<ChannelStatus>(Send(value, timeout, cancellationToken));
        }

        return _buffered is { } buffered && !cancellationToken.IsCancellationRequested && buffered.TrySendNow(value)
            ? new ValueTask<ChannelStatus>(ChannelStatus.Done)
            : _core.SendAsync(value, Deadlines.From(timeout), cancellationToken);
    }

    /// <summary>Receives a value; waits for one without holding a thread.</summary>
    /// <inheritdoc cref="Receive(CancellationToken)" path="/param"/>
    /// <inheritdoc cref="Receive(CancellationToken)" path="/exception"/>
    public ValueTask<T> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        return !cancellationToken.IsCancellationRequested && TryReceive(out T value)
            ? new ValueTask<T>(value)
            : ReceiveSlowAsync(cancellationToken);
    }

    /// <summary>Receives a value; waits at most a given time, without holding a thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero to look.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>The value, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was received.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public ValueTask<ChannelReceipt<T>> ReceiveAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        SelectState state = _core.TryReceive(out T value);
        return state != SelectState.Pending || timeout == TimeSpan.Zero
            ? new ValueTask<ChannelReceipt<T>>(new ChannelReceipt<T>(ChannelCore<T>.StatusOf(state), value))
            : _core.ReceiveAsync(Deadlines.From(timeout), cancellationToken);
    }

    /// <summary>Receives values until the channel is closed and drained.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public IEnumerable<T> ReadAll(CancellationToken cancellationToken = default)
    {
        while (Receive(out T value, Timeout.InfiniteTimeSpan, cancellationToken) == ChannelStatus.Done)
        {
            yield return value;
        }
    }

    /// <summary>Receives values until the channel is closed and drained, without holding a thread.</summary>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The segment was disposed.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ChannelReceipt<T> receipt = await ReceiveAsync(Timeout.InfiniteTimeSpan,
                cancellationToken).ConfigureAwait(false);
            if (receipt.Status != ChannelStatus.Done)
            {
                yield break;
            }

            yield return receipt.Value;
        }
    }

    internal ValueTask WaitReadableAsync(CancellationToken cancellationToken) =>
        _core.WaitReadableAsync(cancellationToken);

    internal ValueTask WaitWritableAsync(CancellationToken cancellationToken) =>
        _core.WaitWritableAsync(cancellationToken);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SendSlow(T value, CancellationToken cancellationToken)
    {
        if (_core.Send(value, long.MaxValue, cancellationToken) != ChannelStatus.Done)
        {
            throw Closed("send to");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T ReceiveSlow(CancellationToken cancellationToken) =>
        _core.Receive(out T value, long.MaxValue, cancellationToken) == ChannelStatus.Done
            ? value
            : throw Closed("receive from");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendSlowAsync(T value, CancellationToken cancellationToken)
    {
        if (await _core.SendAsync(value, long.MaxValue, cancellationToken).ConfigureAwait(false) != ChannelStatus.Done)
        {
            throw Closed("send to");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> ReceiveSlowAsync(CancellationToken cancellationToken)
    {
        ChannelReceipt<T> receipt = await _core.ReceiveAsync(long.MaxValue, cancellationToken).ConfigureAwait(false);
        return receipt.Status == ChannelStatus.Done ? receipt.Value : throw Closed("receive from");
    }

    private ChannelClosedException Closed(string what) =>
        new($"Could not {what} channel '{Name}' in segment '{_memory.Name}': it is closed.");
}
