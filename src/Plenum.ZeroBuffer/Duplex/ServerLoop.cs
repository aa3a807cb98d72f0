using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Plenum.Platform;
using Plenum.ZeroBuffer.Internal;
using Plenum.ZeroBuffer.Layout;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>The server's thread: waits for a client, reads its requests, runs or queues the handler, and starts
/// over.</summary>
[SuppressMessage(
    "Reliability",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "None of them holds anything native unless its wait handle is asked for, and a late handler may "
        + "still use them.")]
internal sealed class ServerLoop
{
    // Nobody tells that a client has connected or that its response buffer appeared; 1 to 10 ms stays below 1 % of a
    // core.
    private const int LongestPauseMilliseconds = 10;

    private readonly string _channel;
    private readonly RequestHandlers _handlers;
    private readonly DuplexServerOptions _options;
    private readonly bool _pooled;
    private readonly Action<DuplexServerError> _report;
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _never = new();
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentBag<PooledRequest> _free = [];
    private volatile ZeroBufferReader _requests;
    private SharedMemoryException? _linkFailure;

    // A way to a client whose first request was not read yet.
    private AnswerLink? _next;
    private long _handled;
    private long _failures;

    internal ServerLoop(
        string channel, RequestHandlers handlers, DuplexServerOptions options, Action<DuplexServerError> report)
    {
        _channel = channel;
        _handlers = handlers;
        _options = options;
        _report = report;
        _pooled = handlers.Asynchronous is not null || options.Processing == DuplexProcessing.ThreadPool;
        _slots = new SemaphoreSlim(options.MaxConcurrency, options.MaxConcurrency);
        _requests = Create();
        Stopping = _stop.Token;
    }

    internal CancellationToken Stopping { get; }

    internal long Handled => Interlocked.Read(ref _handled);

    internal long Failures => Interlocked.Read(ref _failures);

    internal bool IsClientConnected => _requests.IsWriterConnected;

