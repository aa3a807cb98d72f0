namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Turns the bytes of a request or an answer into a value.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="bytes">The bytes, in shared memory: valid during the call, and the other process may change them
/// meanwhile. Check what matters on a copy.</param>
public delegate T DuplexDecoder<T>(ReadOnlySpan<byte> bytes);
