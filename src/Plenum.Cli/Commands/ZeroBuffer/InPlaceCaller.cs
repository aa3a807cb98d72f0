using Plenum.Platform;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>Calls over an in-place channel: the request is made where it is sent from.</summary>
internal sealed class InPlaceCaller(string name, int sizeBytes, TimeSpan patience) : IDuplexCaller
{
    private readonly InPlaceClient _client = InPlaceClient.Connect(
        name,
        patience,
        new InPlaceClientOptions { CallTimeout = patience, WaitStrategy = WaitStrategy.Latency });

    public long Call(byte[] request, byte[] expected, out bool right)
    {
        long start = MonotonicClock.Nanoseconds;
        using InPlaceExchange frame = _client.Reserve(sizeBytes);
        long reserved = MonotonicClock.Nanoseconds - start;
        request.CopyTo(frame.Data);
        start = MonotonicClock.Nanoseconds;
        Span<byte> answer = frame.Call(sizeBytes);
        long elapsed = MonotonicClock.Nanoseconds - start + reserved;
        right = answer.SequenceEqual(expected);
        return elapsed;
    }

    public void Stop(int sizeBytes)
    {
        using InPlaceExchange frame = _client.Reserve(sizeBytes);
        frame.Call(sizeBytes);
    }

    public void Dispose() => _client.Dispose();
}
