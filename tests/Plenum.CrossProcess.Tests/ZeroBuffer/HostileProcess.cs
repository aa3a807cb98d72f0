using System.Globalization;
using System.Text;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>The other process of the tests of hostile input: a reader or writer that also stores what no correct one would. One for a
/// whole class.</summary>
public sealed class HostileProcess : IDisposable
{
    /// <summary>Size of the metadata block of every buffer here.</summary>
    internal const int Metadata = 64;

    /// <summary>Size of the ring.</summary>
    internal const int Payload = 1024;

    /// <summary>Where the ring begins.</summary>
    internal const int Ring = 0x80 + Metadata;

    public HostileProcess() => Peer = ZeroBufferPeer.Workbench("--no-sweep", "--timeout-ms", "200");

    internal ZeroBufferPeer Peer { get; }

    /// <summary>The other process creates the buffer.</summary>
    internal void Create(string name) => Peer.Send($"create {name} {Metadata} {Payload}", "created");

    /// <summary>The other process connects to the buffer.</summary>
    internal void Connect(string name) => Peer.Send($"connect {name}", "connected");

    internal void EndReader() => Peer.Send("end-reader", "ended");

    internal void EndWriter() => Peer.Send("end-writer", "ended");

    /// <summary>The other process stores values into words of the buffer.</summary>
    internal void Poke(string name, params (long Offset, ulong Value)[] words)
    {
        var command = new StringBuilder("poke ").Append(name);
        foreach ((long offset, ulong value) in words)
        {
            command.Append(CultureInfo.InvariantCulture, $" {offset} {value}");
        }

        Peer.Send(command.ToString(), "poked");
    }

    /// <summary>The other process posts a semaphore of the buffer.</summary>
    internal void Post(string semaphore, int count = 1) =>
        Peer.Send(string.Create(CultureInfo.InvariantCulture, $"post {semaphore} {count}"), "posted");

    /// <summary>The field as it is now.</summary>
    internal static ulong Field(string name, int offset) => BitConverter.ToUInt64(ZeroBufferImage.Of(name).Bytes[offset..]);

    /// <inheritdoc/>
    public void Dispose() => Peer.Dispose();
}
