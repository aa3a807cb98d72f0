using System.Net.Sockets;
using Plenum.Platform;

namespace Plenum.Cli.Commands.ZeroBuffer;

/// <summary>The same requests over a blocking Unix domain socket, for comparison.</summary>
internal sealed class SocketCaller : IDuplexCaller
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _answer;

    internal SocketCaller(string path, int sizeBytes)
    {
        _answer = new byte[sizeBytes];
        _socket.Connect(new UnixDomainSocketEndPoint(path));
    }

    public long Call(byte[] request, byte[] expected, out bool right)
    {
        long start = MonotonicClock.Nanoseconds;
        SendAll(_socket, request);
        ReceiveAll(_socket, _answer);
        long elapsed = MonotonicClock.Nanoseconds - start;
        right = _answer.AsSpan().SequenceEqual(expected);
        return elapsed;
    }

    public void Stop(int sizeBytes) => _socket.Shutdown(SocketShutdown.Both);

    public void Dispose() => _socket.Dispose();

    /// <summary>The peer's half: answers until the client has left.</summary>
    internal static void Serve(string path, int sizeBytes, ServeTransform transform, Action ready)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(path);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        ready();
        using Socket client = listener.Accept();
        File.Delete(path);
        byte[] data = new byte[sizeBytes];
        while (ReceiveAll(client, data))
        {
            transform.Apply(data);
            SendAll(client, data);
        }
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            data = data[socket.Send(data)..];
        }
    }

    private static bool ReceiveAll(Socket socket, Span<byte> data)
    {
        while (!data.IsEmpty)
        {
            int count = socket.Receive(data);
            if (count == 0)
            {
                return false;
            }

            data = data[count..];
        }

        return true;
    }
}
