using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.Internal;

namespace Plenum.ZeroBuffer.InPlace;

/// <summary>The in-place server's thread: takes requests in the order of the queue, and makes a fresh channel after
/// each client.</summary>
[SuppressMessage(
    "Reliability",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "Locks and memory go in Close, which a thread of its own runs; the rest holds nothing native.")]
internal sealed class InPlaceServerLoop
{
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(50);

    private readonly BufferNames _names;
    private readonly InPlaceHandler _handler;
    private readonly InPlaceServerOptions _options;
    private readonly Action<DuplexServerError> _report;
    private readonly BufferLocks _locks;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentBag<InPlaceWorkItem> _free = [];
    private readonly Lock _closeLock = new();
    private volatile InPlaceMemory _memory;
    private PeerWatch _client;
    private ulong _taken;
    private bool _greeted;
    private bool _clientSeen;
    private bool _closed;
    private long _handled;
    private long _failures;

    internal InPlaceServerLoop(
        BufferNames names, InPlaceHandler handler, InPlaceServerOptions options, Action<DuplexServerError> report)
    {
        _names = names;
        _handler = handler;
        _options = options;
        _report = report;
        _slots = new SemaphoreSlim(options.MaxConcurrency, options.MaxConcurrency);
        Stopping = _stop.Token;
        StaleSweep.Run(options.Segment.Permission);
        StepHook.At("in-place-create.swept");
        _locks = BufferLocks.Take(
            "start in-place server", names, options.Segment.Permission, ZeroBufferOptions.Default.CreateTimeout);
        InPlaceMemory? memory = null;
        try
        {
            StepHook.At("in-place-create.locked");
            BufferOwnership.RequireReplaceable(names);
            StepHook.At("in-place-create.cleared");
            memory = InPlaceMemory.Create(names, options);
        }
        finally
        {
            if (memory is null)
            {
                _locks.Dispose();
            }
        }

        _memory = memory;
        _client = new PeerWatch(memory.Control, InPlaceMemory.ClientPidOffset);
    }

    internal CancellationToken Stopping { get; }

    internal long Handled => Interlocked.Read(ref _handled);

    internal long Failures => Interlocked.Read(ref _failures);

    /// <summary>Body of the server's thread; never throws.</summary>
    internal void Run()
    {
        try
        {
            while (!Stopping.IsCancellationRequested)
            {
                Turn();
            }
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // The way a stop ends every wait.
        }
        catch (ObjectDisposedException) when (Stopping.IsCancellationRequested)
        {
            // A stop that did not want to wait for a running handler removed the channel.
        }
        catch (Exception e)
        {
            // A boundary: an exception that leaves a thread would end the process.
            Report(e, 0);
        }
        finally
        {
            WaitForHandlers();
            RemoveChannel();
        }
    }

