using System.Net.Sockets;
using Plenum.Benchmarks.Harness;

namespace Plenum.Benchmarks.Cases.Field;

/// <summary>.NET Unix socket, 64 bytes there and back: blocking calls, or spinning on a non-blocking socket.</summary>
internal sealed class UnixSocketCase(bool spinning) : PairCase(
    spinning ? "field/unix-socket-spinning" : "field/unix-socket",
    spinning ? ".NET Unix socket, 64 B there and back, spinning" : ".NET Unix socket, 64 B there and back, blocking")
{
    private const int SizeBytes = 64;

    internal override CaseOutcome Measure(SampleSide side, TimeSpan time)
    {
        string path = Path.Combine(Path.GetTempPath(), side.NewName("socket"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            listener.Listen(1);
            side.Send(Name, path);
            using Socket socket = listener.Accept();
            side.AwaitReady();
            socket.Blocking = !spinning;
            var round = new Round(socket, new byte[SizeBytes], new byte[SizeBytes], spinning);
            (Histogram times, double seconds, bool right) = RoundTrips.Run(ref round, time);
            socket.Shutdown(SocketShutdown.Both);
            side.Finish();
            return new CaseOutcome { Operations = times.Count, Seconds = seconds, Verified = right, Latency = times };
        }
        finally
        {
            File.Delete(path);
        }
    }

    internal override void Partner(PartnerSide side)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(side.Text(0)));
        socket.Blocking = !spinning;
        byte[] message = new byte[SizeBytes];
        side.Ready();
        while (ReadAll(socket, message, spinning))
        {
            socket.Send(message);
        }
    }

    private static bool ReadAll(Socket socket, byte[] message, bool spinning)
    {
        int read = 0;
        while (read < message.Length)
        {
            int more = socket.Receive(message.AsSpan(read), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock && spinning)
            {
                continue;
            }

            if (error != SocketError.Success || more == 0)
            {
                return false;
            }

            read += more;
        }

        return true;
    }

    private readonly struct Round(Socket socket, byte[] message, byte[] answer, bool spinning) : IRound
    {
        public bool Go(long index)
        {
            message.AsSpan().Fill((byte)index);
            socket.Send(message);
            return ReadAll(socket, answer, spinning) && answer.AsSpan().SequenceEqual(message);
        }
    }
}
