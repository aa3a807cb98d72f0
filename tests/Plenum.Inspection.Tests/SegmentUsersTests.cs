using Plenum.Inspection.Diagnosis;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroIpc;

namespace Plenum.Inspection.Tests;

/// <summary>Who uses which segment, told by the file and not by what the process table calls it.</summary>
public sealed class SegmentUsersTests
{
    // Builds a copy of a file without a name and publishes it by a link, as Plenum does: the process table calls the
    // mapping, and the open file, "/dev/shm/#33 (deleted)".
    private const string Publish =
        """
        import mmap, os, sys
        source, target, keep = sys.argv[1:4]
        data = open(source, 'rb').read()
        fd = os.open('/dev/shm', os.O_TMPFILE | os.O_RDWR, 0o600)
        os.write(fd, data)
        if os.path.exists(target): os.unlink(target)
        os.link(str(fd), target, src_dir_fd=os.open('/proc/self/fd', os.O_RDONLY), follow_symlinks=True)
        if keep == 'mapped':
            held = mmap.mmap(fd, len(data))
            os.close(fd)
        print('published', flush=True)
        sys.stdin.read()
        """;

    [Fact]
    public void Of_SegmentPublishedByALink_SeesItsMaker()
    {
        using var name = new TempSegment("use");
        File.WriteAllBytes(name.FilePath, new byte[4096]);
        using PeerProcess maker = PeerProcess.StartPythonCode(Publish, name.FilePath, name.FilePath, "mapped");
        _ = maker.ExpectLine("published");

        SegmentUse use = Assert.Single(new SegmentUsers().Of(name.Name));

        Assert.Equal(maker.Id, use.ProcessId);
        Assert.True(use.Writable);
    }

    [Fact]
    public void Of_SegmentOfTheSameNameInAnotherFolder_SeesNobody()
    {
        Assert.SkipUnless(OtherNamespace.IsPermitted, "this system does not let us unshare namespaces");
        using var name = new TempSegment("use");
        File.WriteAllBytes(name.FilePath, new byte[4096]);
        using PeerProcess other = OtherNamespace.Start(
            $"exec python3 -u -c \"import mmap,sys;f=open('{name.FilePath}','w+b');f.truncate(4096);"
            + "m=mmap.mmap(f.fileno(),4096);print('mapped',flush=True);sys.stdin.read()\"");
        _ = other.ExpectLine("mapped");

        Assert.Empty(new SegmentUsers().Of(name.Name));
    }

    [Fact]
    public void Doctor_MutexHeldWhileOnlyTheMakerHasItMapped_IsNotAbandoned()
    {
        using var name = new TempSegment("use");
        using var copy = new TempSegment("use");
        using (SharedMemory memory = SharedMemory.Create(name.Name, 1 << 20))
        using (SharedReaderWriterLock.Create(memory, "guard").WriteLock())
        {
            File.Copy(name.FilePath, copy.FilePath);
        }

        using PeerProcess maker = PeerProcess.StartPythonCode(Publish, copy.FilePath, name.FilePath, "mapped");
        _ = maker.ExpectLine("published");

        Assert.DoesNotContain(About(name.Name), found => found.Code == "abandoned-lock");
        maker.Kill();
        Assert.Contains(About(name.Name), found => found.Code == "abandoned-lock");
    }

    [Fact]
    public void Doctor_FileOfTheDeadThatALinkPublishedAndSomebodyHasOpen_IsLeft()
    {
        using PeerProcess dead = PeerProcess.StartPythonCode("pass");
        dead.ExpectExit();
        string file = $".plenum-{dead.Id}-{Guid.NewGuid():N}";
        string path = TempSegment.PathOf(file);
        File.WriteAllBytes(path, new byte[4096]);
        try
        {
            using PeerProcess holder = PeerProcess.StartPythonCode(Publish, path, path, "open");
            _ = holder.ExpectLine("published");

            DoctorFinding finding = SegmentDoctor.Examine(cancellationToken: TestContext.Current.CancellationToken)
                .Findings.Single(found => found.Subject == file);

            Assert.False(finding.IsRemovable);
            Assert.Contains($"process {holder.Id}", finding.LeftBecause, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IEnumerable<DoctorFinding> About(string name) =>
        SegmentDoctor.Examine(name, TestContext.Current.CancellationToken).Findings;
}
