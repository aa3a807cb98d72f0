using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Segments;

public sealed class SegmentCreationRaceTests
{
    [Fact]
    public void Create_RacingProcesses_ExactlyOneWins()
    {
        using var name = new TempSegment();
        List<PeerProcess> peers = [];
        try
        {
            for (int i = 0; i < 4; i++)
            {
                peers.Add(PeerProcess.StartPeer("platform-race-create", "--segment", name.Name));
            }

            peers.ForEach(peer => peer.ExpectLine("ready"));
            peers.ForEach(peer => peer.WriteLine("go"));
            List<string> said = peers.ConvertAll(peer => peer.ReadLine());

            Assert.Equal(1, said.Count(line => line == "created"));
            Assert.Equal(3, said.Count(line => line == "exists"));
            peers.ForEach(peer => peer.WriteLine("exit"));
            peers.ForEach(peer => peer.ExpectExit());
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }
    }
}
