namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Answers a request that is read in place and not changed.</summary>
/// <param name="request">The request; its data is valid until the handler returns.</param>
/// <param name="response">Where the answer goes; at most one answer.</param>
/// <remarks>An exception becomes an error answer. A handler that returns without an answer answers with no data, which
/// only clients of this library can receive; a foreign client gets an error answer then.</remarks>
public delegate void DuplexHandler(DuplexRequest request, DuplexResponse response);
