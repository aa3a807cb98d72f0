namespace Plenum.ZeroBuffer.Duplex;

/// <summary>A request, read in place. Valid until the handler returns.</summary>
public readonly ref struct DuplexRequest
{
    internal DuplexRequest(ReadOnlySpan<byte> data, ulong sequence, CancellationToken stopping)
    {
        Data = data;
        Sequence = sequence;
        Stopping = stopping;
    }

    /// <summary>The data, in shared memory; at least 1 byte.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>The client's number of the request: 1 for its first one.</summary>
    public ulong Sequence { get; }

    /// <summary>Cancelled when the server is being stopped; long handlers look at it.</summary>
    public CancellationToken Stopping { get; }
}
