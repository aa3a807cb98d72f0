using System.Text.Json;
using Plenum.TestSupport;

namespace Plenum.Cli.Tests;

public sealed class ZeroIpcCommandTests
{
    [Fact]
    public void Create_NewSegment_IsListedShownAndRemoved()
    {
        using var name = new TempSegment("zi");

        var created =
            CommandRun.InProcess("zeroipc", "create", "/" + name.Name, "--size", "64KiB", "--entries", "16", "--json");

        Assert.Equal(0, created.ExitCode);
        Assert.Equal(65536, created.Json.GetProperty("sizeBytes").GetInt64());
        JsonElement header = CommandRun.InProcess("show", name.Name, "--json").Json.GetProperty("header");
        Assert.Equal(2, header.GetProperty("version").GetInt32());
        Assert.Equal(16, header.GetProperty("max_entries").GetInt32());
        Assert.Equal(32 + (48 * 16), header.GetProperty("next_offset").GetInt32());
        Assert.Equal(0, CommandRun.InProcess("remove", name.Name).ExitCode);
        Assert.False(File.Exists(name.FilePath));
    }

    [Fact]
    public void Create_NameTaken_Exit7UnlessReplaced()
    {
        using var name = new TempSegment("zi");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);

        var again = CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB");

        Assert.Equal(7, again.ExitCode);
        Assert.Single(again.ErrorLines);
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "128KiB", "--replace").ExitCode);
        Assert.Equal(128 * 1024, new FileInfo(name.FilePath).Length);
    }

    [Fact]
    public void Entries_Json_HasTheTable()
    {
        var run = CommandRun.InProcess("zeroipc", "entries", GoldenImage.PathOf("zeroipc", "cpp_all.bin"), "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(31, run.Json.GetProperty("entries").GetArrayLength());
    }

    [Fact]
    public void Validate_GoldenImage_IsValid() =>
        Assert.Equal(
            0, CommandRun.InProcess("zeroipc", "validate", GoldenImage.PathOf("zeroipc", "cpp_all.bin")).ExitCode);

    [Fact]
    public void Validate_BrokenSegment_Exit1WithFindings()
    {
        using var name = new TempSegment("zi");
        byte[] bytes = GoldenImage.Read("zeroipc", "cpp_queue.bin");
        bytes[0x20 + 0x20] = 0x25;
        File.WriteAllBytes(name.FilePath, bytes);

        var run = CommandRun.InProcess("zeroipc", "validate", name.Name, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.False(run.Json.GetProperty("valid").GetBoolean());
        Assert.True(run.Json.GetProperty("findings").GetArrayLength() > 0);
    }

    [Fact]
    public void Entries_OtherProtocol_Exit4() => Assert.Equal(
        4, CommandRun.InProcess("zeroipc", "entries", GoldenImage.PathOf("zerobuffer", "cpp-01-created.bin")).ExitCode);

    [Fact]
    public void Entries_LaterVersion_Exit4()
    {
        using var name = new TempSegment("zi");
        byte[] bytes = GoldenImage.Read("zeroipc", "cpp_queue.bin");
        bytes[4] = 3;
        File.WriteAllBytes(name.FilePath, bytes);

        var run = CommandRun.InProcess("zeroipc", "entries", name.Name);

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("version 3", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Array_VersionOne_IsReadAndChangesAreRefused()
    {
        using var name = new TempSegment("zi");
        byte[] bytes = new byte[4096];
        uint[] header = [0x5A49504D, 1, 1, 2600];
        Buffer.BlockCopy(header, 0, bytes, 0, 16);
        "arr"u8.CopyTo(bytes.AsSpan(16));
        uint[] place = [2576, 24, 0];
        Buffer.BlockCopy(place, 0, bytes, 48, 8);
        uint[] array = [4, 0, 1, 2, 3, 4];
        Buffer.BlockCopy(array, 0, bytes, 2576, 24);
        File.WriteAllBytes(name.FilePath, bytes);

        Assert.Equal("1\n2\n3\n4\n", CommandRun.InProcess("zeroipc", "array", "dump", name.Name, "arr").Output);
        foreach (string[] change in (string[][])[["set", "7"], ["add", "7"], ["cas", "1", "7"]])
        {
            var run = CommandRun.InProcess(["zeroipc", "array", change[0], name.Name, "arr", "--index", "0",
                .. change[1..]]);
            Assert.Equal((change[0], 4), (change[0], run.ExitCode));
            Assert.Contains("version 1", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NameWithTerminalCodes_IsPrintedWithoutThem()
    {
        using var name = new TempSegment("zi");
        Assert.Equal(0, CommandRun.InProcess("zeroipc", "create", name.Name, "--size", "64KiB").ExitCode);
        const string entry = "\u001b[2Jred\n\u009b1m";
        string[] create = ["zeroipc", "array", "create", name.Name, entry, "--capacity", "1"];
        Assert.Equal(0, CommandRun.InProcess(create).ExitCode);

        CommandRun[] runs =
        [
            CommandRun.InProcess("zeroipc", "entries", name.Name),
            CommandRun.InProcess("show", name.Name),
            CommandRun.InProcess("show", name.Name, entry),
            CommandRun.InProcess("zeroipc", "array", "get", name.Name, entry + "x", "--index", "0"),
            CommandRun.InProcess("zeroipc", "array", "get", name.Name, entry, "--index", "1"),
        ];

        Assert.All(runs, run =>
        {
            Assert.DoesNotContain(run.Output + run.Error, c => char.IsControl(c) && c != '\n');
            Assert.Contains("?[2Jred", run.Output + run.Error, StringComparison.Ordinal);
        });
        Assert.All(runs[3..], run => Assert.Single(run.ErrorLines));
    }
}
