using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Waiting;

/// <summary>The file of a semaphore: the bytes are those of the C library, and a death leaves no other name.</summary>
[Trait("OS", "Linux")]
public sealed class SemaphoreCreationTests : IDisposable
{
    private const string CLibrary = """
        import ctypes, sys
        lib = ctypes.CDLL(None, use_errno=True)
        lib.sem_open.restype = ctypes.c_void_p
        lib.sem_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_uint, ctypes.c_uint]
        made = lib.sem_open(("/" + sys.argv[1]).encode(), 0o100 | 0o200, 0o600, int(sys.argv[2]))
        print("made" if made else "errno %d" % ctypes.get_errno(), flush=True)
        """;

    private readonly TempSegment _name = new("semc");

    private string SemaphoreName => "sem-w-" + _name.Name;

    private string FilePath => TempSegment.PathOf("sem." + SemaphoreName);

    public void Dispose() => _name.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void Create_Bytes_AreThoseOfTheRunningCLibrary(int count)
    {
        string theirs = "sem-r-" + _name.Name;
        using PeerProcess library = PeerProcess.StartPythonCode(CLibrary, theirs, $"{count}");
        Assert.Equal("made", library.ReadLine());
        library.ExpectExit();

        using NamedSemaphore ours = NamedSemaphore.Create(SemaphoreName, count);

        Assert.Equal(File.ReadAllBytes(TempSegment.PathOf("sem." + theirs)), File.ReadAllBytes(FilePath));
        Assert.Equal(count, ours.Count);
    }

    [Theory]
    [InlineData(SegmentPermission.SameUser, 0x180)]
    [InlineData(SegmentPermission.Group, 0x1B0)]
    [InlineData(SegmentPermission.Everyone, 0x1B6)]
    public void Create_Permission_IsNotNarrowedByTheMask(SegmentPermission permission, int mode)
    {
        using NamedSemaphore semaphore = NamedSemaphore.Create(SemaphoreName, 0, permission);

        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Create_TheCLibraryHasTheName_IsTaken()
    {
        using PeerProcess library = PeerProcess.StartPythonCode(CLibrary, SemaphoreName, "7");
        Assert.Equal("made", library.ReadLine());
        library.ExpectExit();

        Assert.Throws<SegmentExistsException>(() => NamedSemaphore.Create(SemaphoreName));

        using NamedSemaphore found = NamedSemaphore.Open(SemaphoreName);
        Assert.Equal(7, found.Count);
    }

    [Fact]
    public void Create_OursHasTheName_TheCLibraryIsTold()
    {
        using NamedSemaphore ours = NamedSemaphore.Create(SemaphoreName, 2);

        using PeerProcess library = PeerProcess.StartPythonCode(CLibrary, SemaphoreName, "7");

        Assert.Equal("errno 17", library.ReadLine());
        Assert.Equal(2, ours.Count);
    }

    [Theory]
    [InlineData("semaphore.filled", false)]
    [InlineData("semaphore.named", true)]
    public void Create_KilledAtStep_NothingButTheNameItselfIsLeft(string step, bool named)
    {
        using PeerProcess victim = PeerProcess.StartPeer("platform-semaphore", "--name", SemaphoreName, "--die-at",
            step);
        victim.ExpectLine("at " + step);

        // What it has open in the folder has the name asked for or none, so that nothing else can stay.
        Assert.All(OpenShared(victim.Id), target => Assert.True(
            target.EndsWith(" (deleted)", StringComparison.Ordinal) || target == FilePath, target));
        Assert.Equal(named, File.Exists(FilePath));
        victim.Kill();

        Assert.Equal(named, File.Exists(FilePath));
        if (named)
        {
            using NamedSemaphore found = NamedSemaphore.Open(SemaphoreName);
            Assert.Equal(3, found.Count);
        }
        else
        {
            using NamedSemaphore made = NamedSemaphore.Create(SemaphoreName);
            Assert.Equal(0, made.Count);
        }
    }

    [Fact]
    public void Create_ReplacedBeforeItIsOpened_SaysSoAndLeavesTheOtherAlone()
    {
        using PeerProcess maker = PeerProcess.StartPeer("platform-semaphore", "--name", SemaphoreName, "--pause-at",
            "semaphore.named");
        maker.ExpectLine("at semaphore.named");
        Assert.True(NamedSemaphore.Remove(SemaphoreName));
        using NamedSemaphore other = NamedSemaphore.Create(SemaphoreName, 5);

        maker.WriteLine("go");

        Assert.Equal("exists", maker.ReadLine());
        maker.ExpectExit();
        Assert.True(File.Exists(FilePath));
        Assert.Equal(5, other.Count);
    }

    private static IEnumerable<string> OpenShared(int processId) => Directory
        .EnumerateFileSystemEntries($"/proc/{processId}/fd")
        .Select(entry => new FileInfo(entry).LinkTarget ?? string.Empty)
        .Where(target => target.StartsWith("/dev/shm/", StringComparison.Ordinal));
}
