using Plenum.Platform;
using Plenum.TestSupport;

namespace Plenum.ZeroBuffer.Tests;

/// <summary>A name whose lock file another process holds without owning the buffer, as every sweep does for a
/// moment.</summary>
public sealed class SweptNameTests
{
    [Theory]
    [InlineData("/tmp/zerobuffer/{0}.lock")]
    [InlineData("/tmp/zerobuffer/locks/{0}.lock")]
    public void Create_LockIsHeldForAWhile_Waits(string path)
    {
        using var name = new TempSegment("swept");
        Assert.True(FileLock.TryAcquire(string.Format(path, name.Name), out FileLock? sweeper));
        var release = new Thread(() =>
        {
            // Longer than any sweep takes that is not kept from running; the outcome is the same however long it is.
            Thread.Sleep(300);
            sweeper.Dispose();
        });
        release.Start();

        using (ZeroBufferReader.Create(name.Name, new() { CreateTimeout = Timeout.InfiniteTimeSpan }))
        {
            Assert.True(File.Exists(name.FilePath));
        }

        release.Join();
    }

    [Fact]
    public void CreateTimeout_Negative_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        ZeroBufferReader.Create("never", new() { CreateTimeout = TimeSpan.FromSeconds(-1) }));
}
