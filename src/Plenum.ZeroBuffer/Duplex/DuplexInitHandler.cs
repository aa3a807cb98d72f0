namespace Plenum.ZeroBuffer.Duplex;

/// <summary>Learns a new client's metadata before its first request is handled.</summary>
/// <param name="metadata">The metadata in shared memory, valid during the call; empty without any.</param>
public delegate void DuplexInitHandler(ReadOnlySpan<byte> metadata);
