using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>One connection of an in-place client: the generation's memory, the frames that are out, the calls that
/// wait.</summary>
/// <remarks>Thread-safe. Every frame that is out holds the memory, so a Dispose of the client or the loss of the server
/// never takes it away from a caller.</remarks>
[SuppressMessage(
    "Reliability",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The signal holds nothing native unless its wait handle is asked for, and a late caller may still "
        + "use it.")]
internal sealed class InPlaceLink
{
    private readonly Lock _lock = new();
    private readonly Lock _watchLock = new();
    private readonly InPlaceMemory _memory;
    private readonly FreeExtents _free;
    private readonly InPlaceFrame[] _frames;
    private readonly PeerWatch _server;
    private ulong _sent;
    private ulong _takenBack;
    private int _lost;
    private int _abandoned;

    internal InPlaceLink(InPlaceMemory memory, WaitStrategy strategy)
    {
        _memory = memory;
        Answers = new InPlaceAnswerWait(this, memory, strategy);
        int count = memory.Layout.QueueSize;
        _free = new FreeExtents(memory.Layout.PayloadSizeBytes, count);
        _frames = new InPlaceFrame[count];
        for (int i = 0; i < count; i++)
        {
            _frames[i] = new InPlaceFrame(this);
        }

        _server = new PeerWatch(memory.Control, InPlaceMemory.ServerPidOffset);
    }

    /// <summary>True after the server was found gone or the client was disposed.</summary>
    internal bool IsLost => Volatile.Read(ref _lost) != 0;

    internal DuplexOutcome Loss { get; private set; }

    internal bool IsDisposed { get; private set; }

    internal string Name => _memory.Name;

    /// <summary>The waiting for answers.</summary>
    internal InPlaceAnswerWait Answers { get; }

    /// <summary>The waiting for frames that are given back.</summary>
    internal InPlaceRoom Room { get; } = new();

    internal long PayloadSizeBytes => _memory.Layout.PayloadSizeBytes;

    private bool HasAbandoned => Volatile.Read(ref _abandoned) != 0;

    internal static long TotalOf(int capacityBytes) => InPlaceFrameHeader.SizeBytes + BufferLayout.Align(capacityBytes);

    /// <summary>Takes a frame if there is room now.</summary>
    internal InPlaceFrame? TryTake(int capacityBytes, out int ticket)
    {
        ticket = 0;
        long total = TotalOf(capacityBytes);
        lock (_lock)
        {
            if (IsLost)
            {
                return null;
            }

            InPlaceFrame? frame = FindFree();
            long offset = frame is null ? -1 : _free.Take(total);
            if (offset < 0)
            {
                Reclaim();
                frame = FindFree();
                offset = frame is null ? -1 : _free.Take(total);
            }

            if (offset < 0 || !_memory.TryHold())
            {
                return null;
            }

            ticket = frame!.Take(offset, capacityBytes, total);
            _memory.FreeBytes.WriteOwned((ulong)_free.FreeBytes);
            StepHook.At("in-place-reserve.free");
            return frame;
        }
    }

    /// <summary>Takes a frame if there is room; else sleeps until there may be some.</summary>
    /// <returns>The frame; null when the caller is to look again.</returns>
    internal InPlaceFrame? TakeOrSleep(
        int capacityBytes, out int ticket, long nanoseconds, CancellationToken cancellationToken)
    {
        Room.Announce();
        try
        {
            InPlaceFrame? frame = TryTake(capacityBytes, out ticket);
            if (frame is null && !IsLost)
            {
                Room.Wait(nanoseconds, HasAbandoned, cancellationToken);
            }

            return frame;
        }
        finally
        {
            Room.Withdraw();
        }
    }

    /// <summary>As <see cref="TakeOrSleep"/>, without blocking a thread.</summary>
    internal async ValueTask<(InPlaceFrame? Frame, int Ticket)> TakeOrSleepAsync(
        int capacityBytes, long nanoseconds, CancellationToken cancellationToken)
    {
        Room.Announce();
        try
        {
            InPlaceFrame? frame = TryTake(capacityBytes, out int ticket);
            if (frame is null && !IsLost)
            {
                await Room.WaitAsync(nanoseconds, HasAbandoned, cancellationToken).ConfigureAwait(false);
            }

            return (frame, ticket);
        }
        finally
        {
            Room.Withdraw();
        }
    }

    internal Span<byte> DataOf(InPlaceFrame frame) => _memory.FrameData(frame.Offset, frame.Capacity);

    internal System.Buffers.IMemoryOwner<byte> MemoryOf(InPlaceFrame frame) =>
        _memory.FrameMemory(frame.Offset, frame.Capacity);

