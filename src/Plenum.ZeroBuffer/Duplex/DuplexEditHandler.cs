namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Answers a request by editing its bytes.</summary>
/// <param name="data">The request's data in shared memory; valid until the handler returns.</param>
/// <returns>How many bytes of <paramref name="data"/>, from its start, are the answer.</returns>
/// <remarks>An exception becomes an error answer.</remarks>
public delegate int DuplexEditHandler(Span<byte> data);