    internal void RequestStop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException e)
        {
            // A callback that a handler registered has failed; the stop goes on.
            Report(e, 0);
        }
    }

    /// <summary>Removes the channel, also while a handler still runs: its memory stays until it ends.</summary>
    internal void RemoveChannel()
    {
        lock (_closeLock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            Retire(_memory);
            _locks.Dispose();
        }
    }

    /// <summary>Handles a request; from any thread of this server.</summary>
    internal void Handle(in InPlaceRequest request)
    {
        Exception? error = request.Handle(_handler, out int answerBytes);

        // Counted before the client can know that its request was handled.
        Interlocked.Increment(ref _handled);
        if (error is not null)
        {
            Interlocked.Increment(ref _failures);
        }

        request.Answer(answerBytes, error is not null);
        if (error is not null)
        {
            Report(error, request.Sequence);
        }
    }

    internal void Return(InPlaceWorkItem item)
    {
        _free.Add(item);
        _slots.Release();
    }

    private void Turn()
    {
        InPlaceMemory memory = _memory;
        if (!memory.TryHold())
        {
            Stopping.ThrowIfCancellationRequested();
            return;
        }

        try
        {
            if (memory.Requests.TryWait() || memory.Requests.Wait(s_slice, _options.WaitStrategy, Stopping))
            {
                TakeNext(memory);
            }
            else
            {
                LookAtClient(memory);
            }
        }
        catch (SegmentCorruptedException e)
        {
            Report(e, 0);
            Replace(memory);
        }
        finally
        {
            memory.Release();
        }
    }

    private void TakeNext(InPlaceMemory memory)
    {
        StepHook.At("in-place-take.token");

        // OBSERVE [in-place-request] The token was posted after entry, header and data were stored.
        ulong written = memory.WrittenCount.ReadAcquire();
        if (written == _taken)
        {
            // A token too many, of whoever posted it.
            return;
        }

        ulong frame = memory.QueueEntry(_taken).ReadAcquire();
        _taken++;
        _clientSeen = true;
        StepHook.At("in-place-take.entry");

        // PLAIN for observers. What lets the client use the entry again is the answer of its frame ([in-place-answer]).
        memory.ReadCount.WriteOwned(_taken);
        StepHook.At("in-place-take.counted");
        Greet(memory);
        if (!InPlaceRequest.TryTake(memory, frame, out InPlaceRequest request))
        {
            return;
        }

        if (_options.Processing == DuplexProcessing.SingleThread)
        {
            Handle(request);
            return;
        }

        _slots.Wait(Stopping);
        if (!memory.TryHold())
        {
            _slots.Release();
            return;
        }

        (_free.TryTake(out InPlaceWorkItem? item) ? item : new InPlaceWorkItem(this)).Start(request);
    }

    private void Greet(InPlaceMemory memory)
    {
        if (_greeted)
        {
            return;
        }

        _greeted = true;
        if (_options.OnClient is not { } greet)
        {
            return;
        }

        try
        {
            var area = new MetadataArea(memory.Control, memory.Layout.Metadata);
            greet(area.TryRead(out ReadOnlySpan<byte> metadata) ? metadata : default);
        }
        catch (Exception e)
        {
            // A boundary: neither the user's callback nor a client's malformed metadata ends the server.
            Report(e, 0);
        }
    }

    private void LookAtClient(InPlaceMemory memory)
    {
        PeerPresence presence = _client.Look();
        if (presence == PeerPresence.Present)
        {
            _clientSeen = true;
            return;
        }

        // A dead client is always replaced, also one that came and died between two looks, before its first request:
        // the next client finds its pid in the way.
        if (presence != PeerPresence.Dead && !_clientSeen && memory.WrittenCount.ReadAcquire() == 0)
        {
            return;
        }

        // A client that left without a request has changed nothing but, perhaps, the metadata: all is made new alike.
        if (memory.Requests.Count == 0 || presence == PeerPresence.Dead)
        {
            Replace(memory);
        }
    }

    /// <summary>Makes a fresh channel of the same name, unless another client has just taken the role in the present
    /// one.</summary>
    private void Replace(InPlaceMemory memory)
    {
        bool free = memory.Control.TryLockRole(InPlaceMemory.ClientPidOffset, sizeof(ulong));
        if (!free && _client.Look() == PeerPresence.Present && memory.WrittenCount.ReadAcquire() == 0)
        {
            return;
        }

        lock (_closeLock)
        {
            if (_closed)
            {
                return;
            }

            StepHook.At("in-place-replace.begin");
            Retire(memory);
            StepHook.At("in-place-replace.retired");
            BufferOwnership.RemoveNames(_names);
            InPlaceMemory fresh = InPlaceMemory.Create(_names, _options);
            _client = new PeerWatch(fresh.Control, InPlaceMemory.ClientPidOffset);
            _memory = fresh;
        }

        _taken = 0;
        _greeted = false;
        _clientSeen = false;
    }

    // The client of this generation finds its server closed; its memory stays mapped for who holds it.
    private void Retire(InPlaceMemory memory)
    {
        // PUBLISH [owner] The field is cleared before the lock of its bytes goes with the segment: a set field without
        //   a lock is a dead server.
        StepHook.At("in-place-retire.begin");
        memory.Control.UInt64(InPlaceMemory.ServerPidOffset).WriteRelease(0);
        StepHook.At("in-place-retire.pid");
        memory.RemoveNames(_names);
        memory.Dispose();
        StepHook.At("in-place-retire.end");
    }

    private void WaitForHandlers()
    {
        long deadline = MonotonicClock.Deadline(_options.StopTimeout);
        for (int i = 0; i < _options.MaxConcurrency; i++)
        {
            long left = Math.Max(0, deadline - MonotonicClock.Nanoseconds);
            if (!_slots.Wait(TimeSpan.FromTicks(left / 100)))
            {
                return;
            }
        }
    }

    private void Report(Exception error, ulong sequence) => _report(new DuplexServerError(error, sequence));
}