    /// <summary>Sends a request whose data is in its frame.</summary>
    internal void Send(InPlaceFrame frame, int sizeBytes)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, typeof(InPlaceClient));
            ulong sequence = _sent + 1;

            // PLAIN published by the token.
            _memory.FrameField(frame.Offset, 0).WriteOwned((ulong)frame.Capacity);
            _memory.FrameField(frame.Offset, InPlaceFrameHeader.SequenceOffset).WriteOwned(sequence);
            _memory.FrameField(frame.Offset, InPlaceFrameHeader.SizeOffset).WriteOwned((ulong)sizeBytes);
            StepHook.At("in-place-send.header");
            _memory.FrameState(frame.Offset).WriteRelease(InPlaceFrameHeader.StateRequest);
            StepHook.At("in-place-send.state");
            _memory.QueueEntry(_sent).WriteOwned((ulong)frame.Offset);
            frame.IsSent = true;
            _sent = sequence;
            StepHook.At("in-place-send.entry");

            // PUBLISH [in-place-request] Entry, header and data are visible before the count, and all before the token.
            //   Weaker: the server takes an old entry or half a request.
            _memory.WrittenCount.WriteRelease(sequence);
            StepHook.At("in-place-send.counted");
            if (!_memory.Requests.TryPost())
            {
                throw new SegmentCorruptedException(
                    $"Could not send request to '{_memory.Name}': its semaphore is full. Another process posted it; "
                    + "connect again.",
                    "send request",
                    _memory.Name,
                    _memory.Requests.Name,
                    NamedSemaphore.MaxCount.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            StepHook.At("in-place-send.posted");
        }
    }

    /// <summary>Bytes of the answer in a frame, checked against its capacity.</summary>
    internal int AnswerBytes(InPlaceFrame frame)
    {
        ulong size = _memory.FrameField(frame.Offset, InPlaceFrameHeader.SizeOffset).ReadAcquire();
        return size <= (ulong)frame.Capacity
            ? (int)size
            : throw new SegmentCorruptedException(
                $"Could not read answer from '{_memory.Name}': size is {size}, the frame has room for "
                + $"{frame.Capacity}. The server is faulty; "
                + "connect again.",
                "read answer",
                _memory.Name,
                "size",
                size.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Gives a frame back; one whose request the server still has is withdrawn or comes back later.</summary>
    internal void GiveBack(InPlaceFrame frame, int ticket)
    {
        lock (_lock)
        {
            if (!frame.IsOut(ticket))
            {
                return;
            }

            if (frame.IsSent && !IsLost)
            {
                frame.IsAbandoned = true;
                _abandoned++;
                Withdraw(frame);
                return;
            }

            Free(frame);
        }

        Room.Wake();
    }

    /// <summary>The server is gone, or the client was disposed. The first reason stays.</summary>
    internal void Lose(DuplexOutcome outcome)
    {
        lock (_lock)
        {
            if (_lost != 0)
            {
                return;
            }

            Loss = outcome;
            Volatile.Write(ref _lost, 1);
            foreach (InPlaceFrame frame in _frames)
            {
                if (!frame.IsFree && frame.IsAbandoned)
                {
                    Free(frame);
                }
            }
        }

        WakeSleepers();
    }

    /// <summary>Leaves the channel; the memory goes with the last frame that is out.</summary>
    internal void Close(bool disposed)
    {
        lock (_lock)
        {
            IsDisposed |= disposed;
        }

        Lose(DuplexOutcome.ServerClosed);
        lock (_lock)
        {
            if (_memory.Control.IsDisposed)
            {
                return;
            }

            // PUBLISH [owner] The fields are cleared before the lock of their bytes goes with the segment.
            var self = (ulong)Environment.ProcessId;
            StepHook.At("in-place-leave.begin");
            _memory.Control.UInt64(OperationInfoBlock.WriterPidOffset).CompareExchange(0, self);
            StepHook.At("in-place-leave.writer");
            _memory.Control.UInt64(InPlaceMemory.ClientPidOffset).CompareExchange(0, self);
            StepHook.At("in-place-leave.client");
            _memory.Dispose();
            StepHook.At("in-place-leave.end");
        }
    }

    /// <summary>Asks whether the server lives.</summary>
    internal bool LookAtServer()
    {
        if (IsLost || !_memory.TryHold())
        {
            return false;
        }

        PeerPresence presence;
        try
        {
            lock (_watchLock)
            {
                presence = _server.Look();
            }
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            _memory.Release();
        }

        if (presence != PeerPresence.Present)
        {
            Lose(presence == PeerPresence.Dead ? DuplexOutcome.ServerDied : DuplexOutcome.ServerClosed);
            return false;
        }

        return true;
    }

    private InPlaceFrame? FindFree()
    {
        foreach (InPlaceFrame frame in _frames)
        {
            if (frame.IsFree)
            {
                return frame;
            }
        }

        return null;
    }

    // A request that the server has not taken yet is not handled any more; its frame is free once the server has passed
    // it.
    private void Withdraw(InPlaceFrame frame)
    {
        SharedUInt32 word = _memory.FrameState(frame.Offset);
        uint found = word.ReadAcquire();
        if ((found & ~InPlaceFrameHeader.SleeperFlag) == InPlaceFrameHeader.StateRequest)
        {
            // CLAIM [in-place-frame] Taken by the server or withdrawn by the client, not both.
            word.CompareExchange(InPlaceFrameHeader.StateWithdrawn, found);
            StepHook.At("in-place-withdraw.state");
        }
    }

    private void Reclaim()
    {
        foreach (InPlaceFrame frame in _frames)
        {
            if (!frame.IsFree && frame.IsAbandoned && InPlaceAnswerWait.IsOver(_memory.FrameState(frame.Offset).ReadAcquire()))
            {
                Free(frame);
            }
        }
    }

    private void Free(InPlaceFrame frame)
    {
        _abandoned -= frame.IsAbandoned ? 1 : 0;
        _free.Give(frame.Offset, frame.TotalBytes);
        frame.Free();

        // PLAIN for observers.
        _memory.FreeBytes.WriteOwned((ulong)_free.FreeBytes);
        StepHook.At("in-place-release.free");
        _memory.TakenCount.WriteOwned(++_takenBack);
        StepHook.At("in-place-release.counted");
        _memory.Release();
    }

    private void WakeSleepers()
    {
        foreach (InPlaceFrame frame in _frames)
        {
            if (!frame.IsFree && frame.IsSent && _memory.TryHold())
            {
                // The word changes (the flag goes), so that awaited waits see it too.
                SharedUInt32 word = _memory.FrameState(frame.Offset);
                word.And(~InPlaceFrameHeader.SleeperFlag);
                SharedFutex.WakeAll(word);
                _memory.Release();
            }
        }

        Room.Wake();
    }
}
