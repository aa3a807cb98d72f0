namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Answers a request asynchronously.</summary>
/// <param name="exchange">The request, and where the answer goes; valid until the returned task has completed.</param>
/// <remarks>An exception becomes an error answer, and so does a cancellation.</remarks>
public delegate ValueTask DuplexAsyncHandler(DuplexExchange exchange);
