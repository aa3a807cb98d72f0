using System.Diagnostics;
using Plenum.Inspection.Diagnosis;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;
using Plenum.ZeroIpc;

namespace Plenum.Inspection.Tests.Diagnosis;

/// <summary>What the doctor finds, each on a segment made for it.</summary>
public sealed class SegmentDoctorTests
{
    private const string Holder =
        "import sys\nf=open(sys.argv[1],'rb')\nprint('open',flush=True)\nsys.stdin.read()";

    [Fact]
    public void Examine_HealthyBuffer_FindsNothingAboutIt()
    {
        using var name = new TempSegment("doc");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(name.Name);

        Assert.Empty(About(name.Name));
    }

    [Fact]
    public void Examine_BufferOfTheDead_IsStaleAndRemovable()
    {
        using var name = new TempSegment("doc");
        WriteStaleBuffer(name);

        DoctorFinding finding = Single(name.Name, "stale-segment");

        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.True(finding.IsRemovable, finding.LeftBecause);
    }

    [Fact]
    public void Examine_StaleBufferThatSomebodyHasOpen_IsLeft()
    {
        using var name = new TempSegment("doc");
        WriteStaleBuffer(name);
        using PeerProcess holder = PeerProcess.StartPythonCode(Holder, name.FilePath);
        _ = holder.ExpectLine("open");

        DoctorFinding finding = Single(name.Name, "stale-segment");

        Assert.False(finding.IsRemovable);
        Assert.Contains($"process {holder.Id}", finding.LeftBecause, StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_KilledWriter_IsADeadWriter()
    {
        using var name = new TempSegment("doc");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 8192 });
        using PeerProcess peer = PeerProcess.StartPeer("zerobuffer-write", "--name", name.Name, "--steps");
        _ = peer.ExpectLine("ready");
        peer.Kill();

        DoctorFinding finding = Single(name.Name, "dead-writer");

        Assert.False(finding.IsRemovable);
        Assert.Contains($"{peer.Id}", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_NumberOfAnotherProcess_IsReused()
    {
        using var name = new TempSegment("doc");
        using PeerProcess stranger = PeerProcess.StartPythonCode("print('here',flush=True)\nimport "
            + "sys\nsys.stdin.read()");
        _ = stranger.ExpectLine("here");
        byte[] bytes = GoldenImage.Masked(GoldenImage.Read("zerobuffer", "cpp-01-created.bin"), (0x50, 16));
        BitConverter.TryWriteBytes(bytes.AsSpan(0x58), (ulong)stranger.Id);
        File.WriteAllBytes(name.FilePath, bytes);

        DoctorFinding finding = Single(name.Name, "pid-reused");

        Assert.Contains("not have it mapped", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_OrphanSemaphoresAndLock_AreFound()
    {
        using var name = new TempSegment("doc");
        NamedSemaphore.Create("sem-w-" + name.Name).Dispose();
        string folder = Directory.CreateDirectory("/tmp/zerobuffer").FullName;
        File.WriteAllBytes(Path.Combine(folder, name.Name + ".lock"), []);

        DoctorFinding semaphore = Single(name.Name, "orphan-semaphore");
        DoctorFinding file = Single(name.Name, "stale-lock");

        Assert.Equal((DoctorSubject.Semaphore, "sem-w-" + name.Name), (semaphore.Kind, semaphore.Subject));
        Assert.Contains("some seconds old", semaphore.LeftBecause, StringComparison.Ordinal);
        Assert.Equal(DoctorSubject.LockFile, file.Kind);
    }

    [Fact]
    public void Examine_TemporaryOfADeadProcess_IsHalfMade()
    {
        using PeerProcess peer = PeerProcess.StartPythonCode("pass");
        peer.ExpectExit();
        string file = $".plenum-{peer.Id}-{Guid.NewGuid():N}";
        string path = TempSegment.PathOf(file);
        File.WriteAllBytes(path, new byte[4096]);
        try
        {
            DoctorFinding finding = SegmentDoctor.Examine(cancellationToken: TestContext.Current.CancellationToken)
                .Findings.Single(found => found.Subject == file);

            Assert.Equal(("half-made", DoctorSubject.Temporary), (finding.Code, finding.Kind));
            Assert.True(finding.IsRemovable, finding.LeftBecause);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("aB3dE5", 32, true)]
    [InlineData("ab3de5", 0, true)]
    [InlineData("qzwxyv", 32, false)]
    public void Examine_TemporaryOfTheCLibrary_RemovableWhenItCannotBeASemaphore(string name, int bytes, bool removable)
    {
        string file = "sem." + name;
        string path = TempSegment.PathOf(file);
        Assert.SkipWhen(File.Exists(path), $"somebody's {path} is there");
        File.WriteAllBytes(path, new byte[bytes]);
        try
        {
            Assert.DoesNotContain(Examine(), found => found.Subject == file);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-2));

            DoctorFinding finding = Examine().Single(found => found.Subject == file);

            Assert.Equal(("semaphore-temporary", DoctorSubject.Temporary), (finding.Code, finding.Kind));
            Assert.True(finding.IsRemovable == removable, finding.LeftBecause);
            using (PeerProcess holder = PeerProcess.StartPythonCode(Holder, path))
            {
                _ = holder.ExpectLine("open");
                Assert.False(Examine().Single(found => found.Subject == file).IsRemovable);
            }
        }
        finally
        {
            File.Delete(path);
        }

        static IReadOnlyList<DoctorFinding> Examine() =>
            SegmentDoctor.Examine(cancellationToken: TestContext.Current.CancellationToken).Findings;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8192)]
    public void Examine_NothingButZeros_IsHalfMade(int bytes)
    {
        using var name = new TempSegment("doc");
        File.WriteAllBytes(name.FilePath, new byte[bytes]);

        DoctorFinding finding = Single(name.Name, "half-made");

        Assert.False(finding.IsRemovable);
        Assert.NotNull(finding.LeftBecause);
    }

    [Fact]
    public void Examine_VoidOfAKilledWriter_IsStale()
    {
        using var name = new TempSegment("dv");
        using PeerProcess peer = PeerProcess.StartPeer(
            "void-hold", "--segment", name.Name, "--channels", "2", "--length", "2", "--frames", "3");
        _ = peer.ExpectLine("connected");
        Assert.Empty(About(name.Name));
        peer.Kill();

        DoctorFinding finding = Single(name.Name, "stale-segment");

        Assert.True(finding.IsRemovable, finding.LeftBecause);
    }

    [Fact]
    public void Examine_QueueOfADeadProducer_IsWedged()
    {
        using var name = new TempSegment("doc");
        using (SharedMemory memory = SharedMemory.Create(name.Name, 1 << 16))
        {
            _ = SharedQueue<int>.Create(memory, "jobs", 4);
        }

        // A producer that took position 0 and died before it published.
        long queue = ZeroIpcEntry(name.Name, "jobs").Offset;
        byte[] bytes = File.ReadAllBytes(name.FilePath);
        bytes[queue + 4] = 1;
        File.WriteAllBytes(name.FilePath, bytes);

        DoctorFinding finding = Single(name.Name, "wedged");

        Assert.Contains("'jobs'", finding.Message, StringComparison.Ordinal);
        Assert.False(finding.IsRemovable);
    }

    [Fact]
    public void Examine_LockWithNobodyThere_IsAbandoned()
    {
        using var name = new TempSegment("doc");
        File.WriteAllBytes(name.FilePath, GoldenImage.Read("zeroipc", "cpp_rwlock.bin"));

        List<DoctorFinding> findings = [.. About(name.Name).Where(found => found.Code == "abandoned-lock")];

        Assert.Contains(findings, found => found.Message.Contains("'writer'", StringComparison.Ordinal));
        Assert.Contains(findings, found => found.Message.Contains("'readers'", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, found => found.Message.Contains("'idle'", StringComparison.Ordinal));
    }

    [Fact]
    public void Examine_RandomFile_IsForeignInformation()
    {
        using var name = new TempSegment("doc");
        byte[] noise = new byte[5000];
        new Random(3).NextBytes(noise);
        File.WriteAllBytes(name.FilePath, noise);

        Assert.Equal(FindingSeverity.Info, Single(name.Name, "foreign").Severity);
    }

    [Fact]
    public void Examine_PipeFolderAndLink_AreFindingsAndHangNobody() => Watchdog.Run(() =>
    {
        using var pipe = new TempSegment("dp");
        using var link = new TempSegment("dl");
        string folder = TempSegment.PathOf(TempSegment.RunPrefix + "folder");
        using (Process mkfifo = Process.Start("mkfifo", pipe.FilePath))
        {
            mkfifo.WaitForExit();
        }

        File.CreateSymbolicLink(link.FilePath, "/etc/hostname");
        Directory.CreateDirectory(folder);
        try
        {
            DoctorReport report = SegmentDoctor.Examine(cancellationToken: TestContext.Current.CancellationToken);

            Assert.Equal("not-a-file", report.Findings.Single(found => found.Subject == pipe.Name).Code);
            Assert.Equal("symbolic-link", report.Findings.Single(found => found.Subject == link.Name).Code);
            Assert.Equal("folder", report.Findings.Single(found => found.Subject == Path.GetFileName(folder)).Code);
        }
        finally
        {
            Directory.Delete(folder);
        }
    });

    [Theory]
    [InlineData("zerobuffer", "cpp-04-three-frames-unread.bin")]
    [InlineData("zerobuffer", "py-01-created.bin")]
    [InlineData("zeroipc", "cpp_all.bin")]
    [InlineData("zeroipc", "go_queue.bin")]
    public void Examine_ImageWithBrokenHeader_IsAFinding(string protocol, string file)
    {
        using var name = new TempSegment("df");
        byte[] bytes = GoldenImage.Read(protocol, file);
        bytes[4] ^= 0x08;
        File.WriteAllBytes(name.FilePath, bytes);

        Assert.Contains(About(name.Name), found => found.Severity == FindingSeverity.Error || found.Code == "foreign");
    }

    [Fact]
    public void Examine_FuzzedSegments_AlwaysEnds() => Watchdog.Run(() =>
    {
        using var name = new TempSegment("df");
        var random = new Random(11);
        foreach (string file in GoldenImage.FilesOf("zeroipc").Take(8))
        {
            byte[] bytes = GoldenImage.Read("zeroipc", file);
            for (int flips = 8; flips > 0; flips--)
            {
                bytes[random.Next(Math.Min(bytes.Length, 8192))] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(name.FilePath, bytes[..random.Next(bytes.Length)]);
            _ = About(name.Name);
        }
    });

    private static void WriteStaleBuffer(TempSegment name)
    {
        using PeerProcess peer = PeerProcess.StartPythonCode("pass");
        peer.ExpectExit();
        byte[] bytes = GoldenImage.Masked(GoldenImage.Read("zerobuffer", "cpp-08-writer-closed.bin"), (0x50, 16));
        BitConverter.TryWriteBytes(bytes.AsSpan(0x58), (ulong)peer.Id);
        File.WriteAllBytes(name.FilePath, bytes);
        NamedSemaphore.Create("sem-w-" + name.Name).Dispose();
        NamedSemaphore.Create("sem-r-" + name.Name).Dispose();
    }

    private static EntryDescription ZeroIpcEntry(string segment, string entry)
    {
        Assert.True(SegmentImage.TryOpen(SegmentName.Parse(segment), out SegmentImage? image));
        using (image)
        {
            return SegmentInspector.Describe(image, new SegmentUsers()).Entry(entry);
        }
    }

    private static DoctorFinding Single(string name, string code) => About(name).Single(found => found.Code == code);

    // What concerns the machine as a whole depends on the machine.
    private static IReadOnlyList<DoctorFinding> About(string name) =>
        [.. SegmentDoctor.Examine(name, TestContext.Current.CancellationToken).Findings.Where(
            found => found.Kind is not (DoctorSubject.Folder or DoctorSubject.System))];
}
