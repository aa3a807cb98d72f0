using System.Net.Sockets;
using Plenum.Benchmarks.Cases.Limits;
using Plenum.Benchmarks.Harness;
using Plenum.Platform;

namespace Plenum.Benchmarks.Cases.Duplex;

/// <summary>The same requests and answers over a blocking .NET Unix socket.</summary>
internal sealed class SocketDuplexCase(int sizeBytes) : PairCase(
    $"duplex/unix-socket-{sizeBytes}", $"{sizeBytes} B request and answer, every byte changed, over a Unix socket")
{
    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string path = Path.Combine(Path.GetTempPath(), side.NewName("dx") + ".sock");
        side.Start(Name, path, sizeBytes);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        var source = new FrameSource(sizeBytes);
        byte[] request = new byte[sizeBytes];
        byte[] expected = new byte[sizeBytes];
        byte[] answer = new byte[sizeBytes];
        CaseOutcome outcome = Calls.Run(time, index =>
        {
            source.Fill(request, index);
            request.CopyTo(expected, 0);
            DuplexCase.Invert(expected);
            long start = MonotonicClock.Nanoseconds;
            SendAll(socket, request);
            ReceiveAll(socket, answer);
            long elapsed = MonotonicClock.Nanoseconds - start;
            return answer.AsSpan().SequenceEqual(expected) ? elapsed : -1;
        });
        socket.Shutdown(SocketShutdown.Both);
        side.Finish();
        return outcome with { BytesPerOperation = 2L * sizeBytes };
    }

    internal override void Partner(PartnerSide side)
    {
        string path = side.Text(0);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        side.Ready();
        using Socket client = listener.Accept();
        File.Delete(path);
        byte[] data = new byte[side.Number(1)];
        while (ReceiveAll(client, data))
        {
            DuplexCase.Invert(data);
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
