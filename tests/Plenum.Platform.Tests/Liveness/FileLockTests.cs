using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Liveness;

[Trait("OS", "Linux")]
public sealed class FileLockTests : IDisposable
{
    private readonly TempSegment _name = new("lock");

    private string LockPath => $"/tmp/zerobuffer/locks/{_name.Name}.lock";

    public void Dispose() => _name.Dispose();

    [Fact]
    public void TryAcquire_Free_TakesItAndDisposeRemovesTheFile()
    {
        Assert.Null(FileLock.IsHeld(LockPath));

        Assert.True(FileLock.TryAcquire(LockPath, out FileLock? held));

        Assert.Equal(LockPath, held.FilePath);
        Assert.True(FileLock.IsHeld(LockPath));
        Assert.False(FileLock.TryAcquire(LockPath, out _));
        held.Dispose();
        held.Dispose();
        Assert.False(File.Exists(LockPath));
    }

    [Fact]
    public void TryAcquire_FileLeftByADeadProcess_TakesItOver()
    {
        using (PeerProcess peer = PeerProcess.StartPeer("platform-file-lock", "--path", LockPath))
        {
            peer.ExpectLine("locked");
            Assert.True(FileLock.IsHeld(LockPath));
            Assert.False(FileLock.TryAcquire(LockPath, out _));
            peer.Kill();
        }

        Assert.True(File.Exists(LockPath));
        Assert.False(FileLock.IsHeld(LockPath));
        Assert.True(FileLock.TryAcquire(LockPath, out FileLock? held));
        held.Dispose();
    }

    [Fact]
    public void TryAcquire_AgainstFlockOfPython_ExcludeEachOther() => Watchdog.Run(() =>
    {
        const string python = """
            import fcntl, os, sys
            fd = os.open(sys.argv[1], os.O_CREAT | os.O_RDWR, 0o666)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                print("locked", flush=True)
            except BlockingIOError:
                print("busy", flush=True)
            sys.stdin.readline()
            """;
        Assert.True(FileLock.TryAcquire(LockPath, out FileLock? held));
        using (PeerProcess second = PeerProcess.StartPythonCode(python, LockPath))
        {
            Assert.Equal("busy", second.ReadLine());
        }

        held.Dispose();
        using PeerProcess first = PeerProcess.StartPythonCode(python, LockPath);
        Assert.Equal("locked", first.ReadLine());
        Assert.False(FileLock.TryAcquire(LockPath, out _));
    });

    [Fact]
    public void TryAcquire_FileRemovedBetweenOpenAndLock_NeverTwoHolders() => Watchdog.Run(() =>
    {
        int holders = 0, worst = 0, taken = 0;
        int rounds = Campaign.Count(2_000, 100_000);
        Thread[] threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                if (FileLock.TryAcquire(LockPath, out FileLock? held))
                {
                    int now = Interlocked.Increment(ref holders);
                    if (now > 1)
                    {
                        Interlocked.Exchange(ref worst, now);
                    }

                    Interlocked.Increment(ref taken);
                    Interlocked.Decrement(ref holders);

                    // Removes the file: a thread that opened it before must notice.
                    held.Dispose();
                }
            }
        })).ToArray();

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(0, worst);
        Assert.InRange(taken, rounds, 3 * rounds);
    });

    [Fact]
    public void TryAcquire_SymbolicLink_Refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LockPath)!);
        File.CreateSymbolicLink(LockPath, "/tmp/" + _name.Name);

        Assert.Throws<SharedMemoryException>(() => FileLock.TryAcquire(LockPath, out _));

        Assert.False(File.Exists("/tmp/" + _name.Name));
        File.Delete(LockPath);
    }

    [Fact]
    public void TryAcquire_NoFolder_CreatesItForEveryone()
    {
        string folder = $"/tmp/zerobuffer/{_name.Name}";
        try
        {
            Assert.True(FileLock.TryAcquire($"{folder}/inner/a.lock", out FileLock? held));
            held.Dispose();

            Assert.Equal(UnixFileMode.StickyBit | (UnixFileMode)0x1FF, File.GetUnixFileMode(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
