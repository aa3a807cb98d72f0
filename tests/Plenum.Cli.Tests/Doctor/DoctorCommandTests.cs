using System.Text.Json;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Tests.Doctor;

/// <summary>doctor. Only ever with a segment's name: other runs on this machine have stale segments on
/// purpose.</summary>
public sealed class DoctorCommandTests
{
    [Fact]
    public void Doctor_StaleBuffer_Exit1AndLeavesItAlone()
    {
        using var name = new TempSegment("doc");
        WriteStaleBuffer(name);

        var run = CommandRun.InProcess("doctor", name.Name, "--json");

        Assert.Equal(1, run.ExitCode);
        JsonElement finding = Finding(run, "stale-segment");
        Assert.Equal(name.Name, finding.GetProperty("subject").GetString());
        Assert.Equal("segment", finding.GetProperty("kind").GetString());
        Assert.True(finding.GetProperty("removable").GetBoolean());
        Assert.Equal(0, run.Json.GetProperty("removed").GetArrayLength());
        Assert.True(run.Json.GetProperty("folder").GetProperty("totalBytes").GetInt64() > 0);
        Assert.True(File.Exists(name.FilePath));
    }

    [Fact]
    public void DoctorClean_StaleBuffer_RemovesItWithItsSemaphores()
    {
        using var name = new TempSegment("doc");
        WriteStaleBuffer(name);

        var run = CommandRun.InProcess("doctor", name.Name, "--clean", "--json");

        Assert.Equal(1, run.ExitCode);
        bool isRemoved = run.Json.GetProperty("removed").EnumerateArray().Any(
            text => text.GetString() == "segment " + name.Name);
        Assert.True(isRemoved, run.Output);
        Assert.Empty(TempSegment.StillThere(name.Name));
    }

    [Fact]
    public void Doctor_NameOfNothing_Exit3()
    {
        var run = CommandRun.InProcess("doctor", "no-such-segment-here", "--json");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(0, run.Json.GetProperty("segments").GetInt32());
        Assert.Contains("no segment 'no-such-segment-here'", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void DoctorClean_LiveBuffer_RemovesNothing()
    {
        using var name = new TempSegment("doc");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });

        var run = CommandRun.InProcess("doctor", "zerobuffer:/" + name.Name, "--clean", "--json");

        Assert.Equal(0, run.Json.GetProperty("removed").GetArrayLength());
        Assert.True(File.Exists(name.FilePath));
    }

    [Fact]
    public void DoctorClean_HalfMadeByNobody_SaysWhyItIsLeft()
    {
        using var name = new TempSegment("doc");
        File.WriteAllBytes(name.FilePath, new byte[4096]);

        var run = CommandRun.InProcess("doctor", name.Name, "--clean");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"left     {name.Name}: nothing says whose it is", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(name.FilePath));
    }

    [Fact]
    public void Doctor_UnknownOption_Exit2() => Assert.Equal(2, CommandRun.InProcess("doctor", "--claen").ExitCode);

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

    private static JsonElement Finding(CommandRun run, string code) => run.Json.GetProperty("findings")
        .EnumerateArray().Single(found => found.GetProperty("code").GetString() == code);
}
