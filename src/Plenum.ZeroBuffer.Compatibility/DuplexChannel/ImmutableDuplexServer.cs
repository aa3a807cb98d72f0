using Microsoft.Extensions.Logging;
using Plenum.Platform;

namespace ZeroBuffer.DuplexChannel;

/// <summary>The server: owner of the request buffer, writer of its client's response buffer.</summary>
/// <remarks>As in the replaced package it serves one client, and ends with it or when none comes in time. Unlike there
/// the thread is a background thread, nothing leaves it unhandled, and the names are removed however it ends.</remarks>
internal sealed class ImmutableDuplexServer : IImmutableDuplexServer
{
    private const int ConnectPollMilliseconds = 10;
    private static readonly TimeSpan s_joinTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly string _channel;
    private readonly BufferConfig _config;
    private readonly TimeSpan _timeout;
    private readonly ILogger _logger;
    private CancellationTokenSource? _stop;
    private Reader? _requests;
    private Thread? _thread;
    private volatile bool _isRunning;
    private bool _disposed;

    internal ImmutableDuplexServer(string channel, BufferConfig config, TimeSpan timeout, ILogger logger)
    {
        _channel = channel;
        _config = config;
        _timeout = timeout;
        _logger = logger;
    }

    public event EventHandler<ErrorEventArgs>? OnError;

    public bool IsRunning => _isRunning;

    public static bool WaitExists(string channelName, TimeSpan timeout, ILogger? logger = null) =>
        Reader.WaitExists(channelName + "_request", timeout, logger);

    public void Start(
        RequestHandler onFrame, Action<ReadOnlySpan<byte>>? onInit = null,
        ProcessingMode mode = ProcessingMode.SingleThread)
    {
        ArgumentNullException.ThrowIfNull(onFrame);
        if (mode != ProcessingMode.SingleThread)
        {
            throw new NotSupportedException(
                "This API handles requests on one thread. Plenum.ZeroBuffer.Duplex.DuplexServer also handles them "
                + "side by side.");
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_isRunning)
            {
                throw new InvalidOperationException($"The server of channel '{_channel}' runs already.");
            }

            Clear();
            var requests = new Reader(_channel + "_request", _config);
            var stop = new CancellationTokenSource();
            _requests = requests;
            _stop = stop;
            _isRunning = true;
            CancellationToken token = stop.Token;
            _thread = new Thread(() => Run(requests, onFrame, onInit, token))
            {
                IsBackground = true,
                Name = "duplex server " + _channel,
            };
            _thread.Start();
        }
    }

    public void Stop()
    {
        lock (_lock)
        {
            _stop?.Cancel();
            if (_thread is not null && Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
            {
                _thread.Join(s_joinTimeout);
            }

            Clear();
        }
    }

    public void Dispose()
    {
        Stop();
        _disposed = true;
    }

    // A handler that still runs keeps its frame; the names go now.
    private void Clear()
    {
        _requests?.Dispose();
        _requests = null;
        _stop?.Dispose();
        _stop = null;
        _thread = null;
        _isRunning = false;
    }

    private void Run(
        Reader requests, RequestHandler onFrame, Action<ReadOnlySpan<byte>>? onInit, CancellationToken stop)
    {
        Writer? responses = null;
        try
        {
            responses = ConnectResponses(stop);
            Serve(requests, responses, onFrame, onInit, stop);
        }
        catch (Exception e)
        {
            // A boundary: an exception that leaves a thread would end the process. A stop ends the waits by exceptions,
            // too.
            if (!stop.IsCancellationRequested)
            {
                Raise(e);
            }
        }
        finally
        {
            // A handler that outlived Stop must not end the run that was started since.
            if (ReferenceEquals(_requests, requests))
            {
                _isRunning = false;
            }

            responses?.Dispose();
            requests.Dispose();
        }
    }

    private void Serve(
        Reader requests,
        Writer responses,
        RequestHandler onFrame,
        Action<ReadOnlySpan<byte>>? onInit,
        CancellationToken stop)
    {
        bool greeted = false;
        while (!stop.IsCancellationRequested)
        {
            if (!requests.TryRead(out Frame request, _timeout, stop))
            {
                if (!requests.IsWriterConnected())
                {
                    throw new WriterDeadException();
                }

                continue;
            }

            using (request)
            {
                if (!greeted)
                {
                    greeted = true;
                    onInit?.Invoke(requests.GetMetadata());
                }

                Handle(request, responses, onFrame);
            }
        }
    }

    private void Handle(scoped Frame request, Writer responses, RequestHandler onFrame)
    {
        try
        {
            onFrame(request, responses);
        }
        catch (Exception e) when (e is not (ReaderDeadException or WriterDeadException))
        {
            // A boundary: a failing handler must not end the server.
            _logger.LogError(e, "The handler of channel {Channel} failed", _channel);
            Raise(e);
        }
    }

    private Writer ConnectResponses(CancellationToken stop)
    {
        long deadline = MonotonicClock.Deadline(_timeout);
        using var never = new ManualResetEventSlim();
        while (true)
        {
            Exception failure;
            try
            {
                return Writer.ConnectSparse(_channel + "_response");
            }
            catch (BufferNotFoundException e)
            {
                failure = e;
            }
            catch (ReaderDeadException e)
            {
                failure = e;
            }
            catch (InvalidOperationException e)
            {
                // A peer that creates the buffer under its final name has not finished it yet.
                failure = e;
            }

            if (MonotonicClock.Nanoseconds >= deadline)
            {
                throw new TimeoutException(
                    $"No client of channel '{_channel}' created its response buffer within {_timeout}.", failure);
            }

            never.Wait(ConnectPollMilliseconds, stop);
        }
    }

    private void Raise(Exception error)
    {
        try
        {
            OnError?.Invoke(this, new ErrorEventArgs(error));
        }
        catch (Exception e)
        {
            // A subscriber's failure must not end the server's thread.
            _logger.LogError(e, "A subscriber of OnError failed");
        }
    }
}
