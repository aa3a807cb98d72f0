using System.Buffers;

namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Turns a value into the bytes of a request or an answer.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="value">The value.</param>
/// <param name="target">Where the bytes go; valid during the call.</param>
public delegate void DuplexEncoder<T>(in T value, IBufferWriter<byte> target);
