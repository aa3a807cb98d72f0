using Plenum.TestSupport;

namespace Plenum.VoidShm.Tests.CrossProcess;

[Collection("processes")]
public sealed class SampleTests
{
    [Fact]
    public void EnvelopeFollower_EndsByItselfAndEveryFrameWasVerified()
    {
        using PeerProcess sample = PeerProcess.StartDotnet(
            Repository.AssemblyOf("VoidEnvelopeFollower"), "--seconds", "1");

        Assert.Contains("samples of 4 voices", sample.ExpectLine("follower:"), StringComparison.Ordinal);
        Assert.Contains("frames drawn", sample.ExpectLine("plot:"), StringComparison.Ordinal);
        sample.ExpectExit();
    }
}
