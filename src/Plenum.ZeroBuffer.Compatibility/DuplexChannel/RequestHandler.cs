namespace ZeroBuffer.DuplexChannel;

/// <summary>Handles a request and writes its response.</summary>
/// <param name="request">The request; disposed when the handler returns.</param>
/// <param name="responseWriter">Where the response goes; write exactly one frame per request.</param>
public delegate void RequestHandler(Frame request, Writer responseWriter);
