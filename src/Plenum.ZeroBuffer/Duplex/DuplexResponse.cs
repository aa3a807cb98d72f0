namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Where the answer to one request goes. Valid until the handler returns; nothing is sent before
/// that.</summary>
public readonly ref struct DuplexResponse
{
    private readonly AnswerTarget _target;

    internal DuplexResponse(AnswerTarget target) => _target = target;

    /// <summary>Room for the answer, filled in place. It is sent when the handler returns, and dropped when the handler
    /// throws.</summary>
    /// <param name="sizeBytes">Size of the answer; 0 only for clients of this library.</param>
    /// <returns>The room; in the response buffer itself in single-threaded processing.</returns>
    /// <remarks>Waits for space while the client does not read its answers.</remarks>
    /// <exception cref="FrameSizeException">The response buffer can not hold such an answer.</exception>
    /// <exception cref="InvalidOperationException">The request was answered before.</exception>
    /// <exception cref="OperationCanceledException">The server is being stopped.</exception>
    /// <exception cref="PeerClosedException">The client closed meanwhile.</exception>
    /// <exception cref="Platform.PeerTerminatedException">The client died meanwhile.</exception>
    public Span<byte> Reserve(int sizeBytes) => _target.Reserve(sizeBytes);

    /// <summary>Answers with a copy of some bytes.</summary>
    /// <param name="data">The answer; empty only for clients of this library.</param>
    /// <inheritdoc cref="Reserve(int)" path="/remarks"/>
    /// <inheritdoc cref="Reserve(int)" path="/exception"/>
    public void Write(ReadOnlySpan<byte> data) => data.CopyTo(_target.Reserve(data.Length));
}
