namespace Plenum.ZeroBuffer.Duplex;

/// <summary>How a duplex server creates its request buffer and runs its handler. Immutable.</summary>
public sealed record DuplexServerOptions
{
    /// <summary>The defaults.</summary>
    public static DuplexServerOptions Default { get; } = new();

    /// <summary>The request buffer and waiting. Default: 4096 bytes of metadata, 16 MiB of payload.</summary>
    public ZeroBufferOptions Buffer { get; init; } = new()
    {
        MetadataSizeBytes = 4096,
        PayloadSizeBytes = 16 * 1024 * 1024,
    };

    /// <summary>Where the handler runs. Default: on the server's own thread. Asynchronous handlers always run side by
    /// side.</summary>
    public DuplexProcessing Processing { get; init; } = DuplexProcessing.SingleThread;

    /// <summary>
    /// Requests in processing at the same time, 1 to 1024, with <see cref="DuplexProcessing.ThreadPool"/> and
    /// asynchronous handlers. Default: the number of processors.
    /// </summary>
    public int MaxConcurrency { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, MaxConcurrencyLimit);

    /// <summary>How long a request waits for its client to create the response buffer before it is dropped. Default: 5
    /// seconds.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long <see cref="DuplexServer.Dispose"/> waits for running handlers. Default: 5 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Answers a foreign client's request with an error text when the handler fails, so that its later answers stay in
    /// step. Default: true. False does what the foreign servers do: no answer.
    /// </summary>
    public bool AnswerErrorsToForeignClients { get; init; } = true;

    /// <summary>Called on the server's thread before the first request of each client, with its metadata (empty without
    /// any).</summary>
    public DuplexInitHandler? OnClient { get; init; }

    internal const int MaxConcurrencyLimit = 1024;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Buffer);
        Buffer.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrency, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxConcurrency, MaxConcurrencyLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(ResponseTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(StopTimeout, TimeSpan.Zero);
    }
}
