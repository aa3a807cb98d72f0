using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.ZeroIpc;

/// <summary>A segment in which a process is killed at a named step, and this process goes on.</summary>
internal sealed class DyingPeer : IDisposable
{
    private readonly TempSegment _segment = new("kill");
    private readonly bool _ours;

    /// <summary>Creates the segment.</summary>
    /// <param name="ours">Whether it is declared free of foreign peers, so that a death in doubt is settled
    /// too.</param>
    internal DyingPeer(bool ours)
    {
        _ours = ours;
        Memory = SharedMemory.Create(_segment.Name, 65_536);
        Memory.HasForeignPeers = !ours;
    }

    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(50);

    internal SharedMemory Memory { get; }

    /// <summary>Starts a process that does the action and waits until it stands at the step.</summary>
    internal PeerProcess Stop(string action, string step, int hit = 1)
    {
        PeerProcess peer = PeerProcess.StartPeer(
            "zeroipc-step", "--segment", _segment.Name, "--action", action, "--die-at", step, "--hit", $"{hit}",
            "--ours", _ours ? "true" : "false");
        Assert.Equal("at " + step, peer.ReadLine());
        return peer;
    }

    /// <summary>A process does the action and is killed at the step.</summary>
    internal void Kill(string action, string step, int hit = 1)
    {
        using PeerProcess peer = Stop(action, step, hit);
        peer.Kill();
    }

    public void Dispose()
    {
        Memory.Dispose();
        _ = SharedMemory.Remove(_segment.Name);
        _segment.Dispose();
    }
}
