using Microsoft.Extensions.Logging.Abstractions;

namespace ZeroBuffer.DuplexChannel;

/// <summary>The client: writer of the request buffer, owner of the response buffer.</summary>
internal sealed class DuplexClient : IDuplexClient
{
    private const int ResponseMetadataBytes = 4096;
    private const int ResponsePayloadBytes = 256 * 1024 * 1024;

    private readonly Writer _requests;
    private readonly Reader _responses;

    internal DuplexClient(string channel)
    {
        _requests = new Writer(channel + "_request");
        Reader? responses = null;
        try
        {
            // Far more than most clients ever use: pages are taken when they are touched, as in the replaced package.
            responses = new Reader(
                channel + "_response",
                new BufferConfig(ResponseMetadataBytes, ResponsePayloadBytes),
                NullLogger<Reader>.Instance,
                reservePages: false);
        }
        finally
        {
            if (responses is null)
            {
                _requests.Dispose();
            }
        }

        _responses = responses;
    }

    public bool IsServerConnected => _requests.IsReaderConnected();

    public ulong SendRequest(byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        ulong sequence = AcquireRequestBuffer(data.Length, out Span<byte> buffer);
        data.CopyTo(buffer);
        CommitRequest();
        return sequence;
    }

    public ulong AcquireRequestBuffer(int size, out Span<byte> buffer)
    {
        buffer = _requests.GetFrameBuffer(size, out ulong sequence);
        return sequence;
    }

    public void CommitRequest() => _requests.CommitFrame();

    public Frame ReceiveResponse(TimeSpan timeout) => _responses.ReadFrame(timeout);

    public void SetMetadata(ReadOnlySpan<byte> metadata) => _requests.SetMetadata(metadata);

    public void Dispose()
    {
        _requests.Dispose();
        _responses.Dispose();
    }
}
