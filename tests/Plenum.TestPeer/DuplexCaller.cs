using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using Plenum.ZeroBuffer.Duplex;
using Plenum.ZeroBuffer.InPlace;

namespace Plenum.TestPeer;

/// <summary>A client of the tests: sends patterns, verifies answers byte for byte, counts.</summary>
internal sealed class DuplexCaller : IDisposable
{
    private readonly DuplexWork _work;
    private readonly int _size;
    private readonly TimeSpan _timeout;
    private readonly DuplexClient? _copying;
    private readonly InPlaceClient? _inPlace;

    public DuplexCaller(PeerArguments arguments, TimeSpan wait)
    {
        _work = new DuplexWork(arguments);
        _size = (int)arguments.Number("sizes", 100);
        _timeout = TimeSpan.FromMilliseconds(arguments.Number("timeout-ms", 30_000));
        byte[] metadata = FramePattern.Make((int)arguments.Number("metadata", 0), 0);
        string name = arguments.Text("name");
        if (arguments.Flag("in-place"))
        {
            _inPlace = InPlaceClient.Connect(
                name, wait, new InPlaceClientOptions { Metadata = metadata, CallTimeout = _timeout });
            return;
        }

        _copying = DuplexClient.Connect(name, wait, new DuplexClientOptions
        {
            Buffer = new ZeroBufferOptions
            {
                MetadataSizeBytes = 256,
                PayloadSizeBytes = arguments.Number("payload-size", 1 << 20),
            },
            Metadata = metadata,
            CallTimeout = _timeout,
        });
    }

    public long Answered { get; private set; }

    public long Failed { get; private set; }

    public long Wrong { get; private set; }

    public string LastOutcome { get; private set; } = string.Empty;

    /// <summary>One call; byte i of the k-th request is (k + i) mod 256.</summary>
    public void CallOnce(long index)
    {
        byte[] request = FramePattern.Make(_size, (ulong)index);
        byte[] expected = [.. request];
        _work.Transform(expected);
        try
        {
            Count(_inPlace is null ? CallCopying(request, expected) : CallInPlace(request, expected), expected.Length);
        }
        catch (Exception e) when (e is SharedMemoryException or TimeoutException)
        {
            LastOutcome = e.GetType().Name;
            Failed++;
        }
    }

    public void Dispose()
    {
        _copying?.Dispose();
        _inPlace?.Dispose();
    }

    private bool CallCopying(byte[] request, byte[] expected)
    {
        using DuplexAnswer answer = _copying!.Call(request);
        return answer.Data.SequenceEqual(expected);
    }

    private bool CallInPlace(byte[] request, byte[] expected)
    {
        using InPlaceExchange frame = _inPlace!.Reserve(_size);
        request.CopyTo(frame.Data);
        return frame.Call(_size).SequenceEqual(expected);
    }

    private void Count(bool right, int sizeBytes)
    {
        LastOutcome = right ? $"Answered {sizeBytes}" : "Wrong";
        Answered++;
        Wrong += right ? 0 : 1;
    }
}
