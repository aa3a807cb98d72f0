using Plenum.TestSupport;

namespace Plenum.ZeroBuffer.Duplex.Tests;

/// <summary>The sample, as its user runs it.</summary>
public sealed class SampleTests
{
    [Fact]
    public void ImageFilterService_TwoProcesses_EveryPixelIsRight()
    {
        using PeerProcess sample = PeerProcess.StartDotnet(
            Repository.AssemblyOf("ImageFilterService"), "--frames", "3");

        sample.ExpectLine("client: 3 pictures of 1920 x 1080, 0 wrong pixels");
        sample.ExpectExit();
        Assert.Contains("service: 4 pictures filtered, 1 refused", sample.Transcript, StringComparison.Ordinal);
    }
}
