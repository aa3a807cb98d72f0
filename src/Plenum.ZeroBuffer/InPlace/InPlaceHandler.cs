namespace Plenum.ZeroBuffer.InPlace;

/// <summary>Answers a request by editing its bytes where they are.</summary>
/// <param name="data">The frame's data in shared memory: the request at its start, room for the answer up to its
/// length. Valid until the handler returns.</param>
/// <param name="requestBytes">How many bytes of <paramref name="data"/> are the request.</param>
/// <returns>How many bytes of <paramref name="data"/>, from its start, are the answer.</returns>
/// <remarks>An exception becomes an error answer. A client may be hostile: copy what is checked before it is
/// used.</remarks>
public delegate int InPlaceHandler(Span<byte> data, int requestBytes);
