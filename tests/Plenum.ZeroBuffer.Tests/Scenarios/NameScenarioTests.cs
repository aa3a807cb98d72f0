using System.Text;

namespace Plenum.ZeroBuffer.Tests.Scenarios;

/// <summary>Features 8 and 12: names and locks.</summary>
public sealed class NameScenarioTests
{
    [Fact]
    public void Scenario_8_3_NameCompatibility()
    {
        using var name = new TempSegment("Az09-ok_x.y");
        using (ZeroBufferReader.Create(name.Name))
        {
            Assert.True(File.Exists(name.FilePath));
        }

        string longest = (TempSegment.RunPrefix + new string('n', 245))[..245];
        using (ZeroBufferReader.Create(longest))
        {
            Assert.True(File.Exists("/dev/shm/sem.sem-w-" + longest));
        }

        Assert.Throws<ArgumentException>(() => ZeroBufferReader.Create(longest + "n"));
        Assert.Throws<ArgumentException>(() => ZeroBufferReader.Create(string.Empty));
        Assert.Throws<ArgumentException>(() => ZeroBufferReader.Create("a/b"));
        Assert.Equal(245, Encoding.UTF8.GetByteCount(longest));
    }

    [Fact]
    public void Scenario_12_3_CsLockAlone_IsRespected()
    {
        using var name = new TempSegment("lock");
        string path = Path.Combine(Path.GetTempPath(), "zerobuffer", "locks", name.Name + ".lock");
        Assert.True(FileLock.TryAcquire(path, out FileLock? peer));

        Assert.Throws<SegmentBusyException>(() =>
            ZeroBufferReader.Create(name.Name, new() { CreateTimeout = TimeSpan.FromMilliseconds(50) }));

        peer.Dispose();
        Assert.False(File.Exists($"/tmp/zerobuffer/{name.Name}.lock"));
    }
}
