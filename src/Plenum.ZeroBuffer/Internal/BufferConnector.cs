using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Plenum.Platform;

namespace Plenum.ZeroBuffer.Internal;

/// <summary>The ways to get a writer: now, if it is there, or as soon as it is there.</summary>
internal static class BufferConnector
{
    // The file system tells nobody that a name appeared; 1 to 10 ms keeps the start-up prompt and the wait below 1 %
    // of a core.
    private const int FirstPauseMilliseconds = 1;
    private const int LongestPauseMilliseconds = 10;

    internal static ZeroBufferWriter Connect(string name, ZeroBufferOptions? options)
    {
        options = Options(options);
        WriterConnection? connection = WriterConnection.TryConnect(
            BufferNames.Parse(name), options, out SharedMemoryException? failure);
        if (connection is null)
        {
            ExceptionDispatchInfo.Throw(failure!);
        }

        return Attach(connection, options);
    }

    internal static bool TryConnect(
        string name, [NotNullWhen(true)] out ZeroBufferWriter? writer, ZeroBufferOptions? options)
    {
        options = Options(options);
        WriterConnection? connection = WriterConnection.TryConnect(BufferNames.Parse(name), options, out _);
        writer = connection is null ? null : Attach(connection, options);
        return writer is not null;
    }

    internal static ZeroBufferWriter Connect(
        string name, TimeSpan timeout, ZeroBufferOptions? options, CancellationToken cancellationToken)
    {
        options = Options(options);
        var names = BufferNames.Parse(name);
        long deadline = MonotonicClock.Deadline(timeout);
        int pause = FirstPauseMilliseconds;
        using var never = new ManualResetEventSlim();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (WriterConnection.TryConnect(names, options, out SharedMemoryException? failure) is { } connection)
            {
                return Attach(connection, options);
            }

            ThrowIfOver(names, timeout, deadline, failure!);
            never.Wait(pause, cancellationToken);
            pause = Math.Min(pause + 1, LongestPauseMilliseconds);
        }
    }

    internal static async Task<ZeroBufferWriter> ConnectAsync(
        string name, TimeSpan timeout, ZeroBufferOptions? options, CancellationToken cancellationToken)
    {
        options = Options(options);
        var names = BufferNames.Parse(name);
        long deadline = MonotonicClock.Deadline(timeout);
        int pause = FirstPauseMilliseconds;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (WriterConnection.TryConnect(names, options, out SharedMemoryException? failure) is { } connection)
            {
                return Attach(connection, options);
            }

            ThrowIfOver(names, timeout, deadline, failure!);
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            pause = Math.Min(pause + 1, LongestPauseMilliseconds);
        }
    }

    private static ZeroBufferOptions Options(ZeroBufferOptions? options)
    {
        options ??= ZeroBufferOptions.Default;
        options.Validate();
        return options;
    }

    private static ZeroBufferWriter Attach(WriterConnection connection, ZeroBufferOptions options)
    {
        WriterConnection? owned = connection;
        try
        {
            var writer = new ZeroBufferWriter(connection, options);
            owned = null;
            return writer;
        }
        finally
        {
            owned?.Dispose();
        }
    }

    private static void ThrowIfOver(BufferNames names, TimeSpan timeout, long deadline, SharedMemoryException failure)
    {
        if (MonotonicClock.Nanoseconds >= deadline)
        {
            throw new TimeoutException(
                $"Could not connect to buffer '{names.Value}' within {timeout}. Start its reader. Last attempt: "
                + $"{failure.Message}",
                failure);
        }
    }
}
