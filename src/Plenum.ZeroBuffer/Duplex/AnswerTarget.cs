namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Where a handler's answer is built: in the response buffer, or in an array when answers are built side by
/// side.</summary>
internal abstract class AnswerTarget
{
    /// <summary>Room for the answer; once per request.</summary>
    internal abstract Span<byte> Reserve(int sizeBytes);

    private protected static void ThrowAnswered() => throw new InvalidOperationException(
        "The request was answered before: a handler answers once. Reserve the whole answer, or join its parts first.");
}