    /// <summary>Body of the server's thread; never throws.</summary>
    internal void Run()
    {
        try
        {
            while (!Stopping.IsCancellationRequested)
            {
                ServeNextClient();
            }
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // The way a stop ends every wait.
        }
        catch (ObjectDisposedException) when (Stopping.IsCancellationRequested)
        {
            // A stop that did not want to wait for a running handler removed the buffer.
        }
        catch (Exception e)
        {
            // A boundary: an exception that leaves a thread would end the process.
            Report(e, 0);
        }
        finally
        {
            Close();
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

    /// <summary>Removes the request buffer; also while a handler still runs.</summary>
    internal void RemoveBuffer() => _requests.Dispose();

    internal void Report(Exception error, ulong sequence) => _report(new DuplexServerError(error, sequence));

    internal void ReportHandler(Exception error, ulong sequence)
    {
        Interlocked.Increment(ref _failures);
        Report(error, sequence);
    }

    /// <summary>Counts a request whose handler has ended, before its client can know.</summary>
    internal void CountHandled() => Interlocked.Increment(ref _handled);

    /// <summary>Takes a finished request back; a further one may be taken from the client.</summary>
    internal void Return(PooledRequest request)
    {
        _free.Add(request);
        _slots.Release();
    }

    private ZeroBufferReader Create() => ZeroBufferReader.Create(
        _channel + DuplexWire.RequestSuffix, _options.Buffer with { Announcement = DuplexWire.Announcement });

    private void Close()
    {
        // Running handlers may still answer. Those that do not end in time keep their session, their frames and the
        // mapping; the names go now.
        long deadline = MonotonicClock.Deadline(_options.StopTimeout);
        for (int i = 0; i < _options.MaxConcurrency; i++)
        {
            long left = Math.Max(0, deadline - MonotonicClock.Nanoseconds);
            if (!_slots.Wait(TimeSpan.FromTicks(left / 100)))
            {
                break;
            }
        }

        _next?.Close();
        _requests.Dispose();
    }

    private void ServeNextClient()
    {
        WaitForClient();
        ClientSession session = Begin();
        try
        {
            Serve(ref session);
            _next ??= session.TakeUnused();
        }
        catch (SegmentCorruptedException e)
        {
            // The client broke the ring; nothing in it can be trusted any more. It finds its reader gone.
            Report(e, 0);
            _requests.Dispose();
            _requests = Create();
        }
        finally
        {
            session.End();
        }

        ClientMetadata.Forget(_requests);
    }

    private ClientSession Begin()
    {
        var session = new ClientSession(this);
        if (_next is { } link)
        {
            _next = null;
            session.Attach(link);
        }

        return session;
    }

    private void WaitForClient()
    {
        SharedUInt64 writer = _requests.Endpoint.Buffer.Segment.UInt64(OperationInfoBlock.WriterPidOffset);
        NamedSemaphore requests = _requests.Endpoint.Buffer.DataAvailable;
        int pause = 1;

        // OBSERVE [owner] A client is there as soon as its pid is; what it wrote and left is read as well.
        while (writer.ReadAcquire() == 0 && requests.Count == 0)
        {
            _never.Wait(pause, Stopping);
            pause = Math.Min(pause + 1, LongestPauseMilliseconds);
        }
    }

    private void Serve(ref ClientSession session)
    {
        int pause = 1;
        while (true)
        {
            bool linked = session.Link is not null || (session.Requests == 0 && TryLink(session));
            TimeSpan timeout = linked || session.Requests > 0
                ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(pause);
            pause = Math.Min(pause + 1, LongestPauseMilliseconds);
            ReadOutcome outcome = _requests.Read(out Frame frame, timeout, Stopping);
            if (outcome is ReadOutcome.WriterClosed or ReadOutcome.WriterDied)
            {
                return;
            }

            if (outcome == ReadOutcome.Frame)
            {
                // A client that took the place of one that died starts with number 1; its predecessor may never have
                // been missed.
                if (frame.Sequence == 1 && session.Requests > 0)
                {
                    _next ??= session.TakeCurrent();
                    session.End();
                    session = Begin();
                }

                Accept(session, frame);
            }
        }
    }

    private void Accept(ClientSession session, scoped Frame frame)
    {
        bool handedOver = false;
        try
        {
            if (session.Requests++ == 0)
            {
                ClientMetadata.Greet(_requests, _options.OnClient, error => Report(error, 0));
            }

            if (!RequireLink(session, frame.Sequence))
            {
                return;
            }

            if (!_pooled)
            {
                RunInline(session.Link!, frame);
                return;
            }

            _slots.Wait(Stopping);
            PooledRequest request = _free.TryTake(out PooledRequest? free) ? free : new PooledRequest(this, _handlers);
            handedOver = true;
            request.Start(session, frame.Hold());
        }
        finally
        {
            if (!handedOver)
            {
                frame.Dispose();
            }
        }
    }

    private void RunInline(AnswerLink link, scoped Frame frame)
    {
        link.Begin(frame.Sequence);
        StepHook.At("serve.taken");
        bool handled = false;
        try
        {
            if (_handlers.Edit is { } edit)
            {
                Span<byte> data = frame.Hold().MutableData;
                int size = RequestHandlers.RequireSize(edit(data), data.Length);
                data[..size].CopyTo(link.Reserve(size));
            }
            else
            {
                _handlers.Read!(new DuplexRequest(frame.Span, frame.Sequence, Stopping), new DuplexResponse(link));
            }

            handled = true;
            CountHandled();
            StepHook.At("serve.handled");
            link.Complete();
            StepHook.At("serve.answered");
        }
        catch (Exception e)
        {
            // A boundary: the handler's failure becomes an error answer, and the server lives on.
            FailInline(link, frame.Sequence, e, handled);
        }
    }

    private void FailInline(AnswerLink link, ulong sequence, Exception error, bool handled)
    {
        if (!handled)
        {
            CountHandled();
        }

        if (link.IsGone || handled)
        {
            Report(error, sequence);
        }
        else
        {
            ReportHandler(error, sequence);
        }

        try
        {
            link.Fail(error);
        }
        catch (Exception e) when (e is SharedMemoryException or OperationCanceledException)
        {
            Report(e, sequence);
        }
    }

    /// <summary>The way to answer a request that has arrived: its client has, or is about to have, a response
    /// buffer.</summary>
    private bool RequireLink(ClientSession session, ulong sequence)
    {
        bool first = session.Requests == 1;
        if (session.Link is { } link && (!first || link.IsCurrent()))
        {
            return true;
        }

        if (!first && session.WasLinked)
        {
            // The response buffer that the name leads to by now belongs to the next client.
            ReportClientGone(sequence);
            return false;
        }

        long deadline = MonotonicClock.Deadline(first ? _options.ResponseTimeout : TimeSpan.Zero);
        int pause = 1;
        while (!TryLink(session))
        {
            if (MonotonicClock.Nanoseconds >= deadline || !_requests.IsWriterConnected)
            {
                string buffer = _channel + DuplexWire.ResponseSuffix;
                Report(
                    new TimeoutException(
                        $"Could not answer request {sequence} of channel '{_channel}': no response buffer '{buffer}' "
                        + "with a live reader "
                        + $"appeared within {_options.ResponseTimeout}. The request was dropped; the client must "
                        + "create the buffer.",
                        _linkFailure),
                    sequence);
                return false;
            }

            _never.Wait(pause, Stopping);
            pause = Math.Min(pause + 1, LongestPauseMilliseconds);
        }

        if (first || session.Link is not { IsCorrelated: true })
        {
            return true;
        }

        // A client of this library has its response buffer before it sends its first request; so this is the next one.
        _next = session.TakeCurrent();
        ReportClientGone(sequence);
        return false;
    }

    private void ReportClientGone(ulong sequence) => Report(
        new PeerClosedException(
            $"Could not answer request {sequence} of channel '{_channel}': its client is gone. The request was "
            + "dropped.",
            "answer request",
            _channel),
        sequence);

    private bool TryLink(ClientSession session)
    {
        try
        {
            var options = _options.Buffer with { FirstSequence = 1 };
            if (ZeroBufferWriter.TryConnect(_channel + DuplexWire.ResponseSuffix, out ZeroBufferWriter? writer,
                options))
            {
                StepHook.At("serve.answers-connected");
                session.Attach(new AnswerLink(writer, _options.AnswerErrorsToForeignClients, Stopping));
                return true;
            }
        }
        catch (SharedMemoryException e)
        {
            // Somebody else's writer, or something that is no buffer: told when a request can not be answered.
            _linkFailure = e;
        }

        return false;
    }
}
