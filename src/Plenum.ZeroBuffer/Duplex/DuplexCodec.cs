namespace Plenum.ZeroBuffer.Duplex;

/// <summary>How values of a type become bytes and back: any serializer, or none.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="Encode">Value to bytes.</param>
/// <param name="Decode">Bytes to value; what it throws becomes the error of the call.</param>
/// <remarks>Immutable; thread-safe when both functions are.
/// <example>
/// <code>
/// var json = new DuplexCodec&lt;Order&gt;(
///     (in order, target) =&gt; JsonSerializer.Serialize(new Utf8JsonWriter(target), order),
///     bytes =&gt; JsonSerializer.Deserialize&lt;Order&gt;(bytes)!);
/// </code>
/// </example>
/// </remarks>
public sealed record DuplexCodec<T>(DuplexEncoder<T> Encode, DuplexDecoder<T> Decode);
