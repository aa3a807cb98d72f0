using System.Text.Json;
using Plenum.Platform;
using Plenum.TestSupport;
using Plenum.ZeroBuffer;

namespace Plenum.Cli.Tests;

/// <summary>list, show, dump and remove.</summary>
public sealed class InspectionCommandTests
{
    [Fact]
    public void List_Json_HasTheContractsKeys()
    {
        using var name = new TempSegment("list");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });

        var run = CommandRun.InProcess("list", "--json");

        Assert.Equal(0, run.ExitCode);
        JsonElement segment = run.Json.GetProperty("segments").EnumerateArray()
            .Single(found => found.GetProperty("name").GetString() == name.Name);
        Assert.Equal("zerobuffer", segment.GetProperty("protocol").GetString());
        Assert.Equal("idle", segment.GetProperty("state").GetString());
        Assert.Equal(new FileInfo(name.FilePath).Length, segment.GetProperty("sizeBytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, segment.GetProperty("writer").ValueKind);
        Assert.Equal(Environment.ProcessId, segment.GetProperty("reader").GetProperty("pid").GetInt32());
        Assert.False(string.IsNullOrEmpty(segment.GetProperty("reader").GetProperty("process").GetString()));
        Assert.True(segment.GetProperty("lastChangeMs").GetInt64() >= 0);
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void List_SegmentThatMayNotBeRead_ItsSizeAndAgeAreToldAllTheSame()
    {
        using var name = new TempSegment("list");
        File.WriteAllBytes(name.FilePath, new byte[12_345]);
        File.SetLastWriteTimeUtc(name.FilePath, DateTime.UtcNow.AddHours(-1));
        File.SetUnixFileMode(name.FilePath, UnixFileMode.None);

        // Without the administrator's rights, whoever runs this test.
        CommandRun run = Unshared.Run("--user", $"{Unshared.Command} list --json");

        JsonElement segment = run.Json.GetProperty("segments").EnumerateArray()
            .Single(found => found.GetProperty("name").GetString() == name.Name);
        Assert.Contains("permission denied", segment.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(12_345, segment.GetProperty("sizeBytes").GetInt64());
        Assert.True(segment.GetProperty("lastChangeMs").GetInt64() >= 3_500_000);
    }

    [Fact]
    public void List_OtherProtocol_LeavesItOut()
    {
        using var name = new TempSegment("list");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });

        Assert.DoesNotContain(
            name.Name, CommandRun.InProcess("list", "--protocol", "void").Output, StringComparison.Ordinal);
        Assert.Contains(
            name.Name, CommandRun.InProcess("list", "--protocol", "zerobuffer").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_Json_HasHeaderInTheSpecsSpelling()
    {
        var run =
            CommandRun.InProcess("show", GoldenImage.PathOf("zerobuffer", "cpp-04-three-frames-unread.bin"), "--json");

        Assert.Equal(0, run.ExitCode);
        JsonElement json = run.Json;
        Assert.Equal("zerobuffer", json.GetProperty("protocol").GetString());
        Assert.Equal(11392, json.GetProperty("sizeBytes").GetInt64());
        Assert.Equal(9067, json.GetProperty("header").GetProperty("payload_free_bytes").GetInt64());
        Assert.Equal(1, json.GetProperty("header").GetProperty("version").GetProperty("major").GetInt32());
        Assert.Equal(3, json.GetProperty("derived").GetProperty("framesUnread").GetInt32());
        Assert.Equal(0, json.GetProperty("entries").GetArrayLength());
    }

    [Fact]
    public void Show_ZeroIpcEntries_HaveKindCandidatesAndEvidence()
    {
        var run = CommandRun.InProcess("show", GoldenImage.PathOf("zeroipc", "cpp_all.bin"), "--json");

        Assert.Equal(0, run.ExitCode);
        JsonElement queue = run.Json.GetProperty("entries").EnumerateArray()
            .Single(entry => entry.GetProperty("name").GetString() == "queue");
        Assert.Equal("queue", queue.GetProperty("kind").GetString());
        Assert.Equal(1, queue.GetProperty("candidates").GetArrayLength());
        Assert.True(queue.GetProperty("evidence").GetArrayLength() > 0);
        Assert.True(queue.GetProperty("offset").GetInt64() >= 0xC20);
        Assert.True(queue.GetProperty("sizeBytes").GetInt64() > 0);
    }

    [Fact]
    public void Show_DerivedFieldsOfAnEntry_HaveNoOffset()
    {
        var run = CommandRun.InProcess("show", GoldenImage.PathOf("zeroipc", "cpp_all.bin"), "queue");

        Assert.Contains("  -       count ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("0xffff", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_FolderInTheSegmentFolder_Exit4()
    {
        string name = TempSegment.RunPrefix + "folder";
        Directory.CreateDirectory(TempSegment.PathOf(name));
        try
        {
            var run = CommandRun.InProcess("show", name);

            Assert.Equal(4, run.ExitCode);
            Assert.Contains("not a segment", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(TempSegment.PathOf(name));
        }
    }

    [Fact]
    public void Show_MissingSegmentOrEntry_Exit3()
    {
        Assert.Equal(3, CommandRun.InProcess("show", "/no-such-segment-here").ExitCode);
        var entry = CommandRun.InProcess("show", GoldenImage.PathOf("zeroipc", "cpp_all.bin"), "nothing");
        Assert.Equal(3, entry.ExitCode);
        Assert.Single(entry.ErrorLines);
    }

    [Fact]
    public void Show_BrokenHeader_PrintsItAndExits4()
    {
        using var name = new TempSegment("show");
        byte[] bytes = GoldenImage.Read("zerobuffer", "cpp-01-created.bin");
        bytes[0x04] = 2;
        File.WriteAllBytes(name.FilePath, bytes);

        var run = CommandRun.InProcess("show", "zerobuffer:" + name.Name, "--json");

        Assert.Equal(4, run.ExitCode);
        Assert.Equal("invalid", run.Json.GetProperty("state").GetString());
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public void Show_SelectorOfAnotherProtocol_Exit4()
    {
        using var name = new TempSegment("show");
        File.WriteAllBytes(name.FilePath, GoldenImage.Read("zerobuffer", "cpp-01-created.bin"));

        Assert.Equal(4, CommandRun.InProcess("show", "zeroipc:" + name.Name).ExitCode);
        Assert.Equal(0, CommandRun.InProcess("show", "zerobuffer:/" + name.Name).ExitCode);
    }

    [Fact]
    public void Dump_Range_IsHexAndAscii()
    {
        var run = CommandRun.InProcess(
            "dump", GoldenImage.PathOf("zeroipc", "cpp_array.bin"), "--offset", "0", "--size", "16");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("00000000  4d 50 49 5a 02 00 00 00", run.Output, StringComparison.Ordinal);
        Assert.Contains("|MPIZ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Dump_Entry_StartsAtTheEntry()
    {
        var run = CommandRun.InProcess(
            "dump", GoldenImage.PathOf("zeroipc", "cpp_array.bin"), "temps", "--json", "--size", "8");

        Assert.Equal("0a00000000000000", run.Json.GetProperty("hex").GetString());
        Assert.Equal(0xC20, run.Json.GetProperty("offset").GetInt64());
    }

    [Fact]
    public void Dump_Raw_IsTheBytes()
    {
        string file = Path.Combine(Path.GetTempPath(), TempSegment.RunPrefix + "raw.bin");
        try
        {
            string image = GoldenImage.PathOf("zerobuffer", "cpp-04-three-frames-unread.bin");

            Assert.Equal(0, CommandRun.InProcess("dump", image, "--offset", "128", "--raw", file).ExitCode);

            Assert.Equal(File.ReadAllBytes(image)[128..], File.ReadAllBytes(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Remove_StaleBuffer_RemovesItsSemaphoresToo()
    {
        using var name = new TempSegment("remove");
        File.WriteAllBytes(
            name.FilePath, GoldenImage.Masked(GoldenImage.Read("zerobuffer", "cpp-08-writer-closed.bin"), (0x50, 16)));
        NamedSemaphore.Create("sem-w-" + name.Name).Dispose();
        NamedSemaphore.Create("sem-r-" + name.Name).Dispose();

        // No lock file: any reader created meanwhile on this machine would sweep the stale buffer first.
        var run = CommandRun.InProcess("remove", "/" + name.Name, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, run.Json.GetProperty("removed").GetArrayLength());
        Assert.Empty(TempSegment.StillThere(name.Name));
    }

    [Fact]
    public void Remove_LiveBuffer_IsRefusedWithoutForce()
    {
        using var name = new TempSegment("remove");
        using var reader = ZeroBufferReader.Create(name.Name, new ZeroBufferOptions { PayloadSizeBytes = 4096 });

        var refused = CommandRun.InProcess("remove", name.Name);

        Assert.Equal(7, refused.ExitCode);
        Assert.Single(refused.ErrorLines);
        Assert.True(File.Exists(name.FilePath));
        Assert.Equal(0, CommandRun.InProcess("remove", name.Name, "--force").ExitCode);
        Assert.False(File.Exists(name.FilePath));
    }

    [Fact]
    public void Remove_NothingThere_Exit3() =>
        Assert.Equal(3, CommandRun.InProcess("remove", "no-such-segment-here").ExitCode);
}
