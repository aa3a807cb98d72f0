using System.Runtime.Versioning;
using System.Text.Json;
using Plenum.Platform;
using Plenum.ZeroBuffer;
using static Plenum.CrossProcess.Tests.ZeroBuffer.BufferChecks;
using static Plenum.CrossProcess.Tests.ZeroBuffer.ScenarioEnds;

namespace Plenum.CrossProcess.Tests.ZeroBuffer;

/// <summary>Scenarios of features 7, 8, 9, 10 and 11 that are about what the system gives and takes back.</summary>
[SupportedOSPlatform("linux")]
public sealed class ZeroBufferResourceScenarios
{
    [Theory]
    [InlineData("sem.sem-r-")]
    [InlineData("sem.sem-w-")]
    public void Scenario_7_1_And_10_1_PartialInitializationFailure_TwoProcesses(string semaphore)
    {
        using var segment = new TempSegment("s7-1");
        using ZeroBufferPeer reader = ZeroBufferPeer.Workbench();
        string blocked = TempSegment.PathOf(semaphore + segment.Name);
        Directory.CreateDirectory(blocked);
        try
        {
            Assert.Equal("error", ZeroBufferPeer.Text(reader.Send($"create {segment.Name}"), "event"));

            Assert.Empty(TempSegment.StillThere(segment.Name));
            Assert.False(ZeroBufferWriter.TryConnect(segment.Name, out _));
        }
        finally
        {
            Directory.Delete(blocked);
        }

        reader.Send($"create {segment.Name}", "created");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        WriteFrame(writer, 100);
        PeerReadsAndReleases(reader, 1, 100);
    }

