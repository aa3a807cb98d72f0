using System.Globalization;
using Plenum.TestSupport;

namespace Plenum.Platform.Tests.Liveness;

[Trait("OS", "Linux")]
public sealed class ProcessIdentityTests
{
    [Fact]
    public void Check_ThisProcess_IsAlive()
    {
        Assert.Equal(Environment.ProcessId, ProcessIdentity.Current.ProcessId);
        Assert.NotEqual(0ul, ProcessIdentity.Current.StartTicks);
        Assert.Equal(ProcessLiveness.Alive, ProcessIdentity.Current.Check());
        Assert.Equal(ProcessLiveness.Alive, ProcessIdentity.Check(Environment.ProcessId));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 32)]
    public void Check_NumberNoProcessCanHave_IsDead(long processId)
    {
        Assert.Equal(ProcessLiveness.Dead, ProcessIdentity.Check(processId));
        Assert.Equal(0ul, ProcessIdentity.Of(processId).StartTicks);
        Assert.Null(ProcessIdentity.NameOf(processId));
    }

    [Fact]
    public void Check_PeerThatEnds_TurnsFromAliveToDead()
    {
        using PeerProcess peer = PeerProcess.StartPeer("platform-identity");
        string[] said = peer.ExpectLine("identity").Split(' ');
        ProcessIdentity identity = ProcessIdentity.Of(peer.Id);

        Assert.Equal(new ProcessIdentity(long.Parse(said[1], CultureInfo.InvariantCulture), ulong.Parse(said[2],
            CultureInfo.InvariantCulture)), identity);
        Assert.Equal(ProcessLiveness.Alive, identity.Check());
        Assert.Equal("dotnet", ProcessIdentity.NameOf(peer.Id));
        peer.Kill();
        Assert.NotEqual(ProcessLiveness.Alive, identity.Check());
        Assert.Null(ProcessIdentity.NameOf(peer.Id));
    }

    [Fact]
    public void Check_OtherStartTime_IsAnotherProcess()
    {
        ulong start = ProcessIdentity.Current.StartTicks;

        Assert.NotEqual(ProcessLiveness.Alive, ProcessIdentity.Check(Environment.ProcessId, start + 1));
        Assert.NotEqual(ProcessLiveness.Alive, ProcessIdentity.Check(Environment.ProcessId, start - 1));
    }

    [Fact]
    public void Check_Zombie_IsDead()
    {
        using ZombieParent parent = ZombieParent.Start();
        ProcessIdentity identity = ProcessIdentity.Of(parent.ChildId);
        Assert.Equal(ProcessLiveness.Alive, identity.Check());

        parent.KillChild();

        Assert.Equal(ProcessLiveness.Dead, identity.Check());
    }

    [Fact]
    public void Check_ProcessThatMayNotBeSignalled_IsAlive() => Watchdog.Run(() =>
    {
        Assert.SkipUnless(Environment.UserName == "root" && PeerProcessExists("setpriv"), "Needs root and setpriv to "
            + "become another user.");
        string dll = CopyForOtherUsers(out string folder);
        try
        {
            using PeerProcess peer = PeerProcess.Start(
                "setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", "dotnet", "exec", dll, "platform-check", "--pid",
                "1"]);

            Assert.Equal("liveness Alive", peer.ExpectLine("liveness"));
            peer.ExpectExit();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    [Theory]
    [InlineData("--mount-proc")]
    [InlineData(null)]
    public void Check_InsideAnotherPidNamespace_NeverDeclaresDead(string? mountProc) => Watchdog.Run(() =>
    {
        Assert.SkipUnless(OtherNamespace.IsPermitted, "This machine permits no new namespaces.");
        using PeerProcess alive = PeerProcess.StartPeer("platform-identity");
        string[] said = alive.ExpectLine("identity").Split(' ');
        using PeerProcess inside = OtherNamespace.Start(
            $"exec unshare --pid --fork {mountProc} {OtherNamespace.Peer} "
            + $"platform-check --pid {said[1]} --start {said[2]}");

        Assert.NotEqual("liveness Dead", inside.ExpectLine("liveness"));
        inside.ExpectExit();
    });

    [Fact]
    public void Check_ProcessOfAnotherNamespaceSharesOurSegments_UnknownNumbersAreNotDead() => Watchdog.Run(() =>
    {
        Assert.SkipUnless(OtherNamespace.IsPermitted, "This machine permits no new namespaces.");
        using PeerProcess looks = OtherNamespace.Start(
            "unshare --pid --fork --kill-child sh -c 'echo inside > /dev/shm/stranger; exec sleep 1000' & "
            + "until [ -s /dev/shm/stranger ]; do sleep 0.05; done; "
            + $"{OtherNamespace.Peer} platform-check --pid {int.MaxValue}; "
            + $"{OtherNamespace.Peer} platform-check --pid $$ --start 1; "
            + $"{OtherNamespace.Peer} platform-check --pid $$; "
            + $"kill -9 $!; wait; {OtherNamespace.Peer} platform-check --pid {int.MaxValue}");

        Assert.Equal("liveness Unknown", looks.ExpectLine("liveness"));
        Assert.Equal("liveness Unknown", looks.ExpectLine("liveness"));
        Assert.Equal("liveness Alive", looks.ExpectLine("liveness"));
        Assert.Equal("liveness Dead", looks.ExpectLine("liveness"));
        looks.ExpectExit();
    });

    [Fact]
    public void BootIdentity_TwoProcesses_Agree()
    {
        using PeerProcess peer = PeerProcess.StartPeer("platform-boot");

        Assert.Equal($"boot {BootIdentity.Current}", peer.ExpectLine("boot"));
        Assert.NotEqual(Guid.Empty, BootIdentity.Current);
    }

    private static bool PeerProcessExists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    // The build output may lie below a folder that other users may not enter.
    private static string CopyForOtherUsers(out string folder)
    {
        folder = Path.Combine(Path.GetTempPath(), $"{TempSegment.RunPrefix}peer");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(Repository.AssemblyOf("Plenum.TestPeer"))!))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, "Plenum.TestPeer.dll");
    }
}
