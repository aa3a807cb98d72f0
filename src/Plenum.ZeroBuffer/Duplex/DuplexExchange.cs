namespace Plenum.ZeroBuffer.Duplex;

/// <summary>One request of an asynchronous handler, and where its answer goes. Valid until the handler's task has
/// completed.</summary>
/// <remarks>One thread at a time; different exchanges run side by side.</remarks>
public sealed class DuplexExchange
{
    private readonly OwnedFrame _frame;

    internal DuplexExchange(OwnedFrame frame, BufferedAnswer answer, CancellationToken stopping)
    {
        _frame = frame;
        AnswerTarget = answer;
        Stopping = stopping;
    }

    /// <summary>The request's data, in shared memory.</summary>
    /// <exception cref="ObjectDisposedException">The exchange is over.</exception>
    public ReadOnlyMemory<byte> Request => _frame.Memory;

    /// <summary>The client's number of the request: 1 for its first one.</summary>
    public ulong Sequence => _frame.Sequence;

    /// <summary>Cancelled when the server is being stopped.</summary>
    public CancellationToken Stopping { get; }

    internal BufferedAnswer AnswerTarget { get; }

    /// <summary>Room for the answer; it is sent when the handler's task has completed.</summary>
    /// <param name="sizeBytes">Size of the answer; 0 only for clients of this library.</param>
    /// <exception cref="InvalidOperationException">The request was answered before.</exception>
    public Memory<byte> Reserve(int sizeBytes) => AnswerTarget.ReserveMemory(sizeBytes);

    /// <summary>Answers with a copy of some bytes.</summary>
    /// <param name="data">The answer; empty only for clients of this library.</param>
    /// <exception cref="InvalidOperationException">The request was answered before.</exception>
    public void Write(ReadOnlySpan<byte> data) => data.CopyTo(AnswerTarget.Reserve(data.Length));
}