    [Fact]
    public void Scenario_7_2_And_11_4_BufferExhaustion_FailsCleanlyAndRecovers_TwoProcesses()
    {
        using var segment = new TempSegment("s7-2");
        using ZeroBufferPeer reader = ZeroBufferPeer.Workbench();

        JsonElement refused = reader.Send($"create {segment.Name} 1024 {1L << 45}", "error");

        Assert.Equal(nameof(SharedMemorySpaceException), ZeroBufferPeer.Text(refused, "type"));
        Assert.Contains("35184372089", ZeroBufferPeer.Text(refused, "message"), StringComparison.Ordinal);
        NoNames(segment.Name);
        reader.Send($"create {segment.Name}", "created");
        using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
        WriteFrame(writer, 100);
        PeerReadsAndReleases(reader, 1, 100);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void SparseRingInASmallFolder_FullIsAnErrorOfOneWriteAndNotTheEndOfTheProcess(int batch)
    {
        Assert.SkipUnless(OtherNamespace.IsPermitted, "This machine permits no new namespaces.");
        using PeerProcess filling = OtherNamespace.Start(
            "head -c 8M /dev/zero > /dev/shm/ballast; "
            + $"{OtherNamespace.Peer} zerobuffer-sparse --name sparse --payload {256 << 20} --size {1 << 20} "
            + $"--batch {batch} --ballast /dev/shm/ballast");

        string refused = filling.ExpectLine("refused");
        int read = int.Parse(refused.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(read, 60, 72);
        Assert.Equal($"last {read + 1} {1 << 20}", filling.ExpectLine("last"));
        filling.ExpectExit();
    }

    [Fact]
    public void Scenario_10_5_SystemResourceExhaustion_TwoProcesses()
    {
        using var segment = new TempSegment("s10-5");
        using PeerProcess limited = PeerProcess.Start(
            "prlimit", ["--nofile=160:160", "dotnet", "exec", Repository.AssemblyOf("Plenum.TestPeer"),
            "zerobuffer-steps"]);
        limited.ExpectLine("ready");

        JsonElement first = Ask(limited, $"hoard {segment.Name} 1000");
        Assert.InRange(ZeroBufferPeer.Number(first, "count"), 3, 160);
        Assert.Equal(nameof(SharedMemoryException), ZeroBufferPeer.Text(first, "refusal"));
        Assert.Empty(TempSegment.Leftovers(segment.Name));

        // Everything was given back: as many again, but for what the runtime itself has opened since.
        JsonElement second = Ask(limited, $"hoard {segment.Name} 1000");
        long difference = ZeroBufferPeer.Number(first, "count") - ZeroBufferPeer.Number(second, "count");
        Assert.InRange(difference, -4, 4);
        Assert.Empty(TempSegment.Leftovers(segment.Name));
    }

    [Fact]
    public void Scenario_10_6_PermissionErrors_TwoProcesses()
    {
        using var segment = new TempSegment("s10-6");
        using var reader = Create(segment.Name, 64, 1024);

        // The same user without rights: mode 0, and for root without the capability that ignores modes.
        foreach (string file in TempSegment.FilesOf(segment.Name).Where(File.Exists))
        {
            File.SetUnixFileMode(file, UnixFileMode.None);
        }

        string[] command = ["dotnet", "exec", Repository.AssemblyOf("Plenum.TestPeer"), "zerobuffer-steps"];
        using PeerProcess other = Environment.IsPrivilegedProcess
            ? PeerProcess.Start("setpriv", ["--bounding-set", "-dac_override,-dac_read_search", .. command])
            : PeerProcess.Start(command[0], command[1..]);
        other.ExpectLine("ready");

        JsonElement refused = Ask(other, $"connect {segment.Name}");

        Assert.Equal("error", ZeroBufferPeer.Text(refused, "event"));
        Assert.Equal(nameof(SharedMemoryException), ZeroBufferPeer.Text(refused, "type"));
        Assert.Contains("ermission", ZeroBufferPeer.Text(refused, "message"), StringComparison.Ordinal);
        Assert.Equal("error", ZeroBufferPeer.Text(Ask(other, $"create {segment.Name}"), "event"));
        Assert.True(File.Exists(segment.FilePath));
        Assert.Equal(0UL, ZeroBufferImage.Of(segment.Name).WriterPid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-with.dots_and-0aZ")]
    public void Scenario_8_1_And_12_4_LinuxSharedMemoryAndSemaphoreNames_TwoProcesses(string extra)
    {
        using var segment = new TempSegment("s8-1" + extra + (extra.Length > 0
            ? Guid.NewGuid().ToString() : string.Empty));
        string[] files = ["", "sem.sem-w-", "sem.sem-r-"];
        using ZeroBufferPeer reader = ZeroBufferPeer.Workbench();
        reader.Send($"create /{segment.Name} 1024 10240", "created");

        foreach (string file in files)
        {
            Assert.True(File.Exists(TempSegment.PathOf(file + segment.Name)), file);
        }

        Assert.Equal(0x80 + 1024 + 10240, new FileInfo(segment.FilePath).Length);
        Assert.Equal(32, new FileInfo(TempSegment.PathOf("sem.sem-w-" + segment.Name)).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(segment.FilePath));

        // With or without the slash, from another implementation too.
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect("/" + segment.Name))
        {
            WriteFrame(writer, 100);
            PeerReadsAndReleases(reader, 1, 100);
        }

        using (ZeroBufferPeer python = Writer(PeerKind.Python, segment.Name))
        {
            PeerWrites(python, 1, 200);
            PeerReadsAndReleases(reader, 1, 200);
        }

        reader.Send("end-reader", "ended");
        NoNames(segment.Name);
    }

    [Fact]
    public void Scenario_8_3_NameCompatibility_TwoProcesses()
    {
        string longest = (TempSegment.RunPrefix + "x" + new string('n', 245))[..245];
        using ZeroBufferPeer reader = ZeroBufferPeer.Workbench();
        reader.Send($"create {longest} 64 1024", "created");
        using (ZeroBufferWriter writer = ZeroBufferWriter.Connect(longest))
        {
            WriteFrame(writer, 100);
            PeerReadsAndReleases(reader, 1, 100);
        }

        reader.Send("end-reader", "ended");
        Assert.False(File.Exists(TempSegment.PathOf(longest)));
        Assert.Equal("argument", reader.SendError($"create {longest}n 64 1024"));
        Assert.Equal("argument", reader.SendError("create a/b 64 1024"));
        Assert.Equal("argument", reader.SendError("connect a/b"));
        Assert.False(File.Exists(TempSegment.PathOf("a")));
    }

    [Theory]
    [InlineData(PeerKind.Ours)]
    [InlineData(PeerKind.Python)]
    public void Scenario_8_4_StaleResourceCleanup_TwoProcesses(PeerKind kind)
    {
        using var stale = new TempSegment("s8-4a");
        using var other = new TempSegment("s8-4b");
        using (ZeroBufferPeer victim = Reader(kind, stale.Name, 64, 1024))
        {
            victim.Kill();
        }

        // A reader of any name, in any process, sweeps.
        using ZeroBufferPeer sweeper = Reader(PeerKind.Ours, other.Name, 64, 1024);
        NoNames(stale.Name);

        // And the name itself can be taken again.
        TakeOver(stale.Name);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    public void Scenario_9_1_CpuUsageMonitoring_TwoProcesses(string blocked)
    {
        using var segment = new TempSegment("s9-1");
        using ZeroBufferPeer idle = ZeroBufferPeer.Workbench();
        JsonElement found;
        if (blocked == "read")
        {
            idle.Send($"create {segment.Name} 64 1024", "created");
            using ZeroBufferWriter writer = ZeroBufferWriter.Connect(segment.Name);
            found = idle.Send("idle-read 1000", "idle");
        }
        else
        {
            using var reader = Create(segment.Name, 64, 1024);
            idle.Send($"connect {segment.Name}", "connected");
            idle.Send("fill 240", "filled");
            found = idle.Send("idle-write 1000 240", "idle");
        }

        // It looks at the other end 20 times a second and spins for a moment before it parks; anything near the time it
        // waited would be polling.
        Assert.Equal("timed-out", ZeroBufferPeer.Text(found, "outcome"));
        Assert.InRange(ZeroBufferPeer.Number(found, "switches"), 1, 60);
        Assert.InRange(ZeroBufferPeer.Number(found, "busyMicroseconds"), 0, 100_000);
    }

    private static JsonElement Ask(PeerProcess peer, string command)
    {
        peer.WriteLine(command);
        return JsonDocument.Parse(peer.ExpectLine("{")).RootElement;
    }
}
