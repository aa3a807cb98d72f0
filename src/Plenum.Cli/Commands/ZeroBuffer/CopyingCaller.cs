using Plenum.Platform;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Calls over the two rings of a duplex channel: the request is copied in, the answer read where it
/// is.</summary>
internal sealed class CopyingCaller(string name, ZeroBufferOptions buffer, TimeSpan patience) : IDuplexCaller
{
    private readonly DuplexClient _client = DuplexClient.Connect(
        name, patience, new DuplexClientOptions { Buffer = buffer, CallTimeout = patience });

    public long Call(byte[] request, byte[] expected, out bool right)
    {
        long start = MonotonicClock.Nanoseconds;
        using DuplexAnswer answer = _client.Call(request);
        long elapsed = MonotonicClock.Nanoseconds - start;
        right = answer.Data.SequenceEqual(expected);
        return elapsed;
    }

    public void Stop(int sizeBytes) => _client.Call(new byte[sizeBytes]).Dispose();

    public void Dispose() => _client.Dispose();
}
