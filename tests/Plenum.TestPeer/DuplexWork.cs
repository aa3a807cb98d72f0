using Plenum.ZeroBuffer.Duplex;

namespace Plenum.TestPeer;

/// <summary>What a server of the tests does with a request, and how often it did.</summary>
internal sealed class DuplexWork(PeerArguments arguments)
{
    private readonly string _mode = arguments.Text("mode", "echo");
    private readonly byte _key = (byte)arguments.Number("xor-key", 255);
    private readonly long _failEvery = arguments.Number("fail-every", 0);
    private readonly int _slow = (int)arguments.Number("slow-ms", 0);
    private readonly long _gate = arguments.Number("gate", 0);
    private readonly SemaphoreSlim _open = new(0);
    private long _handled;
    private long _errors;

    public long Handled => Interlocked.Read(ref _handled);

    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>Lets the request at the gate go on.</summary>
    public void OpenGate() => _open.Release();

    public void CountError() => Interlocked.Increment(ref _errors);

    public void Handle(DuplexRequest request, DuplexResponse response)
    {
        Count();
        Span<byte> answer = response.Reserve(request.Data.Length);
        request.Data.CopyTo(answer);
        Transform(answer);
    }

    public int Edit(Span<byte> data, int requestBytes)
    {
        Count();
        Transform(data[..requestBytes]);
        return requestBytes;
    }

    public void Transform(Span<byte> data)
    {
        switch (_mode)
        {
            case "reverse":
                data.Reverse();
                break;
            case "xor":
                foreach (ref byte b in data)
                {
                    b ^= _key;
                }

                break;
            default:
                break;
        }
    }

    private void Count()
    {
        long handled = Interlocked.Increment(ref _handled);
        if (handled == _gate)
        {
            PeerOutput.Line("at gate");
            _open.Wait();
        }

        if (_slow > 0)
        {
            Thread.Sleep(_slow);
        }

        if (_failEvery > 0 && handled % _failEvery == 0)
        {
            throw new InvalidDataException($"request {handled}");
        }
    }
}
