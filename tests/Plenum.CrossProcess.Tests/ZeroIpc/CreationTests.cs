using Plenum.ZeroIpc;

namespace Plenum.CrossProcess.Tests.ZeroIpc;

/// <summary>Eight processes create at once in one segment: no name is lost, no two entries share bytes, no byte
/// leaks.</summary>
public sealed class CreationTests
{
    private const int Processes = 8;

    [Fact]
    public void Register_EightProcessesAtOnce_NoNameIsLost()
    {
        int each = Campaign.Count(50, 1_000);
        using var segment = new TempSegment("creation");
        using SharedMemory memory = SharedMemory.Create(
            segment.Name, 4 << 20, new SharedMemoryOptions { MaxEntries = Processes * each });
        PeerProcess[] peers = [.. Enumerable.Range(0, Processes).Select(i => PeerProcess.StartPeer(
            "zeroipc-register", "--segment", segment.Name, "--prefix", $"p{i}", "--count", $"{each}"))];
        try
        {
            Array.ForEach(peers, peer => peer.ExpectLine("ready"));
            Array.ForEach(peers, peer => peer.WriteLine("go"));
            foreach (PeerProcess peer in peers)
            {
                _ = peer.ExpectLine("done");
                peer.ExpectExit();
            }

            SharedEntry[] entries = [.. memory.Table];
            Assert.Equal(
                Enumerable.Range(0, Processes).SelectMany(p => Enumerable.Range(0, each).Select(i => $"p{p}-{i}"))
                    .Order(StringComparer.Ordinal),
                entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));

            // Every entry begins where the one before ends, rounded up: nothing is shared and nothing leaked.
            long end = memory.Table.NextOffset;
            long next = 0;
            foreach (SharedEntry entry in entries.OrderBy(entry => entry.Offset))
            {
                Assert.True(next == 0 || entry.Offset == (next + 7) / 8 * 8, $"{entry} after {next}");
                next = entry.Offset + entry.SizeBytes;
            }

            Assert.Equal(end, next);
        }
        finally
        {
            Array.ForEach(peers, peer => peer.Dispose());
            _ = SharedMemory.Remove(segment.Name);
        }
    }
}
